#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>
#include <mqcoap/observe/metrics.hpp>
#include <mqcoap/observe/observer.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "support/lab/desk.hpp"
#include "support/lab/hand_alarm.hpp"

using namespace mqcoap;
using namespace mqcoap::observe;
using namespace std::chrono_literals;

namespace {

/// The device D_1, which stores what it receives and may answer.
struct peer final : link_events {
  memory_link at;
  std::vector<std::pair<std::string, std::string>> got;

  peer(memory_broker& broker, const std::string& name, const std::string& filter) : at(broker, name) {
    at.subscribe(filter, {});
    at.start(*this);
  }
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override { got.emplace_back(m.topic, m.payload); }
};

gateway_options lab() {
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  value_options rate;
  rate.initial = *json_text::parse("5.5");
  rate.methods = {method::get, method::put};
  device_options gw{*device_tag::parse("GW_1"), {}, {}, {}};
  auto silent = rate;
  rate.is_metric = true;
  gw.resources.push_back({"rate", {}, "Hz", rate});
  gw.resources.push_back({"silent", {}, {}, silent});
  options.devices.push_back(std::move(gw));
  options.proxy.forward = *device_tag::parse("GW_1");
  for (const auto* tag : {"D_1", "E_*"}) {
    auto& route = options.proxy.routes.emplace_back();
    route.name = std::string("to-") + tag[0];
    route.match.tags = {tag};
    route.timeout = 1s;
  }
  return options;
}

struct metrics_fixture {
  manual_clock time;
  test::hand_alarm wake;
  memory_broker broker;
  memory_link link{broker, "lab"};
  test::desk caller{broker};
  peer device{broker, "device", "+/+/request/D_1/+"};
  observer seen{time, "9.9"};
  gateway tested{
      lab(), {&link}, time, wake, {{}, [this](own_document which) { return seen.document(which); }}};

  metrics_fixture() { seen.watch(tested); }
  void start() {
    tested.start();
    broker.run();
  }
  void ask(const std::string& verb, const std::string& subsystem, const std::string& path,
           const std::string& body = "null") {
    caller.send({.verb = verb, .path = path, .subsystem = subsystem, .body = body});
    broker.run();
  }
  /// Lets the device answer the last request that it received.
  void answer_as_device() {
    auto topic = device.got.back().first;
    topic.replace(topic.find("/request/"), 9, "/response/");
    const auto id = topic.substr(topic.rfind('/') + 1);
    device.at.publish(topic,
                      R"({"header":{"response_code":205,"path":"gains","request_id":")" + id +
                          R"("},"body":1,"timestamp":"1"})",
                      steady_time::max());
    broker.run();
  }
  void pass(std::chrono::milliseconds t) {
    time.advance(t);
    tested.on_alarm();
    broker.run();
  }
  bool shows(const std::string& line) const {
    return make_metrics(seen).find('\n' + line + '\n') != std::string::npos;
  }
  boost::json::value document(own_document which) const { return seen.document(which).value(); }
};

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> names_in(const std::string& text, const char* pattern) {
  const std::regex name(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) found.insert((*at)[1]);
  return found;
}

}  // namespace

TEST_CASE_FIXTURE(metrics_fixture, "requests count by role, tag, method and code") {
  start();
  ask("GET", "axuv", "rate");
  ask("GET", "axuv", "rate");
  ask("PUT", "axuv", "rate", "7");
  ask("GET", "axuv", "nowhere");
  CHECK(shows(R"(mqcoap_requests_total{role="local",device="GW_1",method="GET",code="205"} 2)"));
  CHECK(shows(R"(mqcoap_requests_total{role="local",device="GW_1",method="PUT",code="204"} 1)"));
  CHECK(shows(R"(mqcoap_requests_total{role="local",device="GW_1",method="GET",code="404"} 1)"));
  CHECK(shows(R"(mqcoap_request_duration_seconds_count{role="local",route=""} 4)"));

  caller.publish("gf_int_v1/axuv/request/GW_1/" + caller.next_id(), "{");
  broker.run();
  CHECK(shows(R"(mqcoap_requests_total{role="none",device="GW_1",method="unknown",code="400"} 1)"));
}

TEST_CASE_FIXTURE(metrics_fixture, "tags that are not configured share a row, however many there are") {
  start();
  for (int i = 0; i < 50; ++i) ask("GET", "proxy", "E_" + std::to_string(i) + "/axuv/gains");
  pass(1s);
  CHECK(shows(R"(mqcoap_requests_total{role="forward",device="other",method="GET",code="504"} 50)"));
  CHECK(shows("mqcoap_proxied_devices 50"));
  CHECK(make_metrics(seen).find("E_1") == std::string::npos);
  CHECK(document(own_document::devices).at("devices").as_array().size() == 50);
}

TEST_CASE_FIXTURE(metrics_fixture,
                  "of a device behind the proxy its times, failures and late answers are known") {
  start();
  const std::string labels = R"({device="D_1",broker="lab",namespace="gf_int_v1"})";
  ask("GET", "proxy", "D_1/axuv/gains");
  CHECK(shows("mqcoap_forwards_in_flight 1"));
  time.advance(200ms);
  answer_as_device();
  CHECK(shows("mqcoap_device_duration_seconds_count" + labels + " 1"));
  CHECK(shows("mqcoap_device_duration_seconds_sum" + labels + " 0.2"));
  CHECK(shows(R"(mqcoap_request_duration_seconds_bucket{role="forward",route="to-D",le="0.1"} 0)"));
  CHECK(shows(R"(mqcoap_request_duration_seconds_bucket{role="forward",route="to-D",le="0.25"} 1)"));

  ask("GET", "proxy", "D_1/axuv/gains");
  pass(1s);
  answer_as_device();
  CHECK(shows("mqcoap_device_failures_total" + labels + " 1"));
  CHECK(shows("mqcoap_device_late_answers_total" + labels + " 1"));
  CHECK(shows(R"(mqcoap_dropped_messages_total{reason="answer_late"} 1)"));

  const auto shown = document(own_document::devices).at("devices").at(0);
  CHECK(shown.at("tag") == "D_1");
  CHECK(shown.at("answered") == 1);
  CHECK(shown.at("late") == 1);
  CHECK(shown.at("last_seen").as_int64() == time.wall().count);
  CHECK(shown.at("last_error").at("words") == "D_1 did not answer within 1s");
  CHECK(shown.at("recent_ms").at("p95").as_double() == doctest::Approx(200).epsilon(0.07));
  time.advance(11min);
  CHECK_FALSE(document(own_document::devices).at("devices").at(0).as_object().contains("recent_ms"));
}

TEST_CASE_FIXTURE(metrics_fixture, "a value with `metric` is a gauge, and stays a number") {
  start();
  CHECK(shows(R"(mqcoap_resource_value{device="GW_1",path="rate",unit="Hz"} 5.5)"));
  CHECK(make_metrics(seen).find("silent") == std::string::npos);
  ask("PUT", "axuv", "rate", "-1e3");
  CHECK(shows(R"(mqcoap_resource_value{device="GW_1",path="rate",unit="Hz"} -1000)"));
  ask("PUT", "axuv", "rate", "\"fast\"");
  CHECK(shows(R"(mqcoap_resource_value{device="GW_1",path="rate",unit="Hz"} -1000)"));  // the answer was 400
}

TEST_CASE_FIXTURE(metrics_fixture,
                  "a gateway is ready if its broker has confirmed every subscription and it does not stop") {
  CHECK(seen.page("/readyz")->status == 503);
  start();
  CHECK(seen.page("/readyz")->status == 200);
  CHECK(shows("mqcoap_ready 1"));
  broker.go_down();
  CHECK(seen.page("/readyz")->status == 503);
  CHECK(seen.page("/readyz")->body.find("broker lab is not connected") != std::string::npos);
  CHECK(shows("mqcoap_ready 0"));
  CHECK(shows(R"(mqcoap_broker_up{broker="lab"} 0)"));
  CHECK_FALSE(document(own_document::brokers).at("brokers").at(0).at("up").as_bool());
  broker.deny("gf_int_v1/+/request/GW_1");
  broker.come_up();
  broker.run();
  CHECK(seen.page("/readyz")->body.find("has not confirmed") != std::string::npos);
  broker.allow_all();
  broker.go_down();
  broker.come_up();
  broker.run();
  CHECK_FALSE(seen.why_not_ready().has_value());
  CHECK(shows(R"(mqcoap_broker_reconnects_total{broker="lab"} 2)"));
  tested.drain([] {});
  CHECK(seen.why_not_ready() == "the gateway is stopping");
  CHECK(seen.page("/healthz")->status == 200);
  CHECK_FALSE(seen.page("/").has_value());
}

TEST_CASE_FIXTURE(metrics_fixture, "a gateway with a rival is not ready") {
  start();
  device.at.publish("gf_int_v1/axuv/response/GW_1/16fd27068baf433b82eb8c7fada847da",
                    R"({"header":{"response_code":205,"path":"rate",)"
                    R"("request_id":"16fd27068baf433b82eb8c7fada847da"},"body":1,"timestamp":"1"})",
                    steady_time::max());
  broker.run();
  CHECK(seen.page("/readyz")->status == 503);
  CHECK(seen.page("/readyz")->body.find("GW_1") != std::string::npos);
  CHECK(shows("mqcoap_ready 0"));
  CHECK(document(own_document::status).at("rivals").at("tags").at(0) == "GW_1");
  pass(5min);
  CHECK(seen.page("/readyz")->status == 200);
  CHECK(document(own_document::status).at("rivals").at("tags").as_array().empty());

  presence_status presences{2, 1, {{"GW_2", "refused"}}, {"GW_2"}};
  seen.set_presence([&] { return presences; });
  CHECK(seen.page("/readyz")->status == 503);
  const auto presence = document(own_document::status).at("presence");
  CHECK(presence.at("devices") == 2);
  CHECK(presence.at("announced") == 1);
  CHECK(presence.at("failing").at(0).at("tag") == "GW_2");
  CHECK(presence.at("failing").at(0).at("why") == "refused");
  presences.rivals.clear();
  CHECK(seen.page("/readyz")->status == 200);  // requests to the devices are answered
}

TEST_CASE_FIXTURE(metrics_fixture, "the last reload is reported") {
  start();
  CHECK(shows("mqcoap_config_last_reload_successful 1"));
  CHECK_FALSE(document(own_document::status).as_object().contains("reload"));
  seen.set_reload({{5000}, true, ""});
  CHECK(shows("mqcoap_config_last_success_timestamp_seconds 5"));
  seen.set_reload({{6000}, false, "line 3"});
  CHECK(shows("mqcoap_config_last_reload_successful 0"));
  CHECK(shows("mqcoap_config_last_success_timestamp_seconds 5"));
  CHECK(document(own_document::status).at("reload").at("words") == "line 3");
}

TEST_CASE_FIXTURE(metrics_fixture, "the documents are resources of the gateway's own tag, to be read only") {
  start();
  seen.set_configuration(*json_text::parse(R"({"version":1})"));
  const auto answer_to = [&](const std::string& verb, const std::string& path) {
    caller.answers.clear();
    ask(verb, "axuv", path);
    REQUIRE(caller.answers.size() == 1);
    return boost::json::parse(caller.answers.back());
  };
  CHECK(answer_to("GET", ".gw/status").at("body").at("version") == "9.9");
  CHECK(answer_to("GET", ".gw/config").at("body").at("version") == 1);
  CHECK(answer_to("GET", ".gw/devices").at("body").at("left_out") == 0);
  CHECK(answer_to("PUT", ".gw/status").at("header").at("response_code") == 405);
  const auto listed = boost::json::serialize(answer_to("GET", ".well-known/core").at("body"));
  for (const auto& d : own_documents) CHECK(listed.find(std::string(d.path)) != std::string::npos);
}

TEST_CASE("docs/metrics.md has a row for each metric, and no other") {
  const auto page = read_file(MQCOAP_TESTS_DIR "/../docs/metrics.md");
  std::set<std::string> known;
  for (const auto& m : all_metrics()) {
    known.emplace(m.name);
    std::string labels;
    for (const auto& label : names_in(std::string(m.labels), "([a-z]+)")) {
      INFO(m.name, " ", label);
      CHECK(page.find('`' + label + '`') != std::string::npos);
    }
    const auto row = "| `" + std::string(m.name) + "` | " + std::string(m.type) + " | ";
    const auto at = page.find(row);
    REQUIRE_MESSAGE(at != std::string::npos, row);
    const auto line = page.substr(at, page.find('\n', at) - at);
    CHECK_MESSAGE(line.ends_with(" | " + std::string(m.help) + " |"), line);
  }
  CHECK(names_in(page, R"(\| `((?:mqcoap|process)_\w+)` \|)") == known);
}

TEST_CASE("dashboard and alert rules ask only for metrics that there are") {
  std::set<std::string> known;
  for (const auto& m : all_metrics()) {
    known.emplace(m.name);
    if (m.type != "histogram" && m.type != "summary") continue;
    for (const auto* suffix : {"_count", "_sum", "_bucket"}) known.insert(std::string(m.name) + suffix);
  }
  for (const auto* file : {"grafana-dashboard.json", "prometheus-alerts.yaml"}) {
    const auto used = names_in(read_file(std::string(MQCOAP_TESTS_DIR "/../config/examples/") + file),
                               R"(\b((?:mqcoap|process)_\w+))");
    CHECK(used.size() > 5);
    for (const auto& name : used) CHECK_MESSAGE(known.contains(name), file, ": ", name);
  }
}

TEST_CASE("the time for which it runs does not follow the wall clock") {
  struct stepped final : mqcoap::clock {
    steady_time steady{};
    unix_millis calendar{1'745'534'869'619};
    steady_time now() const override { return steady; }
    unix_millis wall() const override { return calendar; }
  } time;
  const observer seen(time, "9.9");
  time.steady += 90s;
  time.calendar.count -= 86'400'000;
  CHECK(seen.uptime() == 90s);
  time.calendar.count += 2 * 86'400'000;
  CHECK(seen.uptime() == 90s);
}
