#pragma once

#include <chrono>
#include <cstddef>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/pending_table.hpp>
#include <mqcoap/gateway/relayed_answer.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Remembers writes that were answered with 504, or with 502 as a loop, after they had been sent to their
/// device, which may have run them. If the device answers after all, a repeat of the write gets that answer
/// (docs/protocol.md, "Run once"). Bounded: the oldest is forgotten first.
class late_answers {
 public:
  static constexpr std::size_t most = 4096;
  static constexpr std::chrono::seconds window{300};  ///< the same as in the duplicate filter

  struct awaited {
    call original;       ///< the caller's request, without its body
    std::string broker;  ///< the broker of the device
    std::string topic;   ///< the topic of the answer, without the id
    resource_path path;
    way_back way;  ///< translates a `location`
  };

  /// @param id  the id of the hop to the device
  void expect(const request_id& id, steady_time now, awaited what) {
    while (waiting_.take_expired(now)) {
    }
    if (waiting_.size() >= most) waiting_.take_expired(steady_time::max());
    waiting_.add(id, now + window, std::move(what));
  }

  /// Returns the write that a hop with this id was sent for; null unless its answer is expected under this
  /// topic of this broker.
  const awaited* find(std::string_view broker, const exchange_topic& topic, const request_id& id) noexcept {
    const auto* const found = waiting_.find(id);
    return found != nullptr && found->broker == broker && topic.text().starts_with(found->topic) ? found
                                                                                                 : nullptr;
  }

  std::optional<awaited> take(const request_id& id) { return waiting_.take(id); }

 private:
  pending_table<awaited> waiting_;
};

}  // namespace mqcoap
