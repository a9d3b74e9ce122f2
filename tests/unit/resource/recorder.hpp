#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <mqcoap/resource/handler.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap::test {

/// Stores the answers of handlers.
class recorder final : public reply_sink {
 public:
  /// Returns a sink for a responder; this recorder must outlive the responder.
  std::weak_ptr<reply_sink> sink() { return std::shared_ptr<reply_sink>(alive_, this); }
  void reply(call&, answer&& what) noexcept override { answers.push_back(std::move(what)); }
  std::vector<answer> answers;

 private:
  const std::shared_ptr<int> alive_ = std::make_shared<int>();
};

inline json_text text(std::string_view json) { return *json_text::parse(json); }

/// Returns options of which one is set.
inline request_options with(std::string request_options::*option, std::string value) {
  request_options options;
  options.*option = std::move(value);
  return options;
}

/// A request in a form that is convenient for tests.
struct requested {
  method verb = method::get;
  std::string path;
  std::string body = "null";
  request_options options{};
  std::optional<std::size_t> rest_at{};  ///< as set by the router; empty: nothing is left of the path
};

inline std::unique_ptr<call> make_call(const requested& a) {
  constexpr std::string_view id = "16fd2706-8baf-433b-82eb-8c7fada847da";
  auto path = resource_path::parse(a.path);
  REQUIRE(path.has_value());
  auto body = json_text::parse(a.body);
  REQUIRE(body.has_value());
  request r{.verb = a.verb,
            .path = *path,
            .id = *request_id::parse(id),
            .correlation_id = {},
            .token = {},
            .source = "desk-7",
            .body = *body,
            .sent_at = unix_millis{1'795'376'802'522},
            .options = a.options,
            .unknown = {}};
  const std::size_t rest_at = a.rest_at.value_or(path->key().size());
  auto topic = exchange_topic::parse("gf_int_v1/axuv/request/2D_XX_0_9999/" + std::string(id));
  return std::make_unique<call>(call{*std::move(topic), std::move(r), steady_time{}, rest_at});
}

/// Passes a request to a handler that answers immediately, and returns the single answer.
inline answer ask(handler& h, const requested& a) {
  recorder answers;
  h.handle(responder(make_call(a), answers.sink()));
  REQUIRE(answers.answers.size() == 1);
  return std::move(answers.answers.front());
}

/// Returns the text of an error answer; checks that it is not empty.
inline std::string message_of(const answer& a) {
  REQUIRE(is_error(a.code));
  REQUIRE(a.body.is_string());
  auto message = decode_json_string(a.body.text());
  CHECK_FALSE(message.empty());
  return message;
}

}  // namespace mqcoap::test
