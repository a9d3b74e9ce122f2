#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/answer_sender.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/exchange/duplicate_filter.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <string_view>

namespace mqcoap {

/// Answers the requests that come for one tag: decodes them, runs repeats once (docs/protocol.md, section 8),
/// leaves the rest to a chain of handlers, and sends one answer to each.
/// @par Threads  One at a time.
class request_server final : private answer_sender::observer {
 public:
  request_server(const client_options& options, const request_chain& chain, const clock& time);

  /// Where answers go from now on; null: nowhere, there is no connection any more.
  void attach(link* via) noexcept { via_ = via; }
  /// @param answers  takes the answer, on any thread, and gives it to `finish`
  void on_request(exchange_topic topic, const inbound& m, std::weak_ptr<reply_sink> answers);
  /// Sends the answer to a request that was handed to the chain.
  void finish(const call& answered, const answer& what);

 private:
  std::unique_ptr<call> admit(exchange_topic topic, const inbound& m);
  bool is_fresh(const call& c, bool enter);
  void send(const call& c, const answer& what);
  void on_sent(const exchange_topic& request, error_code error) override;
  void on_too_large(const exchange_topic& request, std::string_view words) override;
  void on_out_of_memory() noexcept override;

  const client_options& options_;
  const request_chain& chain_;
  const clock& time_;
  link* via_ = nullptr;
  duplicate_filter seen_;
  answer_sender sender_;
  throttle memory_lines_{std::chrono::seconds(1)};
};

}  // namespace mqcoap
