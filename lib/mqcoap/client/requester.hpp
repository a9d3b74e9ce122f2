#pragma once

#include <array>
#include <boost/asio/any_completion_handler.hpp>
#include <chrono>
#include <cstddef>
#include <mqcoap/ask/request_sender.hpp>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client_base.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/client/request_spec.hpp>
#include <mqcoap/client/response_chain.hpp>
#include <mqcoap/client/stat_counter.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/mqtt_device_link.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// The requests of one client, from the call to the answer: sends them to devices (`ask::request_sender`),
/// runs the response handlers, and describes failures as text. Owns neither a link nor a timer, and uses only
/// the clock that it is given, so that a test can run it by hand.
/// @par Threads  One at a time.
class requester final : private ask::request_sender_owner {
 public:
  using completion = boost::asio::any_completion_handler<void(error_code, response)>;

  /// Receives the completions of requests, inside any function of the requester. Must not call the requester.
  class observer {
   public:
    virtual void completed(completion done, error_code error, response&& answer) noexcept = 0;

   protected:
    ~observer() = default;
  };

  requester(const client_options& options, const response_chain& chain, const clock& time, observer& by);
  requester(const requester&) = delete;
  ~requester();

  /// Sets the link to send over from now on; null: none.
  void attach(link* via);

  /// Takes a request and returns its id. Returns nothing if it completed at once (the observer was called),
  /// including when memory allocation fails.
  std::optional<request_id> begin(request_spec what, completion done);
  /// Completes with boost::asio::error::operation_aborted, if it is still pending.
  void cancel(const request_id& id);
  /// Completes with std::errc::not_enough_memory, if it is still pending: otherwise nothing would complete it
  /// in time.
  void end_for_memory(const request_id& id);

  void on_response(const exchange_topic& topic, std::string_view payload) {
    sender_.on_response(via_, topic, payload);
  }
  void on_link_up() { sender_.on_link_up(via_); }
  void on_link_down(const outage_cause& why);
  void expire(steady_time now) { sender_.expire(now); }
  steady_time next_deadline() const noexcept { return sender_.next_deadline(); }
  /// Completes everything with errc::closed.
  /// @param forever  also rejects every later request
  void close(bool forever);

  /// Returns a fresh id, for example for requests with a common correlation id.
  request_id next_id() { return ids_.next(); }
  /// Adds the counts of the requester. May be called from any thread.
  void count(client_stats& into) const noexcept;

 private:
  class inquiry;

  void count(ask::fact what) noexcept override { ++counts_[static_cast<std::size_t>(what)]; }
  /// Why a request cannot begin; without an error it can.
  struct obstacle {
    error_code error{};
    std::string_view message{};
  };
  obstacle find_obstacle(const request_id& id, std::chrono::milliseconds timeout,
                         when_disconnected if_disconnected);
  ask::device* find_or_add(const device_tag& tag);
  void complete(completion done, error_code error, response&& answer) noexcept;

  const client_options& options_;
  const response_chain& chain_;
  const clock& time_;
  observer& observer_;
  const std::string source_;
  mqtt_device_link via_;
  ask::request_sender sender_;
  request_id_generator ids_;
  bool closed_ = false;
  std::array<stat_counter, static_cast<std::size_t>(ask::fact::foreign) + 1> counts_;
  stat_counter pending_;
};

}  // namespace mqcoap
