#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
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

/// The requests that wait for an answer, by request id or another key, with deadlines. Has no clock: the time
/// is passed as an argument. Of entries with equal deadlines, the one that was added first expires first.
template <class T, class Key = request_id, class Hash = request_id_hash>
class pending_table {
 public:
  /// Precondition: the id is not in the table. If this throws, the caller keeps the value.
  void add(const Key& id, steady_time deadline, T&& value) {
    const auto at = entries_.try_emplace(id).first;
    try {
      deadlines_.push_back({deadline, ++last_added_, &*at});
    } catch (...) {
      entries_.erase(at);
      throw;
    }
    at->second.value = std::move(value);
    at->second.place = deadlines_.size() - 1;
    rise(at->second.place);
  }

  /// Returns null if nothing waits under this id.
  T* find(const Key& id) noexcept {
    const auto at = entries_.find(id);
    return at == entries_.end() ? nullptr : &*at->second.value;
  }

  /// Removes and returns an entry; the first answer wins.
  std::optional<T> take(const Key& id) {
    const auto at = entries_.find(id);
    if (at == entries_.end()) return std::nullopt;
    return remove(at);
  }

  /// Removes and returns the entry with the earliest deadline if it is not after `now`; nothing otherwise.
  std::optional<std::pair<Key, T>> take_expired(steady_time now) {
    if (deadlines_.empty() || deadlines_.front().at > now) return std::nullopt;
    const Key id = deadlines_.front().of->first;
    return std::pair{id, remove(entries_.find(id))};
  }

  /// Removes and returns all entries that satisfy the predicate. If allocation fails, throws
  /// and removes none.
  template <class Predicate>
  std::vector<std::pair<Key, T>> take_all_if(Predicate&& wanted) {
    std::vector<std::pair<Key, T>> taken;
    taken.reserve(entries_.size());
    for (auto at = entries_.begin(); at != entries_.end();) {
      const auto next = std::next(at);
      if (wanted(*at->second.value)) {
        const Key id = at->first;
        taken.emplace_back(id, remove(at));
      }
      at = next;
    }
    return taken;
  }

  /// Removes and returns one entry that satisfies the predicate; nothing if there is none. Does not allocate.
  template <class Predicate>
  std::optional<std::pair<Key, T>> take_one_if(Predicate&& wanted) {
    for (auto at = entries_.begin(); at != entries_.end(); ++at)
      if (wanted(*at->second.value)) {
        const Key id = at->first;
        return std::pair{id, remove(at)};
      }
    return std::nullopt;
  }

  /// Returns the earliest deadline; `steady_time::max()` if nothing waits.
  steady_time earliest() const noexcept {
    return deadlines_.empty() ? steady_time::max() : deadlines_.front().at;
  }
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct entry {
    std::optional<T> value;  ///< never empty outside of `add`
    std::size_t place = 0;   ///< index of its deadline in the heap
  };
  using entry_table = std::unordered_map<Key, entry, Hash>;
  struct timed {
    steady_time at;
    std::uint64_t added;  ///< sequence number
    typename entry_table::value_type* of;
    bool operator<(const timed& other) const noexcept {
      return at != other.at ? at < other.at : added < other.added;
    }
  };

  T remove(typename entry_table::iterator at) {
    const auto place = at->second.place;
    if (place + 1 != deadlines_.size()) {
      put(place, deadlines_.back());
      deadlines_.pop_back();
      rise(place);
      sink(place);
    } else {
      deadlines_.pop_back();
    }
    T value = *std::move(at->second.value);
    entries_.erase(at);
    return value;
  }

  void put(std::size_t place, const timed& what) noexcept {
    deadlines_[place] = what;
    what.of->second.place = place;
  }
  void rise(std::size_t place) noexcept {
    const auto what = deadlines_[place];
    for (; place > 0 && what < deadlines_[(place - 1) / 2]; place = (place - 1) / 2)
      put(place, deadlines_[(place - 1) / 2]);
    put(place, what);
  }
  void sink(std::size_t place) noexcept {
    const auto what = deadlines_[place];
    for (auto below = 2 * place + 1; below < deadlines_.size(); below = 2 * place + 1) {
      if (below + 1 < deadlines_.size() && deadlines_[below + 1] < deadlines_[below]) ++below;
      if (!(deadlines_[below] < what)) break;
      put(place, deadlines_[below]);
      place = below;
    }
    put(place, what);
  }

  entry_table entries_;
  std::vector<timed> deadlines_;  ///< a heap whose entries know their places in it, so that removing one
                                  ///< needs no search
  std::uint64_t last_added_ = 0;
};

}  // namespace mqcoap
