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

/// A program that runs all the time and answers requests: a line of JSON for each, and one for each answer.
struct process_options {
  static constexpr std::string_view kind_name = "process";

  child_options program;
  std::chrono::milliseconds timeout{0};  ///< for an answer; 0: as long as its callers wait
  std::size_t most = 1 << 18;            ///< bytes of a body that it answers
  backend_resource_options front{.methods = method_set::all()};

  method_set offered() const { return front.methods; }
  static bool is_host_bound() noexcept { return true; }
  void make(resource_site& at) const;
  friend bool operator==(const process_options&, const process_options&) = default;
};

/// In a configuration: `analysis/**: {process: [python3, /usr/local/lib/mqcoap/analysis.py]}`.
const kind_module& process_kind();

}  // namespace mqcoap
