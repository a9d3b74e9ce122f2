#pragma once

#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// Returns the fault with which a request is answered if processing it runs out of memory.
decode_fault out_of_memory_fault();

/// Publishes answers under the topics of their requests. Replaces an answer that is too large for the broker
/// with a 500 and an error message, and one that runs out of memory with a 503: without an answer the caller
/// would wait for its whole timeout.
/// @par Threads  Used by one thread at a time, that of the links.
class answer_sender {
 public:
  class observer {
   public:
    virtual void on_encoded(const call& /*to*/, const answer& /*what*/) noexcept {}
    /// Called when an answer was passed to the link, or with an error if that failed. Also called with an
    /// error if a link that accepted the answer later finds it too large, and the replacement cannot
    /// be sent either.
    virtual void on_sent(const exchange_topic& request, error_code error) = 0;
    virtual void on_too_large(const exchange_topic& request, std::string_view message) = 0;
    /// Called when an answer ran out of memory, before a short 503 is sent instead.
    virtual void on_out_of_memory() noexcept {}

   protected:
    ~observer() = default;
  };

  /// @param by  called for each event; outlives the sender
  answer_sender(const clock& time, observer& by);

  /// @param request  the topic under which the call arrived
  void send(link& via, const exchange_topic& request, const call& to, const answer& what);
  /// Sends the answer to a message that could not be read as a request.
  void send(link& via, const exchange_topic& request, const decode_fault& fault);

 private:
  void encode(const call& to, const answer& what);
  void send_whole(link& via, const exchange_topic& request, const call& to, const answer& what);
  error_code publish(link& via, const exchange_topic& request, link::written_handler done = {});
  link::written_handler follow(link& via, const exchange_topic& request, const call& to);
  error_code send_too_large(link& via, const exchange_topic& request, const call& to, std::size_t bytes);
  void report(const exchange_topic& request, error_code error);

  const clock& time_;
  observer& by_;
  std::string payload_;  ///< reused for every answer
  std::string topic_;    ///< reused as well
  std::shared_ptr<answer_sender*>
      alive_;  ///< lets later callbacks of a link detect that the sender was destroyed
};

}  // namespace mqcoap
