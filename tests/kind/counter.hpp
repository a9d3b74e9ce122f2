#pragma once

#include <cstdint>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/serve/timer_queue.hpp>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

/// A number that counts how often it is read. Reading takes 50 ms; POST blocks the counter.
struct counter_options {
  static constexpr std::string_view kind_name = "counter";

  std::int64_t start = 0;
  timer_queue* bus = nullptr;  ///< the simulated bus; null: use the gateway's timers
  bool can_stop = true;        ///< a reading is cancelled when its call ends

  method_set offered() const { return {method::get, method::post}; }
  void make(resource_site& at) const;
  friend bool operator==(const counter_options&, const counter_options&) = default;
};

/// Returns the kind: `shots: {counter: 7}` in a configuration.
const kind_module& counter_kind();

}  // namespace mqcoap
