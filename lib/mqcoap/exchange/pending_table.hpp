#pragma once

#include <cstddef>
#include <iterator>
#include <map>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mqcoap {

/// Hashes the ids of requests.
struct request_id_hash {
  std::size_t operator()(const request_id& id) const noexcept { return id.hash(); }
};

/// What waits for an answer, by request id or another key, with deadlines. Knows no clock: the time is an
/// argument.
template <class T, class Key = request_id, class Hash = request_id_hash>
class pending_table {
 public:
  /// Precondition: the id is not in the table.
  void add(const Key& id, steady_time deadline, T value) {
    const auto at = entries_.try_emplace(id, std::move(value)).first;
    try {
      at->second.deadline = deadlines_.emplace(deadline, &at->first);
    } catch (...) {
      entries_.erase(at);
      throw;
    }
  }

  /// Null if nothing waits under this id.
  T* find(const Key& id) noexcept {
    const auto at = entries_.find(id);
    return at == entries_.end() ? nullptr : &at->second.value;
  }

  /// Takes an entry out; the first answer wins.
  std::optional<T> take(const Key& id) {
    const auto at = entries_.find(id);
    if (at == entries_.end()) return std::nullopt;
    return remove(at);
  }

  /// Takes out one entry whose deadline is not after `now`, the earliest first; nothing if there is none.
  std::optional<std::pair<Key, T>> take_expired(steady_time now) {
    if (deadlines_.empty() || deadlines_.begin()->first > now) return std::nullopt;
    const Key id = *deadlines_.begin()->second;
    return std::pair{id, remove(entries_.find(id))};
  }

  /// Takes out every entry that satisfies the predicate.
  template <class Predicate>
  std::vector<std::pair<Key, T>> take_all_if(Predicate&& wanted) {
    std::vector<std::pair<Key, T>> taken;
    for (auto at = entries_.begin(); at != entries_.end();) {
      const auto next = std::next(at);
      if (wanted(at->second.value)) {
        const Key id = at->first;
        taken.emplace_back(id, remove(at));
      }
      at = next;
    }
    return taken;
  }

  /// `steady_time::max()` if nothing waits.
  steady_time earliest() const noexcept {
    return deadlines_.empty() ? steady_time::max() : deadlines_.begin()->first;
  }
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  using deadline_index = std::multimap<steady_time, const Key*>;
  struct entry {
    explicit entry(T v) : value(std::move(v)) {}
    T value;
    typename deadline_index::iterator deadline;
  };
  using entry_table = std::unordered_map<Key, entry, Hash>;

  T remove(typename entry_table::iterator at) {
    deadlines_.erase(at->second.deadline);
    T value = std::move(at->second.value);
    entries_.erase(at);
    return value;
  }

  entry_table entries_;
  deadline_index deadlines_;
};

}  // namespace mqcoap
