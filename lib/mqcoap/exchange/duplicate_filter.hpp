#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/call.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mqcoap {

struct duplicate_filter_options {
  std::chrono::seconds window{300};  ///< the time for which a request is remembered
  /// The limit of remembered requests. If it is reached, new POSTs are rejected: forgetting one early would
  /// allow it to run twice.
  std::size_t entries = 65'536;
  std::size_t answer_bytes = 64u << 20;  ///< limit of the total size of the remembered answers

  friend bool operator==(const duplicate_filter_options&, const duplicate_filter_options&) = default;
};

/// Makes sure that a POST, PUT or DELETE that arrives twice runs once (docs/protocol.md, "Run once").
class duplicate_filter {
 public:
  enum class verdict {
    fresh,     ///< not seen before: run it, then call `note`
    running,   ///< the first one is still running; both get its answer, each with its own spelling of the id
    crowded,   ///< the first one is still running, and too many spellings of its id wait already
    answered,  ///< the first one was answered: send its answer again
    conflict,  ///< the same id with another method, path or body
    full,      ///< no room to guard another POST
  };
  struct finding {
    verdict what = verdict::fresh;
    const answer* first = nullptr;  ///< with `answered`; valid until the next call
  };

  explicit duplicate_filter(duplicate_filter_options options = {}) : options_(options) {}

  /// @param enter  false if the request will be rejected: a fresh one gets no entry
  finding check(const call& c, steady_time now, bool enter = true);
  /// Stores the answer to a request that was `fresh`; ignores a GET. If the answer is marked as never run,
  /// the request is fresh when it arrives again. If copying the answer runs out of memory, a repeat gets only
  /// its code, and for an error a short fixed text. Returns the repeats that joined the request with other
  /// spellings of the id, without their bodies: they get the same answer, each through its own origin.
  [[nodiscard]] std::vector<call> note(const call& answered, const answer& first);

  /// Replaces the 504 or 502 of a request with its late answer, which repeats then get. Has no effect if the
  /// request is forgotten or got another answer.
  void amend(const call& answered, const answer& late);

  /// Forgets the requests whose window is over.
  void forget_old(steady_time now);
  /// Returns when the windows of all remembered requests are over; `steady_time::max()` if there are none.
  steady_time all_old_at() const noexcept {
    return by_age_.empty() ? steady_time::max() : by_age_.back().forgotten;
  }

  std::size_t size() const noexcept { return entries_.size(); }

  /// The used share of the filter's capacity.
  struct usage {
    std::size_t entries = 0;  ///< number of remembered requests
    double share = 0;         ///< the larger of the used shares of entries and of answer bytes; 1 is full
  };
  usage usage_at(steady_time now) const;

 private:
  struct running {
    std::shared_ptr<const call_origin> origin;
    std::vector<call> joined;  ///< calls of other origins, which over MQTT differ by the spelling of the id
  };
  /// Long enough for most keys, which then need no allocation of their own.
  using key_text = boost::container::small_vector<char, 80>;
  struct entry {
    key_text key;
    std::uint64_t fingerprint;
    steady_time forgotten;
    std::variant<running, answer> first;
  };
  using entry_list = std::list<entry>;

  std::string_view key_of(const call& c);
  entry* find(std::string_view key) noexcept;
  answer copy_of(const answer& first) const;
  static verdict join(running& first, const call& c);
  void remove(entry_list::iterator at) noexcept;
  static std::string_view view(const key_text& key) noexcept { return {key.data(), key.size()}; }

  const duplicate_filter_options options_;
  entry_list by_age_;  ///< the oldest first
  /// Indexed by views of the keys in the entries, which do not move.
  boost::unordered_flat_map<std::string_view, entry_list::iterator> entries_;
  std::string key_;  ///< reused for each lookup
  std::size_t answer_bytes_ = 0;
  const json_text brief_text_ =
      json_text::from_string("the request was answered before; there was no memory to keep the answer");
};

/// Returns the error answer to a request that the verdict rejects; nothing for the other verdicts.
std::optional<answer> refusal_of(duplicate_filter::verdict v);

}  // namespace mqcoap
