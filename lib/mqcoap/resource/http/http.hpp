#pragma once

#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend_resource.hpp>
#include <mqcoap/resource/http/http_exchange.hpp>
#include <mqcoap/resource/http/http_url.hpp>
#include <string_view>
#include <vector>

namespace mqcoap {

class kind_module;
class resource_site;

/// A URL on an HTTP server, or, if the path of the resource has a `*` or `**`, the URLs below it.
struct http_resource_options {
  static constexpr std::string_view kind_name = "http";

  http_url at;
  std::vector<http_field> fields{};  ///< header fields of each request
  http_terms terms{};
  bool sends_text = false;  ///< if true, a string is sent as it is, otherwise as JSON
  backend_resource_options front{};

  method_set offered() const { return front.methods; }
  void make(resource_site& site) const;
  friend bool operator==(const http_resource_options&, const http_resource_options&) = default;
};

/// Returns the kind. In a configuration: `camera/exposure: {http:
/// "http://127.0.0.1:8080/api/exposure", pointer: /ms}`.
const kind_module& http_kind();

}  // namespace mqcoap
