#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client_base.hpp>
#include <mqcoap/client/client_environment.hpp>
#include <mqcoap/client/client_presence.hpp>
#include <mqcoap/client/completion.hpp>
#include <mqcoap/client/event_hub.hpp>
#include <mqcoap/client/request_chain.hpp>
#include <mqcoap/client/request_server.hpp>
#include <mqcoap/client/requester.hpp>
#include <mqcoap/client/response_chain.hpp>
#include <mqcoap/client/stat_counter.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/transport/link.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The implementation of a client: link, requester, server and subscriptions, on one strand. `client` calls
/// its functions; the link and the timer call back.
class client_core final : public link_events,
                          public reply_sink,
                          public requester::observer,
                          public std::enable_shared_from_this<client_core> {
 public:
  using executor = boost::asio::any_io_executor;
  using ended = std::shared_ptr<operation<error_code>>;
  using receiving = event_hub::receiving;

  client_core(const executor& on, client_options options, std::shared_ptr<client_environment> in);

  // These may be called from any thread.
  const executor& serial() const noexcept { return serial_; }
  const std::string& client_id() const noexcept { return options_.broker.client_id; }
  bool connected() const noexcept { return connected_; }
  outage_cause outage() const;
  std::size_t largest_packet() const noexcept { return static_cast<std::size_t>(largest_packet_.get()); }
  client_stats stats() const noexcept;
  request_chain& requests() noexcept { return requests_; }
  response_chain& responses() noexcept { return responses_; }
  void reply(call& answered, answer&& what) noexcept override;
  /// Stops serving requests and releases the handlers, because the client is being destroyed.
  void forget_handlers();

  // These are called on the strand.
  void connect(const ended& done);
  /// Completes when the connection has ended for good.
  void run(const ended& done);
  /// Disconnects if this is the pending run, which then completes with operation_aborted.
  void end_run(const ended& run);
  std::optional<request_id> request(request_spec what, requester::completion done);
  void cancel(const request_id& id) { requester_.cancel(id); }
  request_id next_id() { return requester_.next_id(); }
  void publish(const general_topic& to, json_text body, bool retain, const ended& done);
  /// Completes without an error once the subscription is active.
  void subscribe(const general_filter& which, client_base::general_handler on_message,
                 const std::shared_ptr<operation<error_code, subscription_id>>& done);
  void unsubscribe(subscription_id id);
  void receive(subscription_id from, const std::shared_ptr<receiving>& done);
  void disconnect(const ended& done);
  /// Closes everything, immediately and permanently.
  void shut_down();

 private:
  /// An operation that completes when a link has disconnected, and the error that it completes with.
  struct leaver {
    ended op;
    error_code error;
  };
  /// A link that sends what is still queued and then disconnects.
  struct farewell {
    std::unique_ptr<link> from;
    std::vector<leaver> waiting;  ///< operations that complete when it has disconnected
  };

  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, const outage_cause& why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;
  void on_messages_end(link& l) noexcept override;
  void completed(requester::completion done, error_code error, response&& answer) noexcept override;

  /// Tracks an operation until it completes: those still pending are closed when the client disconnects.
  void track(std::shared_ptr<operation_base> op);
  void start_link();
  void ask_for_own() noexcept;
  void finish_connecting(error_code error) noexcept;
  void give_up_if_it_lasts() noexcept;
  void give_up(error_code why);
  void leave(std::vector<leaver> waiting);
  void leave_run(error_code why);
  void left(const link& l);
  void set_outage(const outage_cause& why) noexcept;
  void set_alarm();
  void ring();
  void try_again_later() noexcept;
  void make_up_for_memory();
  void post_completions() noexcept;
  void complete_ready() noexcept;
  void end_all();
  /// Runs one of several independent actions, so that its failure, such as a failed allocation, does not
  /// affect the others.
  template <class Action>
  void attempt(std::string_view name, Action&& action) noexcept;
  void report_failure(std::string_view of, std::string_view why) noexcept;

  const boost::asio::strand<executor> strand_;
  const executor serial_;  ///< the strand
  const client_options options_;
  const std::shared_ptr<client_environment> in_;
  const clock& time_;
  request_chain requests_;
  response_chain responses_;
  requester requester_;
  request_server server_;
  client_presence presence_;
  std::unique_ptr<link> link_;  ///< null before `connect` and after `disconnect`
  std::vector<farewell> leaving_;
  event_hub events_;
  std::vector<ended> connecting_;
  ended run_;                                               ///< null: no `async_run` is pending
  std::vector<std::shared_ptr<operation_base>> under_way_;  ///< some may have completed
  std::size_t tidy_at_ = 64;                                ///< the size at which completed ones are erased
  bool own_pending_ = false;    ///< the SUBSCRIBE for the requests to the client's own tag is in flight
  bool own_confirmed_ = false;  ///< the broker has confirmed that subscription
  steady_time try_again_at_ = steady_time::max();  ///< when to retry what failed for lack of memory
  bool first_try_ = true;                          ///< the link has not reported anything yet
  bool has_left_ = false;                          ///< disconnected on purpose
  bool closed_ = false;
  struct ended_request {
    requester::completion done;
    error_code error;
    response answer;
  };
  std::vector<ended_request> ready_;  ///< wait to be completed outside of the link's callbacks
  bool completing_soon_ = false;      ///< a call of `complete_ready` is posted
  throttle failure_lines_{std::chrono::seconds(1)};
  bool in_messages_ = false;  ///< messages are being delivered: requests complete after the last one
  std::unique_ptr<alarm> alarm_;
  steady_time alarm_at_ = steady_time::max();

  std::atomic<bool> connected_{false};
  std::atomic<bool> serving_{true};
  stat_counter connects_, served_, ignored_, largest_packet_;
  mutable std::mutex outage_mutex_;
  outage_cause outage_;
};

}  // namespace mqcoap
