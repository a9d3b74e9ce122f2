#include <mqcoap/gateway/gateway_host.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <utility>

#include "program.hpp"
#include "support/lab/hand_alarm.hpp"

namespace mqcoap::test {
namespace {

constexpr std::uint64_t ids_of_hops = 1;
constexpr std::uint64_t ids_of_callers = 2;

gateway_options one_device() {
  gateway_options made{80, default_namespace(), {}, {}, {}, {}};
  value_options gains;
  gains.initial = *json_text::parse("7");
  gains.methods = method_set::all();
  made.devices.push_back({*device_tag::parse("GW_1"), {}, {}, {{"gains", {}, {}, gains}}});
  auto& route = made.proxy.routes.emplace_back();
  route.name = "field";
  route.match.tags = {"DEV_*"};
  route.serve = true;
  route.to.broker = "field";
  return made;
}

/// A gateway between two brokers, one of which is hostile.
class gateway_program : public program {
 public:
  gateway_program(const surroundings& in, const program_options& options, bool serves_hostile)
      : in_(in), quick_(options.quick) {
    auto& front = serves_hostile ? in.hostile : in.good;
    auto& field = serves_hostile ? in.good : in.hostile;
    host_.emplace(
        host_configuration{one_device(),
                           {options_of(front, "front", options), options_of(field, "field", options)}},
        environment(), hooks());
    hostile_ = host_->running().links()[serves_hostile ? 0 : 1];
    changes_ = host_->running().facts().links.subscribe([this](const link_changed& change) { note(change); });
    front.on_message = [this](const bench::publish_packet& m) {
      if (auto code = code_in(m.payload); !code.empty()) outcomes.push_back(std::move(code));
    };
  }

  void start() override { host_->start(); }
  void turn() override {
    if (alarm_.rings(time_.now())) host_->on_alarm();
  }
  void elapse(std::chrono::milliseconds by) override {
    time_.advance(by);
    turn();
  }
  std::string leftovers() const override {
    const auto& running = host_->running();
    if (const auto n = running.in_flight(); n > 0) return std::to_string(n) + " requests are not answered";
    const auto load = running.whole_load();
    if (load.in_flight + load.waiting > 0) return "devices have hops that nobody awaits";
    return {};
  }
  std::string answer_to(std::string_view topic) const override {
    return R"({"header":{"response_code":205,"path":"gains","request_id":")" +
           std::string(topic.substr(topic.rfind('/') + 1)) + R"("},"body":7,"timestamp":"1"})";
  }

 protected:
  void ask_at(hostile_broker& broker, const std::string& tag) {
    const std::string id(ids_.next().text());
    broker.deliver("gf_int_v1/axuv/request/" + tag + '/' + id,
                   R"({"header":{"method":"GET","path":"gains","request_id":")" + id +
                       R"("},"body":null,"timestamp":"1"})");
  }

  const surroundings in_;
  manual_clock time_;
  hand_alarm alarm_;
  std::optional<gateway_host> host_;
  const mqcoap::link* hostile_ = nullptr;

 private:
  host_environment environment() {
    return {time_,
            alarm_,
            [this](const link_options& o) { return connect(in_.loop, time_, o, quick_); },
            {},
            [](log_level, std::string_view) {}};
  }
  static gateway_hooks hooks() {
    gateway_hooks made;
    made.notice = [](log_level, std::string_view) {};
    made.log = [](const request_record&) {};
    made.ids = request_id_generator(ids_of_hops);
    return made;
  }
  void note(const link_changed& change) {
    if (change.broker != hostile_->name()) return;
    if (change.why == nullptr) {
      ++ups;
    } else {
      ++downs;
      why = *change.why;
    }
  }

  const bool quick_;
  request_id_generator ids_{ids_of_callers};
  subscription changes_;
};

class served_gateway final : public gateway_program {
 public:
  served_gateway(const surroundings& in, const program_options& options)
      : gateway_program(in, options, true) {}
  bool up() const override { return host_->running().subscribed(); }
  void ask() override { ask_at(in_.hostile, "GW_1"); }
};

class proxying_gateway final : public gateway_program {
 public:
  proxying_gateway(const surroundings& in, const program_options& options)
      : gateway_program(in, options, false) {}
  bool up() const override { return hostile_->up() && serves(); }
  bool serves() const override { return host_->running().subscribed(); }
  void ask() override { ask_at(in_.good, "DEV_1"); }
};

}  // namespace

std::unique_ptr<program> make_served_gateway(const surroundings& in, const program_options& options) {
  return std::make_unique<served_gateway>(in, options);
}

std::unique_ptr<program> make_proxying_gateway(const surroundings& in, const program_options& options) {
  return std::make_unique<proxying_gateway>(in, options);
}

}  // namespace mqcoap::test
