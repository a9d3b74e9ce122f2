#pragma once

#include <chrono>
#include <cstddef>
#include <mqcoap/base/clock.hpp>
#include <string>
#include <string_view>
#include <unordered_set>

namespace mqcoap {

/// Detects copies of messages. While two subscriptions of one connection overlap, a broker may deliver every
/// message twice, in quick succession.
class twin_filter {
 public:
  /// Begins filtering, until the overlap is over.
  void begin() noexcept { until_ = steady_time::max(); }
  /// Notes that the overlap has ended; copies may still arrive for a while.
  void end_soon(steady_time now) noexcept {
    if (until_ == steady_time::max()) until_ = now + grace;
  }
  /// Stops filtering at once, because the subscriptions ended with the connection.
  void end() {
    until_ = {};
    seen_.clear();
  }

  bool is_twin(std::string_view topic, steady_time now) {
    if (until_ == steady_time{}) return false;
    if (now >= until_) {
      end();
      return false;
    }
    if (!seen_.emplace(topic).second) return true;
    if (seen_.size() > most) seen_ = {std::string(topic)};
    return false;
  }

 private:
  static constexpr std::size_t most = 4096;
  static constexpr std::chrono::seconds grace{5};

  steady_time until_{};  ///< zero: there is no overlap
  std::unordered_set<std::string> seen_;
};

}  // namespace mqcoap
