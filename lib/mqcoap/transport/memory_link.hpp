#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <limits>
#include <map>
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

/// A broker in memory, for tests: delivers in order when told to, and does nothing by itself.
class memory_broker {
 public:
  /// Connects the started links that are down, and delivers queued messages and those that follow from them,
  /// until none are left. Returns the number of delivered messages.
  std::size_t run();

  /// Copies messages whose topic has this prefix to another broker, like a bridge. The other direction needs
  /// a bridge of its own; a message from a bridge is not sent back over it.
  void bridge(memory_broker& other, std::string topic_prefix) {
    bridges_.push_back({&other, std::move(topic_prefix)});
  }
  /// Marks messages delivered from now on as having waited for this time.
  void set_waited(std::chrono::nanoseconds waited) noexcept { waited_ = waited; }

  /// Stops the broker: every link goes down, and queued messages are lost. Retained last wills are there when
  /// it is back.
  void go_down();
  /// Breaks one connection: the others get the link's last will, and the link connects again at the next
  /// `run`.
  void drop(memory_link& l);
  /// Starts it again: at the next `run` the links connect.
  void come_up() { up_ = true; }
  bool is_up() const noexcept { return up_; }

  /// Refuses subscriptions to a filter with this prefix from now on.
  void deny(std::string filter_prefix) { denied_.push_back(std::move(filter_prefix)); }
  /// Does not answer subscriptions to a filter with this prefix.
  void ignore(std::string filter_prefix) { ignored_.push_back(std::move(filter_prefix)); }
  /// Confirms all subscriptions again.
  void allow_all() {
    denied_.clear();
    ignored_.clear();
  }
  /// From now on a connection with the client id of another one ends that one, as with real brokers.
  void keep_client_ids_apart() { throws_off_ = true; }
  enum class refusal {
    at_once,  ///< by `publish`
    later,    ///< to the written_handler, like a link that queued the message
  };
  /// Refuses larger payloads with errc::too_large from now on.
  void limit_payload(std::size_t most, refusal how = refusal::at_once) {
    largest_payload_ = most;
    too_large_ = how;
  }
  using watcher = std::function<void(const memory_link& from, std::string_view topic,
                                     std::string_view payload, const publish_options& how)>;
  /// Gets each message of a link, when the link publishes it.
  void watch(watcher w) { watcher_ = std::move(w); }
  /// Refuses messages on a topic with this prefix from now on.
  void deny_publishing(std::string topic_prefix) { denied_topics_.push_back(std::move(topic_prefix)); }

 private:
  friend class memory_link;
  struct task {
    enum class kind { delivery, confirmation, written };
    kind what;
    const memory_link* link;  ///< its link; null: runs even if the link is destroyed
    std::function<void(error_code)> run;
    error_code error;  ///< its argument: an outage makes unwritten messages fail
  };

  bool allows(std::string_view filter) const noexcept;
  bool ignores(std::string_view filter) const noexcept;
  bool allows_publishing(std::string_view topic) const noexcept;
  void connect_links();
  /// @param from  the publisher; null: a destroyed link, a last will, or a client of another broker
  /// @param by  the broker that sent it over its bridge; null: it was published here
  void take(const std::string& topic, const std::string& payload, bool retain, const memory_link* from,
            const memory_broker* by = nullptr);
  void keep(const std::string& topic, const std::string& payload);
  void later(const memory_link* l, std::function<void()> run) {
    tasks_.push_back({task::kind::confirmation, l, [run = std::move(run)](error_code) { run(); }, {}});
  }
  /// Handles a connection with this client id: the link that has it is lost.
  void throw_off(const std::string& client_id);
  /// Ends a link without a DISCONNECT.
  void execute_will(const memory_link& l);
  void forget(const memory_link* l);

  bool up_ = true;
  std::size_t delivered_ = 0;        ///< in this `run`
  std::vector<memory_link*> links_;  ///< in the order of their creation; null for a destroyed one
  std::deque<task> tasks_;           ///< in the order of the requests
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
};

/// A client of a memory_broker. Also acts as callers and devices in tests.
class memory_link final : public link {
 public:
  memory_link(memory_broker& broker, std::string name, std::optional<last_will> will = {});
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

  /// Returns the kept filters, in the order of their subscription.
  const std::vector<std::string>& filters() const noexcept { return filters_; }

 private:
  friend class memory_broker;

  struct waiting {
    std::string filter;
    subscribed_handler done;
  };

  void connect();
  void go_down(const outage_cause& why);
  /// Subscribes to a kept filter: calls its handlers, and replays retained messages.
  void make(const std::string& filter);
  void answer(std::string_view filter, error_code error);
  bool is_granted(std::string_view filter) const noexcept;
  bool wants(std::string_view topic, const memory_link* from) const noexcept;
  void receive(const inbound& m);

  memory_broker& broker_;
  const std::string name_;
  const std::string client_id_;
  std::optional<last_will> will_;
  link_events* owner_ = nullptr;
  bool up_ = false;
  bool stopped_ = false;
  std::vector<std::string> filters_;
  std::vector<std::string> granted_;  ///< filters that the broker confirmed on this connection
  std::vector<waiting> waiting_;
  std::vector<std::string> others_;
  link_stats stats_;
};

}  // namespace mqcoap
