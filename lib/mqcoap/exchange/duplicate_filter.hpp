#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/request.hpp>
#include <mqcoap/protocol/response.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mqcoap {

struct duplicate_filter_options {
  std::chrono::seconds window{300};      ///< for how long a request is remembered
  std::size_t entries = 65'536;          ///< a full window refuses new POSTs rather than forget a guard
  std::size_t answer_bytes = 64u << 20;  ///< bodies of remembered answers, all together
};

/// Sees to it that a POST, PUT or DELETE that comes twice runs once (docs/protocol.md, section 8).
class duplicate_filter {
 public:
  enum class verdict {
    fresh,     ///< not seen before: run it, then call `finish`
    running,   ///< the first one still runs; its answer serves both
    answered,  ///< it ran: send the first one's answer again
    conflict,  ///< the same id with another method, path or body
    full,      ///< no place to guard another POST
  };
  struct finding {
    verdict what = verdict::fresh;
    const answer* first = nullptr;  ///< with `answered`; valid until the next call
  };

  /// What makes two requests the same: who they go to, and their id.
  static std::string key_of(std::string_view subsystem, std::string_view tag, const request_id& id);

  explicit duplicate_filter(duplicate_filter_options options = {}) : options_(options) {}

  /// @param enter  false: the request will be refused, so that a fresh one leaves no entry
  finding check(const std::string& key, const request& r, steady_time now, bool enter = true);
  /// Notes the answer of a request that was `fresh`.
  void finish(const std::string& key, const answer& first);

  std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct entry {
    std::uint64_t fingerprint;
    std::optional<answer> first;
  };
  void forget_old(steady_time now);

  const duplicate_filter_options options_;
  std::unordered_map<std::string, entry> entries_;
  std::deque<std::pair<steady_time, std::string>> by_age_;  ///< when each is forgotten
  std::size_t answer_bytes_ = 0;
};

}  // namespace mqcoap
