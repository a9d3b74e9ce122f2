#include "device.hpp"

namespace bench {

device::device(mqtt_peer& peer, std::string ns, const std::string& path, std::size_t body_bytes, int qos)
    : peer_(peer), ns_(std::move(ns)), qos_(qos) {
  head_ = R"({"header":{"response_code":205,"path":")" + path + R"(","request_id":")";
  tail_ = R"("},"body":)" + json_of_size(body_bytes) + R"(,"timestamp":"1795376802530"})";
}

void device::handle(const topic_parts& topic) {
  if (mute_) {
    waiting_.push_back({std::string(topic.subsystem), std::string(topic.tag), std::string(topic.id)});
  } else {
    answer(topic.subsystem, topic.tag, topic.id);
  }
}

void device::answer_waiting() {
  for (const auto& r : waiting_) answer(r.subsystem, r.tag, r.id);
  waiting_.clear();
  waiting_.shrink_to_fit();
}

void device::answer(std::string_view subsystem, std::string_view tag, std::string_view id) {
  peer_.publish(qos_, {ns_, "/", subsystem, "/response/", tag, "/", id},
                {head_, id, R"(","correlation_id":null,"source":")", tag, tail_});
}

}  // namespace bench
