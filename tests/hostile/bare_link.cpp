#include <mqcoap/base/clock.hpp>

#include "program.hpp"

namespace mqcoap::test {
namespace {

constexpr std::string_view request_topic = "t/request/DEV_1/1";

/// A link that publishes, and waits for what a device publishes in response.
class bare_link final : public program, private link_events {
 public:
  bare_link(const surroundings& in, const program_options& options)
      : link_(connect(in.loop, time_, options_of(in.hostile, "hostile", options), options.quick)) {}

  void start() override {
    link_->subscribe("t/response/#", [](error_code) {});
    link_->start(*this);
  }
  bool up() const override { return link_->up(); }
  void ask() override {
    const auto done = [this](error_code error) {
      if (error) outcomes.push_back(message(error));
    };
    if (const auto error = link_->publish(request_topic, "1", steady_time::max(), {}, done)) done(error);
  }
  std::string answer_to(std::string_view) const override { return "answer"; }
  void elapse(std::chrono::milliseconds by) override { time_.advance(by); }
  std::string good_outcome() const override { return "ok"; }

 private:
  void on_link_up(mqcoap::link&) noexcept override { ++ups; }
  void on_link_down(mqcoap::link&, const outage_cause& cause) noexcept override {
    ++downs;
    why = cause;
  }
  void on_message(mqcoap::link&, const inbound& m) noexcept override {
    if (m.payload == "answer") outcomes.push_back("ok");
  }

  manual_clock time_;
  std::unique_ptr<mosquitto_link> link_;
};

}  // namespace

std::unique_ptr<program> make_bare_link(const surroundings& in, const program_options& options) {
  return std::make_unique<bare_link>(in, options);
}

}  // namespace mqcoap::test
