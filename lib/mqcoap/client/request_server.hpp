#pragma once

#include <chrono>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/client/request_chain.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/front/mqtt/answer_sender.hpp>
#include <mqcoap/front/mqtt/request_taker.hpp>
#include <mqcoap/front/mqtt/request_way.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <mqcoap/transport/link.hpp>
#include <string_view>

namespace mqcoap {

/// Answers the requests to one tag: a serving core that runs repeats once (docs/protocol.md, "Run once") and
/// passes everything else to a chain of handlers, which may answer later.
/// @par Threads  One at a time.
class request_server final : private answer_sender::observer, private request_taker::inspector {
 public:
  request_server(const client_options& options, const request_chain& chain, const clock& time);

  /// Sets the link that sends the answers; null: there is no connection any more.
  void attach(link* via) noexcept { way_->via = via; }
  /// @param answers  takes the answer, on any thread, and passes it to `finish`
  void on_request(exchange_topic topic, const inbound& m, const std::weak_ptr<reply_sink>& answers);
  /// Sends the answer to a request that was passed to the chain.
  void finish(call& answered, const answer& what) noexcept { core_.finish(answered, what); }

 private:
  void on_no_memory_for(const exchange_topic& topic, const decode_fault& fault) noexcept override;
  void on_sent(const exchange_topic& request, error_code error) override;
  void on_too_large(const exchange_topic& request, std::string_view message) override;
  void on_out_of_memory() noexcept override;
  void report_failure(std::string_view of, std::string_view why) noexcept;

  const client_options& options_;
  const clock& time_;
  throttle failure_lines_{std::chrono::seconds(1)};
  serving_core core_;
  answer_sender sender_;
  request_taker taker_;
  const std::shared_ptr<request_way> way_;
};

}  // namespace mqcoap
