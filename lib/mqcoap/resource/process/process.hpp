#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend_resource.hpp>
#include <mqcoap/resource/backend/child_options.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

/// A program that keeps running and answers requests. It reads a line of JSON for each request, and writes
/// one for each answer.
struct process_options {
  static constexpr std::string_view kind_name = "process";

  child_options program;
  std::chrono::milliseconds timeout{0};  ///< for an answer; 0 if it may take as long as its callers wait
  std::size_t most = 1 << 18;            ///< size limit of the body of an answer
  backend_resource_options front{.methods = method_set::all()};

  method_set offered() const { return front.methods; }
  static bool is_host_bound() noexcept { return true; }
  void make(resource_site& at) const;
  friend bool operator==(const process_options&, const process_options&) = default;
};

/// Returns the kind. In a configuration: `analysis/**:
/// {process: [python3, /usr/local/lib/mqcoap/analysis.py]}`.
const kind_module& process_kind();

}  // namespace mqcoap
