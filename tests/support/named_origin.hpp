#pragma once

#include <mqcoap/protocol/call.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap::test {

/// An origin that stores the answers.
struct named_origin final : call_origin {
  std::string called;
  std::vector<std::string> codes{};  ///< codes of the answers, as numbers
  std::vector<std::string> bodies{};
  std::optional<answer> refused_with{};
  int ends = 0;

  explicit named_origin(std::string name) : called(std::move(name)) {}
  std::string_view name() const noexcept override { return called; }
  std::optional<answer> objection() const override { return refused_with; }
  void send(const call& to, const answer& what) override {
    if (to.origin.get() != this) return to.origin->send(to, what);
    codes.push_back(std::to_string(to_int(what.code)));
    bodies.emplace_back(what.body.text());
  }
  void ended() noexcept override { ++ends; }
};

}  // namespace mqcoap::test
