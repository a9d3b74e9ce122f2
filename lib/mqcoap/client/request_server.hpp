#pragma once

#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/exchange/duplicate_filter.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Answers the requests that come for one tag: decodes them, runs repeats once (docs/protocol.md, section 8),
/// leaves the rest to a chain of handlers, and encodes one answer to each.
/// @par Threads  One at a time.
class request_server {
 public:
  using send_payload = std::function<error_code(const exchange_topic& request, std::string_view payload,
                                                link::written_handler written)>;

  /// @param send  publishes under the request's response topic
  request_server(const client_options& options, const request_chain& chain, const clock& time,
                 send_payload send);

  /// @param answers  takes the answer, on any thread, and gives it to `finish`
  void on_request(exchange_topic topic, std::string_view payload, std::shared_ptr<reply_sink> answers);
  /// Sends the answer to a request that was handed to the chain.
  void finish(const call& answered, const answer& what);

 private:
  bool is_fresh(const call& c);
  std::vector<call> note_outcome(const call& answered, const answer& what);
  void refuse(const call& c, response_code code, std::string_view words);
  void encode(const call& c, const answer& what);
  void send(const call& c, const answer& what);
  void send_too_large(const call& c, std::size_t bytes);

  const client_options& options_;
  const request_chain& chain_;
  const clock& time_;
  const send_payload send_;
  duplicate_filter seen_;
  std::string payload_;  ///< reused for every answer
  std::shared_ptr<request_server*> alive_;
};

}  // namespace mqcoap
