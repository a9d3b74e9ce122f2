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

/// Takes requests as they come over MQTT: reads them and hands them to a serving core as calls. Answers what
/// it cannot read.
/// @par Threads  One at a time, the one of the links.
class request_taker {
 public:
  /// Looks at a request before it becomes a call.
  class inspector {
   public:
    struct finding {
      bool caught = false;                  ///< it has been dealt with: no call comes of it
      std::unique_ptr<answer> objection{};  ///< what the call is refused with; null: it is served
    };
    /// Before its payload is read. False: it has been dealt with.
    virtual bool inspect(const link& /*from*/, const exchange_topic& /*topic*/) { return true; }
    virtual finding inspect(const link& /*from*/, const exchange_topic& /*topic*/, const request& /*asked*/) {
      return {};
    }
    /// It cannot be read; an answer follows.
    virtual void on_fault(const exchange_topic& /*topic*/, const decode_fault& /*fault*/) {}
    /// There is no memory for it; an answer follows.
    virtual void on_no_memory_for(const exchange_topic& topic, const decode_fault& fault) noexcept = 0;

   protected:
    ~inspector() = default;
  };

  /// @param decoding  of payloads, as they are in force
  request_taker(serving_core& core, const clock& time, const decode_rules& decoding, inspector& by)
      : core_(core), time_(time), decoding_(decoding), by_(by) {}

  /// @param sink  for the core; null: its own
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
