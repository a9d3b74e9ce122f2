#pragma once

#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::test {

/// A client that sends requests through a broker in memory and stores the answers. Nothing is delivered until
/// the broker runs.
class desk final : public link_events {
 public:
  /// A request; a test sets the members that matter to it.
  struct outgoing_request {
    std::string verb = "GET";
    std::string tag = "GW_1";
    std::string path = "store";
    std::string subsystem = "axuv";
    std::string body = "null";
    std::string options{};  ///< further members of the header, each preceded by a comma
  };

  std::vector<std::string> answers;  ///< payloads, in order of arrival

  explicit desk(memory_broker& broker) : at_(broker, "desk") {
    at_.subscribe("+/+/response/+/+", {});
    at_.start(*this);
  }

  /// Publishes a request with a new id. Returns its topic.
  std::string send(const outgoing_request& q) {
    const std::string id(ids_.next().text());
    std::string topic = "gf_int_v1/" + q.subsystem + "/request/" + q.tag + '/' + id;
    publish(topic, R"({"header":{"method":")" + q.verb + R"(","path":")" + q.path + R"(","request_id":")" +
                       id + '"' + q.options + R"(},"body":)" + q.body + R"(,"timestamp":"1"})");
    return topic;
  }
  void publish(const std::string& topic, const std::string& payload) {
    at_.publish(topic, payload, steady_time::max());
  }
  void subscribe(const std::string& filter) { at_.subscribe(filter, {}); }
  std::string next_id() { return std::string(ids_.next().text()); }

 private:
  void on_link_up(link&) noexcept override {}
  void on_link_down(link&, const outage_cause&) noexcept override {}
  void on_message(link&, const inbound& m) noexcept override { answers.emplace_back(m.payload); }

  memory_link at_;
  request_id_generator ids_;
};

}  // namespace mqcoap::test
