#pragma once

#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/resource/topic/followed_topic.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// The ordinary MQTT topics of the default broker, for resources that read and write them.
class message_topics {
 public:
  using sent_handler = std::function<void(error_code)>;

  /// Returns the latest message of a topic, and follows the topic while the result lives. Resources with the
  /// same topic get the same object. The subscription is made when the configuration takes effect.
  virtual std::shared_ptr<followed_topic> follow(const std::string& topic) = 0;

  /// Publishes a message with the QoS of the broker. @param done  called once with the outcome, never inside
  /// this call; not called if this call fails. The errors are those of a connection (transport/link.hpp).
  virtual error_code publish(const std::string& topic, std::string_view payload, bool retain,
                             steady_time deadline, sent_handler done) = 0;

 protected:
  ~message_topics() = default;
};

}  // namespace mqcoap
