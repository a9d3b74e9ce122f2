#pragma once

#include <doctest/doctest.h>

#include <mqcoap/store/sqlite_store.hpp>
#include <mqcoap/store/storage_fault.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../transport/event_loop.hpp"
#include "support/programs.hpp"

namespace mqcoap::test {

inline json_text json(std::string_view text) { return *json_text::parse(text); }

inline cell_name value_named(std::string path) { return {"D_1", std::move(path), "value"}; }

inline stored_value put(std::string path, std::string_view body, std::uint64_t number = 0) {
  return {value_named(std::move(path)), number, json(body), "initial"};
}

inline stored_value removal(std::string path, std::uint64_t number) {
  return {value_named(std::move(path)), number, std::nullopt, "initial"};
}

/// A directory, and an event loop that runs until a condition is met.
struct store_fixture {
  temporary_directory folder;
  event_loop loop;
  const system_clock time{};
  std::vector<std::string> logged;

  store::sqlite_store::environment environment() {
    return {loop.context().get_executor(), time,
            [this](log_level, std::string_view message) { logged.emplace_back(message); }};
  }
  std::string directory() const { return folder.path().string(); }
  std::string database() const { return directory() + "/state.db"; }

  template <class Condition>
  void run_until(Condition reached) {
    REQUIRE(loop.run_until(reached));
  }
  error_code commit(state_store& to, std::vector<stored_value> values) {
    std::optional<error_code> outcome;
    to.commit({{}, std::move(values)}, [&](error_code why) { outcome = why; });
    run_until([&] { return outcome.has_value(); });
    return *outcome;
  }
  /// Returns what a newly opened store loads: `path#number=value`, in order.
  std::vector<std::string> found() {
    store::sqlite_store opened(directory(), environment());
    return describe(opened.load());
  }
  static std::vector<std::string> describe(const std::vector<stored_cell>& cells) {
    std::vector<std::string> all;
    for (const auto& each : cells)
      for (const auto& [number, value] : each.items)
        all.push_back(each.of.path + '#' + std::to_string(number) + '=' + std::string(value.text()));
    return all;
  }
};

}  // namespace mqcoap::test
