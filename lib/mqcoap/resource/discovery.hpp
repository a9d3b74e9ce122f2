#pragma once

#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/resource_info.hpp>
#include <vector>

namespace mqcoap {

/// Path of the resource that lists the others (RFC 6690 section 4).
inline constexpr std::string_view discovery_path = ".well-known/core";

/// GET `.well-known/core`: the resources of one device, as a JSON array of objects with `path`, `methods`,
/// `type`, `unit`, `title`, or with `accept: application/link-format` as RFC 6690 text in a JSON string.
class discovery_resource final : public handler {
 public:
  explicit discovery_resource(const std::vector<resource_info>& resources);
  void handle(responder r) override;

 private:
  json_text json_;
  json_text link_format_;
};

}  // namespace mqcoap
