#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend_resource.hpp>
#include <mqcoap/resource/backend/child_options.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

/// A program that runs for each request. A GET returns its output.
struct exec_options {
  static constexpr std::string_view kind_name = "exec";

  child_options program;  ///< its arguments may have placeholders; with `has_input` it reads the body as JSON
  std::map<std::size_t, json_schema> paths{};  ///< the schema of what the N-th `*` of the path stands for
  std::chrono::milliseconds timeout{0};  ///< for the program; 0 if it may run as long as its callers wait
  std::size_t most = 1 << 18;            ///< limit of its output in bytes
  backend_resource_options front{};

  method_set offered() const { return front.methods; }
  static bool is_host_bound() noexcept { return true; }
  void make(resource_site& at) const;
  friend bool operator==(const exec_options&, const exec_options&) = default;
};

/// Returns the kind. In a configuration: `disk_used: {exec: [df, --output=pcent, /], parse: {regex:
/// '(\d+)%', as: number}}`.
const kind_module& exec_kind();

}  // namespace mqcoap
