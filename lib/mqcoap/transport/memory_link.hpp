#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mqcoap/transport/connection_fault.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <mqcoap/transport/topic_filter.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

class memory_link;

/// A broker in memory, for tests: it delivers in order and only when `run` is called; nothing
/// else happens automatically.
class memory_broker {
 public:
  /// Connects the links that were started and are down, and delivers what is queued and what results from it,
  /// until nothing is left to do. Returns the number of messages delivered.
  std::size_t run();

  /// Also publishes messages whose topic has this prefix at the other broker, as a bridge does. The opposite
  /// direction needs a second bridge; a message that came over a bridge is not sent back over it.
  void bridge(memory_broker& other, std::string topic_prefix) {
    bridges_.push_back({&other, std::move(topic_prefix)});
  }
  /// Sets the waiting time that messages report from now on (`inbound::waited`).
  void set_waited(std::chrono::nanoseconds waited) noexcept { waited_ = waited; }

  /// Publishes a message as another client would.
  void publish(std::string topic, std::string payload, bool retain);

  /// Stops the broker: every link goes down, and queued messages are lost. Retained last wills are available
  /// after it comes up again.
  void go_down() { go_down(connection_fault::of_message("the broker is away")); }
  /// @param why  the cause that the links report
  void go_down(const connection_fault& why);
  /// Lets connection attempts fail for this reason from now on, until `come_up`; it is reported once
  /// to each link.
  void refuse(connection_fault why);
  /// Breaks one connection: the other links receive its last will, and it connects again at the next `run`.
  void drop(memory_link& l);
  /// Breaks the connection with this client id in the same way.
  void drop(const std::string& client_id) { throw_off(client_id); }
  /// Starts the broker again: the links connect at the next `run`.
  void come_up();
  bool is_up() const noexcept { return up_; }

  /// Rejects subscriptions to filters with this prefix from now on.
  void deny(std::string filter_prefix) { denied_.push_back(std::move(filter_prefix)); }
  /// Ignores subscriptions to filters with this prefix from now on: they are not answered at all.
  void ignore(std::string filter_prefix) { ignored_.push_back(std::move(filter_prefix)); }
  /// Confirms all subscriptions again, whatever was denied or ignored.
  void allow_all() {
    denied_.clear();
    ignored_.clear();
  }
  /// From now on, a connection with a client id that is in use closes the older connection, as
  /// with real brokers.
  void keep_client_ids_apart() { throws_off_ = true; }
  enum class refusal {
    at_once,  ///< by `publish`
    later,    ///< to the written_handler, as with a link where the message waited in the queue
  };
  /// Rejects larger payloads with errc::too_large from now on.
  void limit_payload(std::size_t most, refusal how = refusal::at_once) {
    largest_payload_ = most;
    too_large_ = how;
  }
  using watcher = std::function<void(const memory_link& from, std::string_view topic,
                                     std::string_view payload, const publish_options& how)>;
  /// Sets a function that is called for each accepted message, when a link publishes it.
  void watch(watcher w) { watcher_ = std::move(w); }
  /// Rejects messages on topics with this prefix from now on.
  void deny_publishing(std::string topic_prefix) { denied_topics_.push_back(std::move(topic_prefix)); }
  /// Accepts messages again, whatever was denied.
  void allow_publishing() { denied_topics_.clear(); }
  /// Sets a function that is called when `run` has something to do, possibly from inside `run`.
  void on_work(std::function<void()> handler) { on_work_ = std::move(handler); }

 private:
  friend class memory_link;
  struct task {
    enum class kind { delivery, confirmation, written };
    kind what;
    const memory_link* link;  ///< the link it belongs to; null: runs even if the link was destroyed
    std::function<void(error_code)> run;
    error_code error;  ///< passed to `run`: an outage makes unwritten messages fail
  };

  bool allows(std::string_view filter) const noexcept;
  bool ignores(std::string_view filter) const noexcept;
  bool allows_publishing(std::string_view topic) const noexcept;
  void connect_links();
  /// @param from  the link that published it; null: none, as for `publish`, a last will or a bridge
  /// @param by  the broker that forwarded it over its bridge; null: it was published here
  void take(const std::string& topic, const std::string& payload, bool retain, const memory_link* from,
            const memory_broker* by = nullptr);
  void keep(const std::string& topic, const std::string& payload);
  void add(task t) {
    tasks_.push_back(std::move(t));
    notify_work();
  }
  void notify_work() const {
    if (on_work_) on_work_();
  }
  void later(const memory_link* l, std::function<void()> run) {
    add({task::kind::confirmation, l, [run = std::move(run)](error_code) { run(); }, {}});
  }
  /// Drops the link with this client id, because another client connects with it.
  void throw_off(const std::string& client_id);
  /// Publishes the last will of a link that is lost without a DISCONNECT.
  void execute_will(const memory_link& l);
  void forget(const memory_link* l);

  bool up_ = true;
  std::size_t delivered_ = 0;        ///< in this `run`
  std::vector<memory_link*> links_;  ///< in the order of their creation; null where one was destroyed
  std::deque<task> tasks_;           ///< in the order in which they were requested
  std::map<std::string, std::string> retained_;
  std::vector<std::string> denied_;
  std::vector<std::string> ignored_;
  std::size_t largest_payload_ = std::numeric_limits<std::size_t>::max();
  refusal too_large_ = refusal::at_once;
  std::vector<std::string> denied_topics_;
  bool throws_off_ = false;
  struct crossing {
    memory_broker* to;
    std::string prefix;
  };
  std::vector<crossing> bridges_;
  std::chrono::nanoseconds waited_{0};
  watcher watcher_;
  std::function<void()> on_work_;
  std::optional<connection_fault> refusal_;
};

/// A client of a memory_broker. Also acts as callers and devices in tests.
class memory_link final : public link {
 public:
  /// @param keeps  lives as long as the link: the owner of the broker
  memory_link(memory_broker& broker, std::string name, std::optional<last_will> will = {},
              std::shared_ptr<const void> keeps = {});
  ~memory_link() override;
  memory_link(const memory_link&) = delete;
  memory_link& operator=(const memory_link&) = delete;

  const std::string& name() const noexcept override { return name_; }
  const std::string& client_id() const noexcept override { return client_id_; }
  void start(link_events& owner) override;
  bool up() const noexcept override { return up_; }
  void subscribe(std::string filter, subscribed_handler done) override;
  void unsubscribe(std::string_view filter) override;
  void subscribe_to_others(std::vector<std::string> filters) override { others_ = std::move(filters); }
  error_code publish(std::string_view topic, std::string_view payload, steady_time deadline,
                     publish_options options = {}, written_handler done = {}) override;
  link_stats stats() const noexcept override { return stats_; }
  std::string server() const override;
  void stop(std::chrono::milliseconds grace, stopped_handler done) override;

  /// Returns the filters of `subscribe_to_others`.
  const std::vector<std::string>& others() const noexcept { return others_; }

  /// Returns the subscribed filters, in the order in which they were requested.
  const std::vector<std::string>& filters() const noexcept { return filters_; }

 private:
  friend class memory_broker;

  struct waiting {
    std::string filter;
    subscribed_handler done;
  };

  void connect();
  void go_down(const outage_cause& why);
  /// Subscribes to a stored filter at the broker: calls the handlers that wait for it, and
  /// delivers retained messages.
  void make(const std::string& filter);
  void answer(std::string_view filter, error_code error);
  bool is_granted(std::string_view filter) const noexcept;
  bool wants(std::string_view topic, const memory_link* from) const noexcept;
  void receive(const inbound& m);

  const std::shared_ptr<const void> keeps_;
  memory_broker& broker_;
  const std::string name_;
  const std::string client_id_;
  std::optional<last_will> will_;
  link_events* owner_ = nullptr;
  bool up_ = false;
  bool stopped_ = false;
  bool was_refused_ = false;  ///< and the refusal was reported
  std::vector<std::string> filters_;
  std::vector<std::string> granted_;  ///< those that the broker confirmed on this connection
  std::vector<waiting> waiting_;
  std::vector<std::string> others_;
  link_stats stats_;
};

}  // namespace mqcoap
