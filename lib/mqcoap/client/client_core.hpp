#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client_base.hpp>
#include <mqcoap/client/client_environment.hpp>
#include <mqcoap/client/completion.hpp>
#include <mqcoap/client/event_hub.hpp>
#include <mqcoap/client/request_chain.hpp>
#include <mqcoap/client/request_server.hpp>
#include <mqcoap/client/requester.hpp>
#include <mqcoap/client/response_chain.hpp>
#include <mqcoap/client/stat_counter.hpp>
#include <mqcoap/exchange/announcement.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/transport/link.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// What is behind a client: the link, the requester, the server and the subscriptions, on one strand. The
/// library calls in from `client`; events of the link and of the timer come by themselves.
class client_core final : public link_events,
                          public reply_sink,
                          public requester::observer,
                          public std::enable_shared_from_this<client_core> {
 public:
  using executor = boost::asio::any_io_executor;
  using ended = std::shared_ptr<operation<error_code>>;
  using receiving = event_hub::receiving;

  client_core(const executor& on, client_options options, std::shared_ptr<client_environment> in);

  // From any thread.
  const executor& serial() const noexcept { return serial_; }
  const std::string& client_id() const noexcept { return options_.broker.client_id; }
  bool connected() const noexcept { return connected_; }
  outage_cause outage() const;
  std::size_t largest_packet() const noexcept { return static_cast<std::size_t>(largest_packet_.get()); }
  client_stats stats() const noexcept;
  request_chain& requests() noexcept { return requests_; }
  response_chain& responses() noexcept { return responses_; }
  void reply(call& answered, answer&& what) noexcept override;
  /// The client is going: no request is served any more, and the handlers are let go.
  void forget_handlers();

  // On the strand.
  void connect(const ended& done);
  /// Completes when the connection is over for good.
  void run(const ended& done);
  /// Disconnects, if this is what runs; it completes with operation_aborted then.
  void end_run(const ended& run);
  std::optional<request_id> request(request_spec what, requester::completion done);
  void cancel(const request_id& id) { requester_.cancel(id); }
  request_id next_id() { return requester_.next_id(); }
  void publish(const general_topic& to, json_text body, bool retain, const ended& done);
  /// Completes with an error only if it is not in force.
  void subscribe(const general_filter& which, client_base::general_handler on_message,
                 const std::shared_ptr<operation<error_code, subscription_id>>& done);
  void unsubscribe(subscription_id id);
  void receive(subscription_id from, const std::shared_ptr<receiving>& done);
  void disconnect(const ended& done);
  /// Ends everything, at once and for good.
  void shut_down();

 private:
  /// What completes when a link is gone, and with which error.
  struct leaver {
    ended op;
    error_code error;
  };
  /// A link that sends what is left and says goodbye.
  struct farewell {
    std::unique_ptr<link> from;
    std::vector<leaver> waiting;  ///< for its end
  };

  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, const outage_cause& why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;
  void on_messages_end(link& l) noexcept override;
  void completed(requester::completion done, error_code error, response&& answer) noexcept override;

  /// Keeps an operation until it ends; whatever is under way when the client goes is told so.
  void track(std::shared_ptr<operation_base> op);
  void start_link();
  void ask_for_own();
  void tell_connected(error_code error);
  void tell_presence(bool online);
  void publish_presence(std::string_view payload);
  void hear_presence(const inbound& m);
  void correct_presence();
  void give_up_if_it_lasts();
  void give_up(error_code why);
  void leave(std::vector<leaver> waiting);
  void left(const link& l);
  void set_outage(const outage_cause& why);
  void set_alarm();
  void ring();
  void post_completions();
  void complete_ready() noexcept;
  void end_all();
  void tell_failure(std::string_view why) noexcept;

  const boost::asio::strand<executor> strand_;
  const executor serial_;  ///< the strand
  const client_options options_;
  const std::shared_ptr<client_environment> in_;
  const clock& time_;
  request_chain requests_;
  response_chain responses_;
  requester requester_;
  request_server server_;
  const std::string presence_topic_;  ///< empty: no presence is announced
  announcement announcement_;
  std::unique_ptr<link> link_;  ///< null before `connect` and after `disconnect`
  std::vector<farewell> leaving_;
  event_hub events_;
  std::vector<ended> connecting_;
  ended run_;                                               ///< null: nobody runs
  std::vector<std::shared_ptr<operation_base>> under_way_;  ///< some may have ended
  std::size_t tidy_at_ = 64;                                ///< its size at which those are sorted out
  bool own_asked_ = false;      ///< the broker is to tell whether we may have the requests to our own tag
  bool own_confirmed_ = false;  ///< it brings us them
  bool first_try_ = true;       ///< of the link: nothing is known of it yet
  bool closed_ = false;
  struct ended_request {
    requester::completion done;
    error_code error;
    response answer;
  };
  std::vector<ended_request> ready_;  ///< to be completed outside of the link's callbacks
  throttle failure_lines_{std::chrono::seconds(1)};
  bool in_messages_ = false;  ///< the link is bringing messages: what they end is completed after them
  std::unique_ptr<alarm> alarm_;
  steady_time alarm_at_ = steady_time::max();

  std::atomic<bool> connected_{false};
  std::atomic<bool> serving_{true};
  stat_counter connects_, served_, ignored_, largest_packet_;
  mutable std::mutex outage_mutex_;
  outage_cause outage_;
};

}  // namespace mqcoap
