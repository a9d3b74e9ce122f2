#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/ask/device.hpp>
#include <mqcoap/ask/failure.hpp>
#include <mqcoap/ask/question.hpp>
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

/// The events that an asker counts.
enum class fact : std::uint8_t {
  sent,        ///< questions that a link has accepted
  answered,    ///< questions that a device answered in any way
  late,        ///< answers that arrived after their question had ended
  duplicate,   ///< further answers to one question
  mismatched,  ///< answers with an expected id, but from another topic or for another path
  foreign,     ///< answers to requests of other clients
};

/// The interface to the owner of an asker. Its functions must not destroy the asker.
class asker_owner {
 public:
  virtual void count(fact what) noexcept = 0;
  /// Called when processing a message ran out of memory.
  virtual void on_no_memory() noexcept {}
  /// Called for an answer whose question has ended, or was not sent by this asker.
  /// @param as  its presumed kind: `late`, `duplicate` or `foreign`. @return the kind as which it is counted
  virtual fact on_unawaited(fact as, const device_link& /*from*/, const exchange_topic& /*topic*/,
                            const request_id& /*id*/, std::string_view /*payload*/) {
    return as;
  }

 protected:
  ~asker_owner() = default;
};

/// Sends questions to devices and waits for the answers. Keeps a standing subscription to the answers of each
/// device, and sends only when the broker has confirmed it, with a limited number of questions in flight, in
/// order. The first answer with the expected topic, id and path ends a question; so do its deadline, the loss
/// of the link, and send errors. Contains no transport and no timer: links deliver messages, and the owner
/// calls `expire` at the next deadline.
/// @par Threads  Used by one thread at a time, that of the links.
class asker {
 public:
  /// The maximum number of devices; beyond it, the device that has been idle for the longest
  /// time is forgotten.
  static constexpr std::size_t most_devices = 4096;

  /// @param rules  rules for answers; codes outside the table are folded into it
  asker(const clock& time, const decode_rules& rules, asker_owner& owner);
  asker(const asker&) = delete;
  asker& operator=(const asker&) = delete;
  /// Destroys outstanding questions without calling `answered` or `failed`.
  ~asker() = default;

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
  bool let_go(const device_link& via);
  /// Treats all subscriptions as unconfirmed, because the links have a new connection. Forgets idle devices.
  void forget_connections();
  /// @}

  /// Appends a question to a device's queue; `send_next` sends it when that is allowed. If this throws, the
  /// caller keeps the question.
  void place(device& at, std::unique_ptr<question>&& q);
  /// Sends waiting questions of a device, up to the limit of questions in flight.
  void send_next(device& to);
  /// Returns null if no question with this id is under way.
  question* find(const request_id& id) noexcept;
  std::size_t size() const noexcept { return open_.size(); }
  /// Returns true if a question with this id is under way, or has ended recently (`outcome_memory`).
  bool has_asked(const request_id& id) noexcept;
  /// Ends a question, if it is under way. An answer that arrives later counts as late.
  void end(const request_id& id, const failure& why);
  void end_all(const failure& why);

  void on_response(const device_link& from, const exchange_topic& topic, std::string_view payload);
  void on_link_up(const device_link& which);
  void on_link_down(const device_link& which, std::string_view why);
  void on_subscribed(device& at, error_code ec);

  /// Fails the questions whose deadline has passed.
  void expire(steady_time now);
  steady_time next_deadline() const noexcept { return open_.earliest(); }

 private:
  using outcome = outcome_memory::outcome;
  using taken_question = std::unique_ptr<question>;

  void send(question& q);
  device_link::sent_handler follow(const request_id& id, std::size_t bytes);
  void take_answer(question& q, std::string_view payload);
  fact judge_unawaited(const device_link& from, const exchange_topic& topic, const request_id& id,
                       std::string_view payload);
  void fail(taken_question q, const failure& why);
  template <class Predicate>
  void fail_all_if(Predicate&& wanted, const failure& why);
  void note(const request_id& id, outcome how) noexcept { outcomes_.note(id, how, time_.now()); }

  const clock& time_;
  const decode_rules& rules_;
  asker_owner& owner_;
  text_map<std::unique_ptr<device>> devices_;
  std::uint64_t let_go_ = 0;  ///< number of devices that `let_go` has renamed
  pending_table<taken_question> open_;
  outcome_memory outcomes_;
  std::string payload_;            ///< reused for every question
  std::shared_ptr<asker*> alive_;  ///< lets late callbacks of a link detect that the asker was destroyed
};

}  // namespace mqcoap::ask
