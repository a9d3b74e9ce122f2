#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/gateway/gateway_host.hpp>
#include <mqcoap/observe/observer.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "hand_alarm.hpp"
#include "site.hpp"

namespace mqcoap::test {

/// The callbacks of a lab to a test.
struct lab_events {
  /// Called for every published message, like a subscriber to `#`.
  site::listener heard = [](const std::string&, const inbound&) {};
  /// Called for every message that the gateway publishes, including last wills, in order and before delivery.
  std::function<void(const std::string& broker, std::string_view topic, std::string_view payload,
                     bool retain)>
      published{};
};

/// The daemon's gateway_host with the brokers of its configuration in memory and a clock that the test
/// advances; uses no threads, sockets or sleeps.
class lab {
 public:
  /// Parts of the daemon that are used in addition to the gateway.
  enum class extras {
    none,
    all,  ///< presence, and the documents under `.gw/`
  };

  /// @param folder  the folder of the configuration files
  lab(std::string folder, lab_events events, extras with = extras::none);
  ~lab();
  lab(const lab&) = delete;
  lab& operator=(const lab&) = delete;

  /// Starts the gateway. Prints errors in the configuration and throws std::runtime_error if there are any.
  void load(const std::string& file);
  /// Reloads with this configuration, as the daemon does: unchanged parts keep their connection.
  void reload(const std::string& file);
  bool loaded() const noexcept { return host_.has_value(); }

  gateway& running() noexcept { return host_->running(); }
  const config::settings& configuration() const noexcept { return *settings_; }
  const clock& time() const noexcept { return time_; }
  /// Throws std::runtime_error if there is no broker of this name.
  site& site_of(std::string_view name);
  /// Returns the gateway's own link to the broker of this name; null if the current configuration has none.
  const memory_link* link_of(std::string_view name) const noexcept;
  site& default_site() { return site_of(settings_->brokers.front().name); }
  /// Returns all brokers, including those of earlier configurations.
  const std::map<std::string, std::unique_ptr<site>, std::less<>>& sites() const noexcept { return sites_; }

  /// Delivers all published messages, and those that are published in response, until none are left.
  void settle();
  void elapse(std::chrono::milliseconds by);
  /// Suspends the gateway until `go_on`; messages for it stay unread.
  void suspend() { suspended_ = time_.now(); }
  bool suspended() const noexcept { return suspended_.has_value(); }
  void go_on();
  /// Stops accepting requests; presences and links end after the last answer.
  void stop();
  void abandon();

 private:
  config::settings read(const std::string& file) const;
  host_environment environment();
  gateway_hooks make_hooks();
  std::unique_ptr<link> link_to(const link_options& broker);
  std::unique_ptr<link> link_for_presence(const link_options& options);
  void watch(memory_broker& b);
  void note_in_force();

  const std::string folder_;
  lab_events events_;
  manual_clock time_;
  hand_alarm alarm_;
  std::optional<config::settings> settings_;
  std::map<std::string, std::unique_ptr<site>, std::less<>> sites_;
  std::optional<observe::observer> observer_;
  std::optional<gateway_host> host_;
  std::optional<steady_time> suspended_;  ///< when the gateway was suspended
};

}  // namespace mqcoap::test
