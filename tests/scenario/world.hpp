#pragma once

#include <boost/json/object.hpp>
#include <deque>
#include <map>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "script.hpp"

namespace mqcoap::scenario {

/// A message that somebody outside the gateway saw.
struct seen {
  std::string broker;
  std::string topic;
  std::string payload;
};

/// One broker of the configuration, with a client that plays all callers and devices on it.
class site final : public link_events {
 public:
  /// @param same  another name of this broker; null: it has none
  site(const std::string& name, site* same, std::deque<seen>& requests, std::deque<seen>& answers);

  const std::shared_ptr<memory_broker> broker;
  std::unique_ptr<memory_link> gateway_link;
  memory_link& outside() noexcept { return outside_ ? *outside_ : same_->outside(); }

  void on_link_up(link&) noexcept override {}
  void on_link_down(link&, const outage_cause&) noexcept override {}
  void on_message(link&, const inbound& m) noexcept override;

 private:
  site* const same_;
  std::unique_ptr<memory_link> outside_;
  std::deque<seen>& requests_;
  std::deque<seen>& answers_;
};

/// A gateway, its brokers and a clock, moved by the steps of one script.
class world final : public alarm {
 public:
  /// @param folder  where configurations stand
  explicit world(std::string folder) : folder_(std::move(folder)) {}

  /// Throws std::runtime_error where something is not as expected.
  void play(const script& s);

  void wake_at(steady_time when) override { wake_ = when; }

 private:
  settings read(const std::string& file) const;
  void load(const std::string& file);
  void start_links();
  void reload(const std::string& file);
  void retire(link& left);
  link* link_to(const link_options& broker);
  void play(const step& s);
  void caller(std::string_view rest);
  void device(std::string_view rest);
  void broker(std::string_view rest);
  void the_gateway(std::string_view rest);
  void elapse(std::string_view rest);
  void expect(std::string_view rest);
  void expect_forwarded(std::string_view rest);
  void expect_answer(std::string_view rest);
  void expect_count(std::string_view rest);
  void settle();
  site& site_of(std::string_view name);

  const std::string folder_;
  manual_clock time_;
  steady_time wake_ = steady_time::max();
  std::optional<settings> settings_;
  std::deque<seen> requests_;         ///< at devices
  std::deque<seen> answers_;          ///< at callers
  std::set<std::string> own_topics_;  ///< of what the script itself sent
  std::map<std::string, std::unique_ptr<site>, std::less<>> sites_;
  std::string default_broker_;
  std::vector<std::unique_ptr<memory_link>> leaving_;  ///< of brokers that a reload changed or removed
  std::vector<link*> unstarted_;
  std::unique_ptr<gateway> gateway_;
  std::optional<steady_time> suspended_;  ///< since when the gateway does not run
  std::optional<seen> hop_;               ///< the request at a device that was expected last
  int next_id_ = 1;
};

}  // namespace mqcoap::scenario
