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

/// Remembers for which of the served tags somebody else answers as well: then every request runs twice. Says
/// so once when it begins, and when it is over, which is when nothing was seen for five minutes.
class rival_watch {
 public:
  static constexpr std::chrono::minutes lasts{5};

  explicit rival_watch(log_sink log) : log_(std::move(log)) {}

  /// Somebody else answered a request to this tag.
  void note_answer(std::string_view tag, steady_time now);
  /// Forgets those that have not been seen for so long.
  void expire(steady_time now);
  /// When `expire` has something to do, at the earliest; max: never.
  steady_time next_end() const noexcept;
  /// Forgets the tags that are not served any more.
  void keep_only(const std::function<bool(std::string_view)>& served);

  bool empty() const noexcept { return seen_.empty(); }
  /// Sorted.
  std::vector<std::string> tags() const;

 private:
  const log_sink log_;
  text_map<steady_time> seen_;  ///< the last time, by tag
};

}  // namespace mqcoap
