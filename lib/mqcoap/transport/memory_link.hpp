#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// True if an MQTT topic filter (`+`, `#`) matches a topic (MQTT 5.0 section 4.7).
bool filter_matches(std::string_view filter, std::string_view topic) noexcept;

class memory_link;

/// A broker in memory, for tests: delivers in order, when told to, and nothing else happens by itself.
class memory_broker {
 public:
  /// Connects the links that were started and are down, delivers what is queued and what follows from it,
  /// until all is quiet. Returns the number of messages delivered.
  std::size_t run();

  /// Takes the broker away: every link goes down, what is queued is lost.
  void go_down();
  /// Brings it back: at the next `run` the links connect again.
  void come_up();
  bool is_up() const noexcept { return up_; }

  /// Subscriptions to a filter with this prefix are refused from now on.
  void deny(std::string filter_prefix);

 private:
  friend class memory_link;
  struct message {
    std::string topic;
    std::string payload;
    bool retained = false;
  };

  bool up_ = true;
  std::vector<memory_link*> links_;
  std::deque<message> queue_;
  std::deque<std::function<void()>> pending_;
  std::vector<std::string> denied_;
};

/// A client of a memory_broker. Also plays callers and devices in tests: `publish` with `retained`.
class memory_link final : public link {
 public:
  memory_link(memory_broker& broker, std::string name);
  ~memory_link() override;

  const std::string& name() const noexcept override { return name_; }
  const std::string& client_id() const noexcept override { return client_id_; }
  void start(link_events& owner) override;
  bool up() const noexcept override { return up_; }
  void subscribe(std::string filter, subscribed_handler done) override;
  void unsubscribe(std::string_view filter) override;
  error_code publish(std::string_view topic, std::string_view payload, steady_time deadline) override;
  void publish_retained(std::string_view topic, std::string_view payload);
  link_stats stats() const noexcept override { return stats_; }
  void stop(std::chrono::milliseconds grace, stopped_handler done) override;

  const std::vector<std::string>& filters() const noexcept { return filters_; }

 private:
  friend class memory_broker;

  memory_broker& broker_;
  const std::string name_;
  const std::string client_id_;
  link_events* owner_ = nullptr;
  bool up_ = false;
  std::vector<std::string> filters_;
  link_stats stats_;
};

}  // namespace mqcoap
