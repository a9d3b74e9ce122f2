#include <boost/asio/post.hpp>
#include <mqcoap/client/client_core.hpp>
#include <mqcoap/client/mosquitto_environment.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <utility>

#include "program.hpp"

namespace mqcoap::test {
namespace {

constexpr std::uint64_t first_ids = 3;

client_options client_options_of(const hostile_broker& at, const program_options& options) {
  client_options made;
  made.broker = options_of(at, "hostile", options);
  made.tag = *device_tag::parse("GW_1");
  made.timeout = options.request_timeout;
  made.if_disconnected = when_disconnected::wait;
  return made;
}

/// An environment whose links reconnect soon, if `quick` is set.
class quick_environment final : public client_environment {
 public:
  quick_environment(event_loop& loop, bool quick) : loop_(loop), quick_(quick) {}

  std::unique_ptr<mqcoap::link> make_link(const executor&, const link_options& options) override {
    return connect(loop_, time_, options, quick_);
  }
  const mqcoap::clock& time() const noexcept override { return time_; }
  std::unique_ptr<mqcoap::alarm> make_alarm(const executor& serial, std::function<void()> ring) override {
    return make_timer_alarm(serial, std::move(ring));
  }

 private:
  event_loop& loop_;
  const bool quick_;
  const system_clock time_;
};

/// The client library, as a device that sends requests to another one.
class asking_client final : public program {
 public:
  asking_client(const surroundings& in, const program_options& options)
      : core_(std::make_shared<client_core>(in.loop.context().get_executor(),
                                            client_options_of(in.hostile, options),
                                            std::make_shared<quick_environment>(in.loop, options.quick))) {}
  ~asking_client() override { shut_down(); }

  void start() override {
    post([this] {
      core_->connect(operation<error_code>::make(core_->serial(), [](error_code) {}));
      core_->subscribe(
          general_filter(), [](const general_message&) {},
          operation<error_code, subscription_id>::make(core_->serial(), [](error_code, subscription_id) {}));
    });
  }
  bool up() const override { return core_->connected(); }
  void ask() override {
    request_spec what("DEV_1/axuv/gains");
    what.id = ids_.next();
    post([this, what = std::move(what)]() mutable {
      core_->request(std::move(what), [this](error_code error, const response& r) {
        outcomes.push_back(error ? message(error) : std::to_string(to_int(r.code)));
      });
    });
  }
  std::string answer_to(std::string_view topic) const override {
    return R"({"header":{"response_code":205,"path":"gains","request_id":")" +
           std::string(topic.substr(topic.rfind('/') + 1)) + R"("},"body":7,"timestamp":"1"})";
  }
  void turn() override {
    ups = static_cast<int>(core_->stats().connects);
    if (auto now = core_->outage(); now != seen_) {
      if (now) {
        ++downs;
        why = now;
      }
      seen_ = std::move(now);
    }
  }
  std::string leftovers() const override {
    const auto n = core_->stats().pending;
    return n == 0 ? "" : std::to_string(n) + " requests are not completed";
  }
  void shut_down() override {
    if (!std::exchange(running_, false)) return;
    core_->forget_handlers();
    boost::asio::post(core_->serial(), [core = core_] { core->shut_down(); });
  }

 private:
  void post(std::function<void()> work) { boost::asio::post(core_->serial(), std::move(work)); }

  request_id_generator ids_{first_ids};
  outage_cause seen_;
  bool running_ = true;
  std::shared_ptr<client_core> core_;
};

}  // namespace

std::unique_ptr<program> make_asking_client(const surroundings& in, const program_options& options) {
  return std::make_unique<asking_client>(in, options);
}

}  // namespace mqcoap::test
