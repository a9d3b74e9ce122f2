#include <spdlog/spdlog.h>

#include <mqcoap/gateway/presence_board.hpp>
#include <mqcoap/protocol/presence.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <utility>

namespace mqcoap {
namespace {

/// For how long a word of presence may wait for a stalled broker, and for the goodbye of a device that is no
/// longer there.
constexpr std::chrono::seconds patience{5};
constexpr std::chrono::milliseconds goodbye{500};

}  // namespace

/// One device and its connection.
class presence_board::announcer final : public link_events {
 public:
  announcer(std::unique_ptr<link> via, std::string topic, const clock& time)
      : time_(time), topic_(std::move(topic)), via_(std::move(via)) {
    via_->start(*this);
  }

  void set_online(bool online) {
    if (std::exchange(online_, online) != online && via_->up()) say(online);
  }
  void stop(std::chrono::milliseconds grace, std::function<void()> done) {
    if (via_->up()) say(false);
    via_->stop(grace, std::move(done));
  }

  void on_link_up(link&) noexcept override {
    if (online_) say(true);
  }
  void on_link_down(link&, std::string_view) noexcept override {}
  void on_message(link&, const inbound&) noexcept override {}

 private:
  void say(bool online) noexcept try {
    const auto error = via_->publish(topic_, presence_payload(online, time_.wall()), time_.now() + patience,
                                     {.retain = true});
    if (error)
      spdlog::warn("{} could not be told on {}: {}", online ? "ONLINE" : "OFFLINE", topic_, error.message());
  } catch (const std::exception& e) {
    spdlog::error("presence could not be told on {}: {}", topic_, e.what());
  }

  const clock& time_;
  const std::string topic_;
  const std::unique_ptr<link> via_;
  bool online_ = false;
};

presence_board::presence_board(const clock& time, link_maker make) : time_(time), make_(std::move(make)) {}
presence_board::~presence_board() = default;

void presence_board::follow(const namespace_name& ns, const std::vector<device_options>& devices,
                            const link_options& broker) {
  auto before = std::exchange(told_, {});
  const bool same_broker = broker == std::exchange(broker_, broker);
  for (const auto& device : devices) {
    if (!device.presence) continue;
    auto topic = presence_topic(ns, device.tag);
    if (const auto at = before.find(topic); same_broker && at != before.end()) {
      told_.insert(before.extract(at));
      continue;
    }
    auto options = broker;
    options.client_id = "mqcoap-presence-" + request_id_generator().next().canonical().substr(0, 16);
    options.will = last_will{topic, presence_payload(false, time_.wall()), true};
    options.log = {};  // the gateway's own connection tells what is wrong with the broker
    auto made = std::make_unique<announcer>(make_(std::move(options)), topic, time_);
    told_.emplace(std::move(topic), std::move(made));
  }
  for (auto& [topic, one] : before) end(std::move(one), goodbye);
}

void presence_board::set_online(bool online) {
  for (const auto& [topic, one] : told_) one->set_online(online);
}

void presence_board::end(std::unique_ptr<announcer> one, std::chrono::milliseconds grace) {
  auto* const ending = leaving_.emplace_back(std::move(one)).get();
  ending->stop(grace, [this, ending] { ended(ending); });
}

void presence_board::ended(const announcer* one) {
  std::erase_if(leaving_, [one](const auto& other) { return other.get() == one; });
  if (leaving_.empty() && stopped_) std::exchange(stopped_, {})();
}

void presence_board::stop(std::chrono::milliseconds grace, std::function<void()> done) {
  for (auto& [topic, one] : std::exchange(told_, {})) end(std::move(one), grace);
  if (leaving_.empty()) return done();
  stopped_ = std::move(done);
}

}  // namespace mqcoap
