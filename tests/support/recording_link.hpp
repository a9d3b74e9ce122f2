#pragma once

#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap::test {

/// A link that stores published messages.
struct recording_link final : mqcoap::link {
  std::string id = "mine";
  std::vector<std::string> topics;
  std::vector<std::string> payloads;
  std::vector<written_handler> written;  ///< completion handlers of these messages
  std::vector<error_code> refusals;      ///< errors for the next messages; further ones are accepted
  packet_limit limit;

  const std::string& name() const noexcept override { return id; }
  const std::string& client_id() const noexcept override { return id; }
  void start(link_events&) override {}
  bool up() const noexcept override { return true; }
  void subscribe(std::string, subscribed_handler) override {}
  void unsubscribe(std::string_view) override {}
  error_code publish(std::string_view topic, std::string_view payload, steady_time, publish_options,
                     written_handler done) override {
    if (!refusals.empty()) {
      const auto refused = refusals.front();
      refusals.erase(refusals.begin());
      if (refused) return refused;
    }
    std::string under(topic);
    std::string kept(payload);
    topics.push_back(std::move(under));
    written.push_back(std::move(done));
    payloads.push_back(std::move(kept));  // last: if an earlier allocation fails, nothing was published
    return {};
  }
  link_stats stats() const noexcept override { return {}; }
  packet_limit largest_packet() const noexcept override { return limit; }
  void stop(std::chrono::milliseconds, stopped_handler) override {}

  int count(std::string_view message) const {
    int n = 0;
    for (const auto& p : payloads) n += p.find(message) != std::string::npos ? 1 : 0;
    return n;
  }
};

}  // namespace mqcoap::test
