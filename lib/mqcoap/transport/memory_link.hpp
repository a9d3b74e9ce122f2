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

/// A broker in memory, for tests: delivers in order, when told to, and nothing else happens by itself.
class memory_broker {
 public:
  /// Connects the links that were started and are down, delivers what is queued and what follows from it,
  /// until all is quiet. Returns the number of messages delivered.
  std::size_t run();

  /// What is published here is published there as well, if its topic has this prefix, as by a bridge. The
  /// other way needs a bridge of its own; a message that came over a bridge does not go back over it.
  void bridge(memory_broker& other, std::string topic_prefix) {
    bridges_.push_back({&other, std::move(topic_prefix)});
  }
  /// What is delivered from now on tells that it waited for so long.
  void set_waited(std::chrono::nanoseconds waited) noexcept { waited_ = waited; }

  /// Publishes as somebody else would.
  void publish(std::string topic, std::string payload, bool retain);

  /// Takes the broker away: every link goes down, what is queued is lost. Of the last wills the retained ones
  /// are there when it is back.
  void go_down() { go_down(connection_fault::of_words("the broker is away")); }
  /// @param why  as the links are told
  void go_down(const connection_fault& why);
  /// Connections that are tried from now on fail for this reason; the links are told once. Until `come_up`.
  void refuse(connection_fault why);
  /// Breaks one connection: the others get the link's last will, and the link connects again at the next
  /// `run`.
  void drop(memory_link& l);
  /// The same for the connection with this client id.
  void drop(const std::string& client_id) { throw_off(client_id); }
  /// Brings it back: at the next `run` the links connect again.
  void come_up();
  bool is_up() const noexcept { return up_; }

  /// Subscriptions to a filter with this prefix are refused from now on.
  void deny(std::string filter_prefix) { denied_.push_back(std::move(filter_prefix)); }
  /// As `deny`, but such a subscription is not answered at all.
  void ignore(std::string filter_prefix) { ignored_.push_back(std::move(filter_prefix)); }
  /// Subscriptions are confirmed again, whatever was denied or ignored.
  void allow_all() {
    denied_.clear();
    ignored_.clear();
  }
  /// From now on a connection with the client id of another throws the other off, as brokers do.
  void keep_client_ids_apart() { throws_off_ = true; }
  enum class refusal {
    at_once,  ///< by `publish`
    later,    ///< to the written_handler, as of a link whose queue the message had to pass
  };
  /// Larger payloads are refused with errc::too_large from now on.
  void limit_payload(std::size_t most, refusal how = refusal::at_once) {
    largest_payload_ = most;
    too_large_ = how;
  }
  using watcher = std::function<void(const memory_link& from, std::string_view topic,
                                     std::string_view payload, const publish_options& how)>;
  /// Hears of each message that is taken from a link, when the link publishes it.
  void watch(watcher w) { watcher_ = std::move(w); }
  /// Messages on a topic with this prefix are refused from now on.
  void deny_publishing(std::string topic_prefix) { denied_topics_.push_back(std::move(topic_prefix)); }
  /// Messages are taken again, whatever was denied.
  void allow_publishing() { denied_topics_.clear(); }
  /// Is told when there is something to do for `run`, maybe in it.
  void on_work(std::function<void()> told) { on_work_ = std::move(told); }

 private:
  friend class memory_link;
  struct task {
    enum class kind { delivery, confirmation, written };
    kind what;
    const memory_link* link;  ///< whose; null: runs even if the link is gone
    std::function<void(error_code)> run;
    error_code error;  ///< what to run it with: an outage turns what is not written yet into a failure
  };

  bool allows(std::string_view filter) const noexcept;
  bool ignores(std::string_view filter) const noexcept;
  bool allows_publishing(std::string_view topic) const noexcept;
  void connect_links();
  /// @param from  who published it; null: gone, a last will, or somebody at another broker
  /// @param by  the broker that passed it on over its bridge; null: it was published here
  void take(const std::string& topic, const std::string& payload, bool retain, const memory_link* from,
            const memory_broker* by = nullptr);
  void keep(const std::string& topic, const std::string& payload);
  void add(task t) {
    tasks_.push_back(std::move(t));
    tell_work();
  }
  void tell_work() const {
    if (on_work_) on_work_();
  }
  void later(const memory_link* l, std::function<void()> run) {
    add({task::kind::confirmation, l, [run = std::move(run)](error_code) { run(); }, {}});
  }
  /// Somebody connects with this client id: the link that has it is lost.
  void throw_off(const std::string& client_id);
  /// A link is lost without a goodbye.
  void execute_will(const memory_link& l);
  void forget(const memory_link* l);

  bool up_ = true;
  std::size_t delivered_ = 0;        ///< in this `run`
  std::vector<memory_link*> links_;  ///< in the order in which they were made; null where one is gone
  std::deque<task> tasks_;           ///< in the order in which the broker was asked
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

/// A client of a memory_broker. Also plays callers and devices in tests.
class memory_link final : public link {
 public:
  /// @param keeps  lives as long as the link: what the broker is in
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

  /// Those of `subscribe_to_others`.
  const std::vector<std::string>& others() const noexcept { return others_; }

  /// The filters kept, in the order in which they were asked for.
  const std::vector<std::string>& filters() const noexcept { return filters_; }

 private:
  friend class memory_broker;

  struct waiting {
    std::string filter;
    subscribed_handler done;
  };

  void connect();
  void go_down(const outage_cause& why);
  /// Asks the broker for a kept filter: answers who waits for it, and replays what is retained.
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
  bool was_refused_ = false;  ///< and was told so
  std::vector<std::string> filters_;
  std::vector<std::string> granted_;  ///< those of them that the broker confirmed on this connection
  std::vector<waiting> waiting_;
  std::vector<std::string> others_;
  link_stats stats_;
};

}  // namespace mqcoap
