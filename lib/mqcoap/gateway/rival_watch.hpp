#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/base/text_map.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Remembers the served tags for which another program answers as well, so that every request runs twice.
/// Logs once when it begins, and when it ends, which is after five minutes without such an answer.
class rival_watch {
 public:
  static constexpr std::chrono::minutes lasts{5};

  explicit rival_watch(log_sink log) : log_(std::move(log)) {}

  /// Notes that another program answered a request to this tag.
  void note_answer(std::string_view tag, steady_time now);
  /// Forgets rivals that have not answered for that time.
  void expire(steady_time now);
  /// Returns the earliest time at which `expire` has something to do; max: never.
  steady_time next_end() const noexcept;
  /// Forgets tags that are no longer served.
  void keep_only(const std::function<bool(std::string_view)>& served);

  bool empty() const noexcept { return seen_.empty(); }
  /// Returns the tags, sorted.
  std::vector<std::string> tags() const;

 private:
  const log_sink log_;
  text_map<steady_time> seen_;  ///< time of the last answer, by tag
};

}  // namespace mqcoap
