#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/ask/device.hpp>
#include <mqcoap/ask/failure.hpp>
#include <mqcoap/ask/outgoing_request.hpp>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/exchange/outcome_memory.hpp>
#include <mqcoap/exchange/pending_table.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <string>
#include <string_view>

namespace mqcoap::ask {

/// The events that a sender counts.
enum class fact : std::uint8_t {
  sent,        ///< requests that a link has accepted
  answered,    ///< requests that a device answered in any way
  late,        ///< answers that arrived after their request had ended
  duplicate,   ///< further answers to one request
  mismatched,  ///< answers with an expected id, but from another topic or for another path
  foreign,     ///< answers to requests of other clients
};

/// The interface to the owner of a sender. Its functions must not destroy the sender.
class request_sender_owner {
 public:
  virtual void count(fact what) noexcept = 0;
  /// Called when processing a message ran out of memory.
  virtual void on_no_memory() noexcept {}
  /// Called for an answer whose request has ended, or was not sent by this sender.
  /// @param as  its presumed kind: `late`, `duplicate` or `foreign`. @return the kind as which it is counted
  virtual fact on_unawaited(fact as, const device_link& /*from*/, const exchange_topic& /*topic*/,
                            const request_id& /*id*/, std::string_view /*payload*/) {
    return as;
  }

 protected:
  ~request_sender_owner() = default;
};

/// Sends requests to devices and waits for the answers. Keeps a standing subscription to the answers of each
/// device, and sends only when the broker has confirmed it, with a limited number of requests in flight, in
/// order. The first answer with the expected topic, id and path ends a request; so do its deadline, the loss
/// of the link, and send errors. Contains no transport and no timer: links deliver messages, and the owner
/// calls `expire` at the next deadline.
/// @par Threads  Used by one thread at a time, that of the links.
class request_sender {
 public:
  /// The maximum number of devices; beyond it, the device that has been idle for the longest
  /// time is forgotten.
  static constexpr std::size_t most_devices = 4096;

  /// @param rules  rules for answers; codes outside the table are folded into it
  request_sender(const clock& time, const decode_rules& rules, request_sender_owner& owner);
  request_sender(const request_sender&) = delete;
  request_sender& operator=(const request_sender&) = delete;
  /// Destroys outstanding requests without calling `answered` or `failed`.
  ~request_sender() = default;

  /// @name Devices, by keys that the owner chooses
  /// @{
  device* find_device(std::string_view key) const noexcept;
  /// Returns false if the limit is reached and every device is busy.
  bool make_room();
  /// Precondition: there is room, and the key is new.
  device& add_device(std::string key, std::unique_ptr<device> added);
  const text_map<std::unique_ptr<device>>& devices() const noexcept { return devices_; }
  /// Prepares a link for removal: forgets its idle devices, and renames the others so that their keys are
  /// free for other links. Returns true if no device of the link is left.
  bool release(const device_link& via);
  /// Treats all subscriptions as unconfirmed, because the links have a new connection. Forgets idle devices.
  void forget_connections();
  /// @}

  /// Appends a request to a device's queue; `send_next` sends it when that is allowed. If this throws, the
  /// caller keeps the request.
  void place(device& at, std::unique_ptr<outgoing_request>&& q);
  /// Sends waiting requests of a device, up to the limit of requests in flight.
  void send_next(device& to);
  /// Returns null if no request with this id is under way.
  outgoing_request* find(const request_id& id) noexcept;
  std::size_t size() const noexcept { return open_.size(); }
  /// Returns true if a request with this id is under way, or has ended recently (`outcome_memory`).
  bool knows(const request_id& id) noexcept;
  /// Ends a request, if it is under way. An answer that arrives later counts as late.
  void end(const request_id& id, const failure& why);
  void end_all(const failure& why);

  void on_response(const device_link& from, const exchange_topic& topic, std::string_view payload);
  void on_link_up(const device_link& which);
  void on_link_down(const device_link& which, std::string_view why);
  void on_subscribed(device& at, error_code ec);

  /// Fails the requests whose deadline has passed.
  void expire(steady_time now);
  steady_time next_deadline() const noexcept { return open_.earliest(); }

 private:
  using outcome = outcome_memory::outcome;
  using taken_request = std::unique_ptr<outgoing_request>;

  void send(outgoing_request& q);
  device_link::sent_handler follow(const request_id& id, std::size_t bytes);
  void take_answer(outgoing_request& q, std::string_view payload);
  fact judge_unawaited(const device_link& from, const exchange_topic& topic, const request_id& id,
                       std::string_view payload);
  void fail(taken_request q, const failure& why);
  template <class Predicate>
  void fail_all_if(Predicate&& wanted, const failure& why);
  void note(const request_id& id, outcome how) noexcept { outcomes_.note(id, how, time_.now()); }

  const clock& time_;
  const decode_rules& rules_;
  request_sender_owner& owner_;
  text_map<std::unique_ptr<device>> devices_;
  std::uint64_t released_ = 0;  ///< number of devices that `release` has renamed
  pending_table<taken_request> open_;
  outcome_memory outcomes_;
  std::string payload_;  ///< reused for every request
  /// Lets late callbacks of a link detect that the sender was destroyed.
  std::shared_ptr<request_sender*> alive_;
};

}  // namespace mqcoap::ask
