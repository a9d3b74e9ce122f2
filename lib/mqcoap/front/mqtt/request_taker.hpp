#pragma once

#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/front/mqtt/answer_sender.hpp>
#include <mqcoap/front/mqtt/request_way.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/request.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <mqcoap/transport/link.hpp>

namespace mqcoap {

/// Takes requests that arrive over MQTT: decodes them and passes them to a serving core as calls. Answers
/// requests that cannot be decoded.
/// @par Threads  Used by one thread at a time, that of the links.
class request_taker {
 public:
  /// Inspects a request before it becomes a call.
  class inspector {
   public:
    struct finding {
      bool caught = false;                  ///< the request has been handled, and no call is created
      std::unique_ptr<answer> objection{};  ///< the answer that rejects the call; null if it is served
    };
    /// Called before the payload is parsed. Returns false if the request has been handled.
    virtual bool inspect(const link& /*from*/, const exchange_topic& /*topic*/) { return true; }
    virtual finding inspect(const link& /*from*/, const exchange_topic& /*topic*/, const request& /*req*/) {
      return {};
    }
    /// Called when the request cannot be decoded; an answer follows.
    virtual void on_fault(const exchange_topic& /*topic*/, const decode_fault& /*fault*/) {}
    /// Called when the request runs out of memory; an answer follows.
    virtual void on_no_memory_for(const exchange_topic& topic, const decode_fault& fault) noexcept = 0;

   protected:
    ~inspector() = default;
  };

  /// @param decoding  the current rules for payloads
  request_taker(serving_core& core, const clock& time, const decode_rules& decoding, inspector& by)
      : core_(core), time_(time), decoding_(decoding), by_(by) {}

  /// @param sink  accepts the answers; null for the core's own sink
  void take(const std::shared_ptr<request_way>& from, exchange_topic topic, const inbound& m,
            const std::weak_ptr<reply_sink>* sink = nullptr);

 private:
  std::unique_ptr<call> read(const std::shared_ptr<request_way>& from, exchange_topic topic,
                             const inbound& m);

  serving_core& core_;
  const clock& time_;
  const decode_rules& decoding_;
  inspector& by_;
};

}  // namespace mqcoap
