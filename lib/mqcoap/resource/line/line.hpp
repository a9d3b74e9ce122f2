#pragma once

#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend_resource.hpp>
#include <mqcoap/resource/line/line_address.hpp>
#include <mqcoap/resource/line/line_template.hpp>
#include <mqcoap/resource/line/line_terms.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <optional>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

/// The lines that are sent to an instrument.
struct line_options {
  static constexpr std::string_view kind_name = "line";

  line_address at;
  line_terms terms;
  std::optional<line_template> get{};   ///< what is sent for a GET
  std::optional<line_template> put{};   ///< what is sent for a PUT
  std::optional<line_template> post{};  ///< what is sent for a POST
  /// Whether a PUT and a POST are answered with a line; if absent, only those whose line has a `?` are.
  std::optional<bool> is_answered{};
  std::optional<json_schema> expect{};  ///< the schema of the answer to a PUT or POST, as a string
  std::optional<json_schema> rest{};    ///< the schema of what `**` stands for, as a string
  backend_resource_options front;

  method_set offered() const { return front.methods; }
  static bool is_host_bound() noexcept { return true; }
  void make(resource_site& at) const;
  friend bool operator==(const line_options&, const line_options&) = default;
};

/// Returns the kind. In a configuration: `supply/voltage: {line: tcp://192.0.2.7:5025, get:
/// "MEAS:VOLT?", parse: number}`.
const kind_module& line_kind();

}  // namespace mqcoap
