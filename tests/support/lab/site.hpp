#pragma once

#include <functional>
#include <memory>
#include <mqcoap/transport/memory_link.hpp>
#include <string>

namespace mqcoap::test {

/// A broker of the configuration, with one client that acts as all callers and devices.
class site final : private link_events {
 public:
  /// Called for every message that is published on the broker, including those of the client.
  using listener = std::function<void(const std::string& broker, const inbound& m)>;

  /// @param same  the site of the same broker under another name; null: none
  site(const std::string& name, site* same, listener heard);

  const std::shared_ptr<memory_broker> broker;
  memory_link& outside() noexcept { return outside_ ? *outside_ : same_->outside(); }

 private:
  void on_link_up(link&) noexcept override {}
  void on_link_down(link&, const outage_cause&) noexcept override {}
  void on_message(link& l, const inbound& m) noexcept override { heard_(l.name(), m); }

  site* const same_;
  const listener heard_;
  std::unique_ptr<memory_link> outside_;
};

}  // namespace mqcoap::test
