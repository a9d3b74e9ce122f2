#pragma once

#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/resource_info.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The path of the resource that lists the others (RFC 6690 section 4).
inline constexpr std::string_view discovery_path = ".well-known/core";

/// Answers GET `.well-known/core` with the resources of one device, except itself, in one of two forms:
/// - a JSON array of objects with `path`, `methods` (an array of names), `type`, and `unit`, `title`,
///   `subsystems` (an array of names) and `events` (the subsystem of its events) if they are set;
/// - with `accept: application/link-format`, RFC 6690 text in a JSON string:
///   `</gains>;rt="value";ct=50;methods="GET PUT";unit="V";title="Gains"`. `rt` is the type; `ct=50`
///   (application/json) is present if GET is possible; `methods`, `unit`, `subsystems` and `events` are
///   extension attributes. A subtree keeps its `**`: `</probe/**>`.
class discovery_resource final : public handler {
 public:
  explicit discovery_resource(const std::vector<resource_info>& resources);
  void handle(responder&& r) override;

 private:
  struct form {
    json_text text;
    std::string etag;
  };
  static form make_json(const std::vector<resource_info>& resources);
  static form make_link_format(const std::vector<resource_info>& resources);

  const form json_;
  const form link_format_;
};

}  // namespace mqcoap
