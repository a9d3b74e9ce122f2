#pragma once

#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/topic/message_topics.hpp>
#include <string>
#include <utility>

namespace mqcoap {

/// Publishes the body of a PUT: a string as its text, anything else as JSON.
class topic_writer final : public backend {
 public:
  topic_writer(message_topics& by, std::string topic, bool retain)
      : by_(by), topic_(std::move(topic)), retain_(retain) {}
  running run(backend_request what, reply_handler done) override;

 private:
  message_topics& by_;
  const std::string topic_;
  const bool retain_;
};

}  // namespace mqcoap
