#pragma once

#include <string>
#include <vector>

namespace mqcoap::replay {

/// A request before it is sent. The parts of the payload are JSON texts, which may be malformed.
struct request_text {
  std::string kind;  ///< its kind in the replay
  std::string tag;
  std::string subsystem = "axuv";
  std::string path;
  std::string method = "\"GET\"";
  std::string id;                    ///< id in the topic
  std::string header_id;             ///< id in the header; empty: the one in the topic
  std::vector<std::string> options;  ///< further members of the header
  std::string body;                  ///< empty: no body
  std::string topic;                 ///< empty: composed of the parts
  std::string payload;               ///< empty: composed of the parts
  bool retain = false;

  std::string made_payload() const {
    if (!payload.empty()) return payload == "<empty>" ? std::string() : payload;
    std::string text = R"({"header":{"method":)" + method + R"(,"path":")" + path + R"(","request_id":")" +
                       (header_id.empty() ? id : header_id) + '"';
    for (const auto& option : options) text += ',' + option;
    text += '}';
    if (!body.empty()) text += R"(,"body":)" + body;
    return text + R"(,"timestamp":"1745534869619"})";
  }
  std::string made_topic(const std::string& ns) const {
    return topic.empty() ? ns + '/' + subsystem + "/request/" + tag + '/' + id : topic;
  }
};

}  // namespace mqcoap::replay
