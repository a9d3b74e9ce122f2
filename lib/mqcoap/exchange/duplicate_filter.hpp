#pragma once

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
#include <unordered_map>
#include <variant>
#include <vector>

namespace mqcoap {

struct duplicate_filter_options {
  std::chrono::seconds window{300};      ///< for how long a request is remembered
  std::size_t entries = 65'536;          ///< a full window refuses new POSTs rather than forget a guard
  std::size_t answer_bytes = 64u << 20;  ///< bodies of remembered answers, all together

  friend bool operator==(const duplicate_filter_options&, const duplicate_filter_options&) = default;
};

/// Sees to it that a POST, PUT or DELETE that comes twice runs once (docs/protocol.md, "Run once").
class duplicate_filter {
 public:
  enum class verdict {
    fresh,     ///< not seen before: run it, then call `note`
    running,   ///< the first one still runs; its answer serves both, under each one's own spelling of the id
    crowded,   ///< it runs, and no further spelling of its id may wait for the answer
    answered,  ///< it ran: send the first one's answer again
    conflict,  ///< the same id with another method, path or body
    full,      ///< no place to guard another POST
  };
  struct finding {
    verdict what = verdict::fresh;
    const answer* first = nullptr;  ///< with `answered`; valid until the next call
  };

  explicit duplicate_filter(duplicate_filter_options options = {}) : options_(options) {}

  /// @param enter  false: the request will be refused, so that a fresh one leaves no entry
  finding check(const call& c, steady_time now, bool enter = true);
  /// Notes the answer of a request that was `fresh`, or is a GET. One that was never run, as the answer says,
  /// is fresh again when it comes again. If there is no memory for a copy of the answer, a repeat gets its
  /// code only. Returns the repeats that joined it under other spellings of the id, without their bodies:
  /// they get the same answer, each by its own origin.
  [[nodiscard]] std::vector<call> note(const call& answered, const answer& first);

  /// Replaces the 504 or 502 that a request was given by the answer that came late: a repeat gets it. Does
  /// nothing for a request that is forgotten or got anything else.
  void amend(const call& answered, const answer& late);

  /// Forgets the requests whose window is over.
  void forget_old(steady_time now);
  /// When the window of every request remembered now is over; `steady_time::max()` if there is none.
  steady_time all_old_at() const noexcept {
    return by_age_.empty() ? steady_time::max() : by_age_.back().forgotten;
  }

  std::size_t size() const noexcept { return entries_.size(); }

  /// How much of its memory is in use.
  struct usage {
    std::size_t entries = 0;  ///< requests that are remembered
    double share = 0;         ///< of the places, or of the bytes for answers, whichever is larger: 1 is full
  };
  usage usage_at(steady_time now) const;

 private:
  struct running {
    std::shared_ptr<const call_origin> origin;
    std::vector<call> joined;  ///< of other origins: over MQTT, they differ by the spelling of the id
  };
  struct aging {
    steady_time forgotten;
    const std::string* key;  ///< in `entries_`, whose keys stay where they are
  };
  struct entry {
    std::uint64_t fingerprint;
    std::list<aging>::iterator age;
    std::variant<running, answer> first;
  };
  using entry_table = std::unordered_map<std::string, entry>;

  answer copy_of(const answer& first) const;
  static verdict join(running& first, const call& c);
  void remove(entry_table::iterator at);

  const duplicate_filter_options options_;
  entry_table entries_;
  std::list<aging> by_age_;  ///< the oldest first
  std::size_t answer_bytes_ = 0;
  const json_text brief_words_ =
      json_text::from_string("the request was answered before; there was no memory to keep the answer");
};

/// What a request is told that is neither to be run nor has an answer of its own; nothing for the others.
std::optional<answer> refusal_of(duplicate_filter::verdict v);

}  // namespace mqcoap
