#include <mqcoap/exchange/duplicate_filter.hpp>

#include <algorithm>
#include <functional>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

/// The limit of further spellings of the id of a running request. Four are usual: with and without hyphens,
/// in upper and lower case.
constexpr std::size_t most_spellings = 8;

std::uint64_t fingerprint_of(const request& r) {
  const std::hash<std::string_view> hash;
  std::uint64_t mixed = static_cast<std::uint64_t>(r.verb);
  for (const auto part : {hash(r.path.key()), hash(r.body.text())})
    mixed = (mixed ^ part) * 0x9e3779b97f4a7c15ULL + (mixed >> 29);
  return mixed;
}

/// Returns the bytes that a remembered answer needs; its small fields are part of the entry.
std::size_t size_of(const answer& a) noexcept {
  std::size_t bytes = (a.body.is_null() ? 0 : a.body.text().size()) + a.location.size() +
                      a.options.etag.size() + a.options.content_format.size() + a.options.traceparent.size();
  for (const auto& f : a.unknown) bytes += f.key.size() + f.value.size();
  return bytes;
}

}  // namespace

/// Builds the key of a request from its target and its id. Valid until the next call.
std::string_view duplicate_filter::key_of(const call& c) {
  key_.assign(c.target.subsystem()).append(1, '/').append(c.target.tag()).append(1, '/');
  c.original_request().id.append_canonical(key_);
  return key_;
}

duplicate_filter::entry* duplicate_filter::find(std::string_view key) noexcept {
  const auto at = entries_.find(key);
  return at == entries_.end() ? nullptr : &*at->second;
}

duplicate_filter::finding duplicate_filter::check(const call& c, steady_time now, bool enter) {
  forget_old(now);
  const auto key = key_of(c);
  if (auto* const seen = find(key)) {
    if (seen->fingerprint != fingerprint_of(c.req)) return {verdict::conflict, nullptr};
    if (auto* const first = std::get_if<running>(&seen->first)) return {join(*first, c), nullptr};
    return {verdict::answered, &std::get<answer>(seen->first)};
  }
  if (!enter) return {};
  if (c.req.verb == method::post) {
    if (entries_.size() >= options_.entries || answer_bytes_ >= options_.answer_bytes)
      return {verdict::full, nullptr};
  } else if (entries_.size() >= options_.entries / 4 * 3 || answer_bytes_ >= options_.answer_bytes / 4 * 3) {
    return {};  // PUT and DELETE run without a guard: the last quarter is reserved for POSTs
  }
  const auto added =
      by_age_.insert(by_age_.end(), entry{key_text(key.begin(), key.end()), fingerprint_of(c.req),
                                          now + options_.window, running{c.origin, {}}});
  try {
    entries_.emplace(view(added->key), added);
  } catch (...) {
    by_age_.erase(added);
    throw;
  }
  return {};
}

duplicate_filter::verdict duplicate_filter::join(running& first, const call& c) {
  const auto name = c.name();
  const auto first_name = first.origin ? first.origin->name() : std::string_view();
  if (name == first_name ||
      std::any_of(first.joined.begin(), first.joined.end(), [&](const call& j) { return j.name() == name; }))
    return verdict::running;
  if (first.joined.size() >= most_spellings) return verdict::crowded;
  auto& joined = first.joined.emplace_back(c.without_body());
  joined.chain = nullptr;  // avoids a cycle: a step of the chain owns this filter
  return verdict::running;
}

std::vector<call> duplicate_filter::note(const call& answered, const answer& first) {
  if (answered.original_request().verb == method::get) return {};
  const auto at = entries_.find(key_of(answered));
  if (at == entries_.end()) return {};
  auto& seen = *at->second;
  auto* const ran = std::get_if<running>(&seen.first);
  if (ran == nullptr) return {};
  auto joined = std::move(ran->joined);
  if (first.never_run) {
    remove(at->second);
  } else {
    auto kept = copy_of(first);
    answer_bytes_ += size_of(kept);
    seen.first = std::move(kept);
  }
  return joined;
}

void duplicate_filter::amend(const call& answered, const answer& late) {
  auto* const seen = find(key_of(answered));
  auto* const given = seen == nullptr ? nullptr : std::get_if<answer>(&seen->first);
  if (given == nullptr ||
      (given->code != response_code::gateway_timeout && given->code != response_code::bad_gateway))
    return;
  // If there is no room for it, the 504 or 502 remains, which is still true.
  if (answer_bytes_ + size_of(late) > options_.answer_bytes) return;
  auto kept = late;
  answer_bytes_ += size_of(kept) - size_of(*given);
  *given = std::move(kept);
}

/// Copies the answer. If that runs out of memory, keeps its code, and for an error a message that
/// was allocated beforehand.
answer duplicate_filter::copy_of(const answer& first) const try {
  return first;
} catch (const std::bad_alloc&) {
  answer brief;
  brief.code = first.code;
  if (is_error(first.code)) brief.body = brief_text_;
  return brief;
}

/// A request that still runs is remembered for another window: others wait for its answer, and it must not
/// run a second time.
void duplicate_filter::forget_old(steady_time now) {
  while (!by_age_.empty() && by_age_.front().forgotten <= now) {
    const auto oldest = by_age_.begin();
    if (std::holds_alternative<answer>(oldest->first)) {
      remove(oldest);
    } else {
      oldest->forgotten = now + options_.window;
      by_age_.splice(by_age_.end(), by_age_, oldest);
    }
  }
}

duplicate_filter::usage duplicate_filter::usage_at(steady_time now) const {
  // Expired entries may still be in the table.
  auto entries = entries_.size();
  auto bytes = answer_bytes_;
  for (auto at = by_age_.begin(); at != by_age_.end() && at->forgotten <= now; ++at) {
    if (const auto* const kept = std::get_if<answer>(&at->first)) {
      bytes -= size_of(*kept);
      --entries;
    }
  }
  const auto share_of = [](std::size_t part, std::size_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  return {entries, std::max(share_of(entries, options_.entries), share_of(bytes, options_.answer_bytes))};
}

void duplicate_filter::remove(entry_list::iterator at) noexcept {
  if (const auto* const kept = std::get_if<answer>(&at->first)) answer_bytes_ -= size_of(*kept);
  entries_.erase(view(at->key));
  by_age_.erase(at);
}

std::optional<answer> refusal_of(duplicate_filter::verdict v) {
  using verdict = duplicate_filter::verdict;
  switch (v) {
    case verdict::fresh:
    case verdict::running:
    case verdict::answered: break;
    case verdict::crowded:
      return answer::error(
          response_code::service_unavailable,
          "this request is already running, and too many spellings of its id are waiting for the answer");
    case verdict::conflict:
      return answer::error(
          response_code::bad_request,
          "header.request_id was used before for another method, path or body; every request needs its own");
    case verdict::full:
      return answer::error(
          response_code::service_unavailable,
          "too many POST requests within 300 s to protect all of them against repeats; try again later");
  }
  return std::nullopt;
}

}  // namespace mqcoap
