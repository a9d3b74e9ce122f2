#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/histogram.hpp>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace mqcoap {

/// Durations of the last 5 to 10 minutes: quantiles since the start would become less meaningful every day.
class recent_durations {
 public:
  static constexpr std::chrono::minutes span{5};

  void record(std::chrono::nanoseconds d, steady_time now) {
    if (!windows_) windows_ = std::make_unique<windows>(windows{now, {}, {}});
    turn(now);
    windows_->current.record(static_cast<std::uint64_t>(std::max<std::int64_t>(d.count(), 0)));
  }

  /// The quantiles of the recent durations.
  struct quantiles {
    std::chrono::nanoseconds p50, p95, p99;  ///< within 7 %
  };
  std::optional<quantiles> at(steady_time now) const {
    if (!windows_ || now - windows_->began >= 2 * span) return std::nullopt;
    auto all = windows_->current;
    if (now - windows_->began < span) all.add(windows_->before);
    if (all.count() == 0) return std::nullopt;
    const auto value = [&all](double share) { return std::chrono::nanoseconds(all.quantile(share)); };
    return quantiles{value(0.5), value(0.95), value(0.99)};
  }

 private:
  using window = basic_histogram<3>;
  struct windows {
    steady_time began;
    window current, before;
  };

  void turn(steady_time now) {
    const auto age = now - windows_->began;
    if (age < span) return;
    if (age < 2 * span)
      windows_->before = windows_->current;
    else
      windows_->before.clear();
    windows_->current.clear();
    windows_->began = now;
  }

  std::unique_ptr<windows> windows_;  ///< 8 KB; null before the first answer
};

/// The statistics of one device behind the proxy.
struct device_statistics {
  std::string broker;
  std::string ns;
  std::string tag;
  bool listed = false;  ///< listed in `statistics`, which drops the least recently used one

  std::uint64_t answered = 0;  ///< hops that it answered in time, with any code
  std::uint64_t failed = 0;    ///< hops that ended without a usable answer
  std::uint64_t late = 0;      ///< answers after the deadline
  steady_time last_request{};
  std::optional<steady_time> last_seen;  ///< its last answer, including late ones
  std::string last_error;                ///< of the last failed hop; empty: none failed
  steady_time last_error_at{};
  double seconds = 0;          ///< sum of all durations
  recent_durations durations;  ///< from sending a request to its answer

  /// Counts an answer. The duration is omitted if memory allocation fails.
  void count_answer(steady_time sent, steady_time now) noexcept try {
    ++answered;
    last_seen = now;
    seconds += std::chrono::duration<double>(now - sent).count();
    durations.record(now - sent, now);
  } catch (const std::bad_alloc&) {
    // Out of memory: the answer itself has been counted.
  }
  void count_late(steady_time now) noexcept {
    ++late;
    last_seen = now;
  }
  /// Counts a failure. Keeps the previous text if memory allocation fails.
  void count_failure(const std::string& message, steady_time now) noexcept try {
    ++failed;
    last_error_at = now;
    last_error = message;
  } catch (const std::bad_alloc&) {
    // Out of memory: the failure itself has been counted.
  }
};

}  // namespace mqcoap
