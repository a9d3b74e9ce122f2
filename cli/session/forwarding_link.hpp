#pragma once

#include <chrono>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap::cli {

/// A link that wraps another one and forwards to it all calls that a subclass does not override.
class forwarding_link : public link {
 public:
  const std::string& name() const noexcept final { return inner_.name(); }
  const std::string& client_id() const noexcept final { return inner_.client_id(); }
  bool up() const noexcept final { return inner_.up(); }
  void subscribe(std::string filter, subscribed_handler done) override {
    inner_.subscribe(std::move(filter), std::move(done));
  }
  void unsubscribe(std::string_view filter) final { inner_.unsubscribe(filter); }
  void subscribe_to_others(std::vector<std::string> filters) final {
    inner_.subscribe_to_others(std::move(filters));
  }
  link_stats stats() const noexcept final { return inner_.stats(); }
  std::string server() const final { return inner_.server(); }
  packet_limit largest_packet() const noexcept final { return inner_.largest_packet(); }
  void stop(std::chrono::milliseconds grace, stopped_handler done) override {
    inner_.stop(grace, std::move(done));
  }

 protected:
  /// @param inner  must outlive this link
  explicit forwarding_link(link& inner) : inner_(inner) {}

  link& inner_;
};

}  // namespace mqcoap::cli
