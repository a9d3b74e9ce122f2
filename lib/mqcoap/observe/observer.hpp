#pragma once

#include <cstdint>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/gateway/presence_status.hpp>
#include <mqcoap/gateway/reload_status.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/observe/http_page.hpp>
#include <mqcoap/store/lease_status.hpp>
#include <mqcoap/store/store_status.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::observe {

/// Provides the state of a running gateway as metrics, as pages over HTTP, and as documents of the protocol.
/// @par Threads  All functions on the event loop.
class observer {
 public:
  /// @param version  the version of the program
  observer(const clock& time, std::string version);

  /// Observes this gateway from now on; it must outlive the observer or be replaced by another call. Before
  /// the first call, only the setters may be called.
  void watch(const gateway& running) { running_ = &running; }
  void set_reload(reload_status s);
  /// Sets the effective configuration, with secrets hidden.
  void set_configuration(json_text shown) { configuration_ = std::move(shown); }
  /// Sets the function that describes the state of the HTTP server.
  void set_http_state(std::function<std::string()> state) { http_state_ = std::move(state); }
  /// Sets the function that returns the number of lost log lines.
  void set_log_dropped(std::function<std::uint64_t()> dropped) { log_dropped_ = std::move(dropped); }

  /// Sets the function that describes the store of resources; it returns nothing while there is no store.
  void set_store(std::function<std::optional<store::store_status>()> status) { store_ = std::move(status); }

  /// Sets the function that describes the lease of one of several gateways; empty: this gateway serves
  /// without a lease.
  void set_lease(std::function<store::lease_status()> status) { lease_ = std::move(status); }

  /// Sets the function that returns the progress of announcing presences.
  void set_presence(std::function<presence_status()> state) { presence_ = std::move(state); }

  /// Returns nothing if the gateway answers requests and nothing else answers for its tags;
  /// otherwise the reason.
  std::optional<std::string> why_not_ready() const;

  json_text document(own_document which) const;
  /// Returns the page for `/metrics`, `/healthz` and `/readyz`; nothing for other paths.
  std::optional<http_page> page(std::string_view path) const;

  /// @name Facts
  /// @{
  const gateway& running() const noexcept { return *running_; }
  const std::string& version() const noexcept { return version_; }
  const json_text& configuration() const noexcept { return configuration_; }
  const std::optional<reload_status>& last_reload() const noexcept { return reload_; }
  unix_millis last_good_configuration() const noexcept { return good_since_; }
  unix_millis started() const noexcept { return started_; }
  /// Returns the uptime, independent of the wall clock.
  std::chrono::seconds uptime() const {
    return std::chrono::duration_cast<std::chrono::seconds>(now() - began_);
  }
  std::string http_state() const { return http_state_ ? http_state_() : "off"; }
  std::uint64_t log_dropped() const { return log_dropped_ ? log_dropped_() : 0; }
  std::optional<store::lease_status> lease() const { return lease_ ? std::optional(lease_()) : std::nullopt; }
  std::optional<store::store_status> store() const { return store_ ? store_() : std::nullopt; }
  presence_status presences() const { return presence_ ? presence_() : presence_status{}; }
  /// Returns the served tags for which another program answers or announces a presence. Sorted.
  std::vector<std::string> rivals() const;
  steady_time now() const { return time_.now(); }
  /// Converts a time of the steady clock to the wall clock.
  unix_millis wall(steady_time t) const;
  /// @}

 private:
  const clock& time_;
  const std::string version_;
  const unix_millis started_;
  const steady_time began_;
  const gateway* running_ = nullptr;
  std::optional<reload_status> reload_;
  unix_millis good_since_;
  json_text configuration_;
  std::function<std::string()> http_state_;
  std::function<std::uint64_t()> log_dropped_;
  std::function<std::optional<store::store_status>()> store_;
  std::function<store::lease_status()> lease_;
  std::function<presence_status()> presence_;
};

}  // namespace mqcoap::observe
