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

/// What a mosquitto_link is made of: subscriptions and the stop (mosquitto_link.cpp), the way of a message
/// out (mosquitto_link_publish.cpp), the way from one session to the next (mosquitto_link_connect.cpp), and
/// why sessions end (mosquitto_link_cause.cpp).
/// Handlers keep it alive after the link is gone; `abandon` makes them do nothing.
class mosquitto_link::impl final : public session_events, public std::enable_shared_from_this<impl> {
 public:
  impl(link& face, boost::asio::any_io_executor executor, const clock& time, link_options options,
       const name_resolver& resolver);

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
  /// The link is being destroyed: nothing is called any more.
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
    waiting,   ///< for the next try
    draining,  ///< stop was called: sends what is queued
    stopped,
  };

  // The way to a session.
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
  /// Adds what this end, and those before it, tell of the cause.
  void explain(connection_fault& end);
  void learn_largest_packet();
  /// The broker has said something: what that tells of the largest packet so far.
  void clear_largest_packet();
  /// Nobody listens at the address that was lost: that was not for the size of a packet.
  void withdraw_size();
  /// A limit that was only observed is tried again from time to time.
  void retry_size();
  /// Tells, once, of a broker that takes dots in topics for slashes.
  void check_dots(std::string_view topic);
  /// The broker has stopped to acknowledge: the connection is given up.
  void check_acknowledgements();
  std::string address_words() const;
  /// Runs `then` from the loop, or after a delay, unless the link waits for something else by then.
  void soon(std::function<void()> then);
  void after(std::chrono::milliseconds delay, std::function<void()> then);

  // The message path.
  error_code hand_over(const char* topic, std::string_view payload, publish_options options,
                       written_handler& done);
  void pump();
  /// Forgets what was not sent or not acknowledged; its handlers get the error.
  void drop_outgoing(error_code error);
  /// Calls a written_handler soon, after others that are due.
  void answer(written_handler done, error_code error);
  void answer_expired(outgoing_queue::handlers expired);
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
  link_events* owner_ = nullptr;  ///< null before `start` and after `stop`: nobody to tell

  phase phase_ = phase::idle;
  std::uint64_t epoch_ = 0;  ///< changes with what we wait for: a handler of an older one is void
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
  std::vector<std::string> addresses_;  ///< of the server that is tried
  std::size_t address_ = 0;
  std::vector<outage_cause::attempt> failures_;  ///< of this round, one for each server tried
  backoff backoff_;
  outage_causes causes_;
  bool oversize_told_ = false;
  bool unsent_told_ = false;
  bool dots_known_ = false;  ///< how the broker takes them, or that it was told
  bool dots_told_ = false;
  steady_time up_since_{};
  int short_lived_ = 0;  ///< connections that ended soon after they were made; since the last one that stayed
  acknowledgement_watch acknowledgements_;
  packet_size_watch sizes_;
  std::string last_address_;     ///< where the last session was, with the port
  packet_limit largest_packet_;  ///< of all that is known of it

  authority_loader authorities_;
  std::shared_ptr<mosquitto_session> session_;
  outgoing_queue queue_;
  write_window window_;
  struct awaited {
    int id;
    written_handler done;
  };
  std::deque<awaited> awaited_;  ///< of what is in the window, those that somebody waits for
  struct answered {
    written_handler done;
    error_code error;
  };
  std::deque<answered> answered_;  ///< handlers that are due
  subscription_table subscriptions_;
  std::vector<std::string> others_;  ///< filters of `subscribe_to_others`, sorted
  std::vector<stopped_handler> stopped_;
  bool finishing_ = false;
  link_stats stats_;
};

}  // namespace mqcoap
