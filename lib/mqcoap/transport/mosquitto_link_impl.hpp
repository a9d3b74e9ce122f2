#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mqcoap/exchange/backoff.hpp>
#include <mqcoap/transport/acknowledgement_watch.hpp>
#include <mqcoap/transport/authority_loader.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <mqcoap/transport/mosquitto_link_session.hpp>
#include <mqcoap/transport/outage_causes.hpp>
#include <mqcoap/transport/outgoing_queue.hpp>
#include <mqcoap/transport/packet_size_watch.hpp>
#include <mqcoap/transport/protocol_choice.hpp>
#include <mqcoap/transport/subscription_table.hpp>
#include <mqcoap/transport/write_window.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The implementation of mosquitto_link: subscriptions and the stop (mosquitto_link.cpp), sending messages
/// (mosquitto_link_publish.cpp), the transition from one session to the next (mosquitto_link_connect.cpp),
/// and the causes of lost sessions (mosquitto_link_cause.cpp). Handlers keep it alive after the link is
/// destroyed; `abandon` makes them do nothing.
class mosquitto_link::impl final : public session_events, public std::enable_shared_from_this<impl> {
 public:
  impl(link& face, boost::asio::any_io_executor executor, const clock& time, link_options options,
       const name_resolver& resolver, const backoff& waits);

  const std::string& name() const noexcept { return options_.name; }
  const std::string& client_id() const noexcept { return client_id_; }
  bool up() const noexcept { return phase_ == phase::up; }

  void start(link_events& owner);
  void subscribe(std::string filter, subscribed_handler done);
  void unsubscribe(std::string_view filter);
  void subscribe_to_others(std::vector<std::string> filters);
  error_code publish(std::string_view topic, std::string_view payload, steady_time deadline,
                     publish_options options, written_handler done);
  link_stats stats() const noexcept;
  std::string server_identity() const { return up() ? session_->server() : std::string(); }
  packet_limit largest_packet() const noexcept { return largest_packet_; }
  void stop(std::chrono::milliseconds grace, stopped_handler done);
  /// Called when the link is destroyed: no callback follows.
  void abandon() noexcept;

  void on_session_up() noexcept override;
  void on_session_end(connection_fault why) noexcept override;
  void on_session_message(const inbound& m) noexcept override;
  void on_session_written(int id, bool denied) noexcept override;
  void on_session_subscribed(int id, std::span<const int> reasons) noexcept override;
  void on_session_messages_end() noexcept override;
  void on_session_room() noexcept override;
  void on_session_tick() noexcept override;

 private:
  enum class phase : std::uint8_t {
    idle,  ///< not started
    resolving,
    connecting,
    up,
    waiting,   ///< waits for the next attempt
    draining,  ///< stop was called: sends queued messages
    stopped,
  };

  // Connecting.
  void begin_round();
  void begin_server();
  void resolve();
  void try_address();
  void load_authorities();
  void open_session(const trusted_authorities* authorities);
  void attempt_failed(const connection_fault& why);
  void server_failed(connection_fault why);
  void wait_for_round(std::chrono::nanoseconds lasted);
  void announce_outage();
  /// Adds to the cause what this and the previous losses reveal.
  void explain(connection_fault& end);
  void learn_largest_packet();
  /// Notes that the broker has sent something, which shows that it accepted the largest packet so far.
  void clear_largest_packet();
  /// Notes that no server listens at the address of the lost connection, so that the size of a packet was not
  /// the reason for the loss.
  void withdraw_size();
  /// Tries an observed limit again from time to time.
  void retry_size();
  /// Reports, once, a broker that treats dots in topics as slashes.
  void check_dots(std::string_view topic);
  /// Closes the connection, because the broker has stopped acknowledging.
  void check_acknowledgements();
  std::string address_text() const;
  /// Runs `then` from the loop, or after a delay, unless the state has changed by then.
  void soon(std::function<void()> then);
  void after(std::chrono::milliseconds delay, std::function<void()> then);

  // Sending messages.
  error_code hand_over(const char* topic, std::string_view payload, publish_options options,
                       written_handler& done);
  void pump();
  /// Drops messages that were not sent or not acknowledged; their handlers get the error.
  void drop_outgoing(error_code error);
  /// Calls a written_handler soon, after those that are already due.
  void answer(written_handler done, error_code error);
  void answer_expired(outgoing_queue::handlers expired);
  void post_answers() noexcept;
  void call_answered();

  void ask_for(std::vector<std::string> filters);
  void ask_for_others(const std::vector<std::string>& filters);
  void deliver(std::vector<subscription_table::answer> due);
  void finish_if_drained();
  void now_stopped();
  void disconnect() noexcept;

  link& face_;
  boost::asio::any_io_executor executor_;
  const clock& time_;
  const link_options options_;
  const std::string client_id_;
  link_events* owner_ = nullptr;  ///< null before `start` and after `stop`

  phase phase_ = phase::idle;
  std::uint64_t epoch_ = 0;  ///< changes with the state: handlers of an older one do nothing
  struct server {
    server(const endpoint& e, const boost::asio::any_io_executor& executor, const name_resolver& resolver,
           mqtt_protocol protocol)
        : at(e), lookup(executor, resolver), version(protocol) {}
    endpoint at;
    name_lookup lookup;
    protocol_choice version;
  };
  std::deque<server> servers_;  ///< in the order in which they are tried; at least one
  std::size_t server_ = 0;
  boost::asio::steady_timer timer_;
  std::vector<std::string> addresses_;  ///< addresses of the server that is tried
  std::size_t address_ = 0;
  std::vector<outage_cause::attempt> failures_;  ///< faults of this round, one for each tried server
  backoff backoff_;
  outage_causes causes_;
  bool oversize_reported_ = false;
  bool unsent_reported_ = false;
  bool dots_known_ = false;  ///< whether the broker's handling of dots is known, or has been reported
  bool dots_reported_ = false;
  steady_time up_since_{};
  int short_lived_ = 0;  ///< connections that ended soon after the start, since the last stable one
  acknowledgement_watch acknowledgements_;
  packet_size_watch sizes_;
  std::string last_address_;     ///< address and port of the last session
  packet_limit largest_packet_;  ///< the smallest known limit

  authority_loader authorities_;
  std::shared_ptr<mosquitto_session> session_;
  outgoing_queue queue_;
  write_window window_;
  struct awaited {
    int id;
    written_handler done;
  };
  std::deque<awaited> awaited_;  ///< messages in the window that have a handler
  struct answered {
    written_handler done;
    error_code error;
  };
  std::deque<answered> answered_;  ///< handlers that are due
  bool answers_posted_ = false;
  subscription_table subscriptions_;
  std::vector<std::string> others_;  ///< filters of `subscribe_to_others`, sorted
  std::vector<stopped_handler> stopped_;
  bool finishing_ = false;
  link_stats stats_;
};

}  // namespace mqcoap
