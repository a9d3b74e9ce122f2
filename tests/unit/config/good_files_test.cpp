#include <limits>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/collection/collection.hpp>
#include <mqcoap/resource/exec/exec.hpp>
#include <mqcoap/resource/file/file.hpp>
#include <mqcoap/resource/http/http.hpp>
#include <mqcoap/resource/line/line.hpp>
#include <mqcoap/resource/mount/mount.hpp>
#include <mqcoap/resource/process/process.hpp>
#include <mqcoap/resource/reply/reply.hpp>
#include <mqcoap/resource/signal/signal.hpp>
#include <mqcoap/resource/topic/topic.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <sstream>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;
using namespace std::chrono_literals;

namespace {

settings load(const std::string& name) { return test::load_good(test::corpus + "good/" + name + ".yaml"); }

const device_options& device(const settings& s, std::string_view tag) {
  for (const auto& d : s.gateway.devices)
    if (d.tag.text() == tag) return d;
  FAIL("no device ", tag);
  return s.gateway.devices.front();
}

const resource_options& resource(const device_options& d, std::string_view path) {
  for (const auto& r : d.resources)
    if (r.path == path) return r;
  FAIL("no resource ", path);
  return d.resources.front();
}

template <class Kind>
const Kind& kind(const settings& s, std::string_view tag, std::string_view path) {
  const auto* found = resource(device(s, tag), path).kind.get_if<Kind>();
  REQUIRE(found != nullptr);
  return *found;
}

std::string value_text(const settings& s, std::string_view path) {
  return std::string(kind<value_options>(s, "A", path).initial.text());
}

}  // namespace

TEST_CASE("omitted keys have the defaults of the options") {
  for (const auto* name : {"minimal", "empty_sections"}) {
    CAPTURE(name);
    const auto s = load(name);
    REQUIRE(s.brokers.size() == 1);
    const link_options plain;
    const auto& broker = s.brokers.front();
    CHECK(broker.name == plain.name);
    CHECK(broker.host == plain.host);
    CHECK(broker.port == plain.port);
    CHECK(broker.fallbacks == plain.fallbacks);
    CHECK_FALSE(broker.tls.has_value());
    CHECK(broker.client_id == plain.client_id);
    CHECK(broker.username == plain.username);
    CHECK(broker.password == plain.password);
    CHECK(broker.protocol == plain.protocol);
    CHECK(broker.keepalive == plain.keepalive);
    CHECK(broker.qos == plain.qos);
    CHECK(broker.max_inbound == plain.max_inbound);
    CHECK(s.gateway.ns.text() == "gf_int_v1");
    CHECK(s.gateway.decoding.limits.payload == payload_limits{}.payload);
    CHECK(s.gateway.decoding.limits.depth == payload_limits{}.depth);
    CHECK(s.gateway.decoding.limits.path == payload_limits{}.path);
    CHECK(s.gateway.decoding.ids == decode_rules{}.ids);
    CHECK(s.gateway.decoding.codes == decode_rules{}.codes);
    CHECK(s.gateway.limits.in_flight == gateway_limits{}.in_flight);
    CHECK(s.gateway.limits.exec == gateway_limits{}.exec);
    CHECK_FALSE(s.gateway.proxy.forward.has_value());
    CHECK(s.gateway.proxy.routes.empty());
    CHECK(s.gateway.proxy.default_timeout == proxy_options{}.default_timeout);
    CHECK(s.gateway.logged_body == 80);
    CHECK(s.logging.level == logging_options{}.level);
    CHECK(s.logging.target == logging_options{}.target);
  }
  CHECK(load("minimal").gateway.devices.empty());
  CHECK(load("empty_sections").gateway.devices.size() == 2);
}

TEST_CASE("brokers keep their order and have the configured settings") {
  const auto s = load("brokers");
  REQUIRE(s.brokers.size() == 5);
  CHECK(s.brokers[0].name == "lab");
  CHECK(s.brokers[0].host == "localhost");
  CHECK(s.brokers[0].port == 1883);
  CHECK(s.brokers[0].protocol == mqtt_protocol::v5);
  CHECK(s.brokers[0].qos == 1);
  CHECK(s.brokers[0].keepalive == 60s);
  CHECK(s.brokers[0].max_packet == 2'000'000);
  CHECK(s.brokers[1].max_packet == 0);
  CHECK(s.brokers[0].client_id == "lab-gateway");
  CHECK(s.brokers[1].host == "mqtt.example.org");
  CHECK(s.brokers[1].port == 2883);
  CHECK(s.brokers[1].protocol == mqtt_protocol::v311);
  CHECK(s.brokers[1].username == "gateway");
  REQUIRE(s.brokers[1].password.has_value());
  CHECK(s.brokers[1].password->reveal() == std::getenv("PATH"));
  CHECK(s.brokers[4].host == "2001:db8::1");
  CHECK(s.brokers[4].port == 1884);
  CHECK(s.brokers[4].protocol == mqtt_protocol::v5);
}

TEST_CASE("brokers with TLS have a port of their own, and may have several servers") {
  const auto s = load("brokers");
  CHECK_FALSE(s.brokers[0].tls.has_value());
  CHECK(s.brokers[0].fallbacks.empty());
  CHECK(s.brokers[2].port == 8883);
  REQUIRE(s.brokers[2].tls.has_value());
  CHECK(s.brokers[2].tls->ca_file.empty());
  CHECK(s.brokers[2].tls->ca_dir.empty());
  CHECK(s.brokers[2].tls->verify_host);

  const auto& pair = s.brokers[3];
  CHECK(servers(pair) == std::vector<endpoint>{{"a.example.org", 8883}, {"2001:db8::2", 8884}});
  REQUIRE(pair.tls.has_value());
  CHECK(pair.tls->ca_dir == "/etc");
  CHECK_FALSE(pair.tls->verify_host);
  CHECK(pair.tls->alpn == "mqtt");
}

TEST_CASE("general sections are read") {
  const auto s = load("devices");
  CHECK(s.gateway.ns.text() == "lab_v2");
  CHECK(s.gateway.proxy.default_timeout == 2500ms);
  CHECK(s.gateway.decoding.ids == validation::lenient);
  CHECK(s.gateway.decoding.limits.payload == 32u << 20);
  CHECK(s.gateway.decoding.limits.depth == 40);
  CHECK(s.gateway.decoding.limits.path == 64);
  CHECK(s.gateway.limits.in_flight == 7);
  CHECK(s.gateway.logged_body == 0);
  CHECK(s.logging.level == log_level::debug);
  // Four times the limit: a payload that is too large arrives, and gets 413.
  CHECK(s.brokers.front().max_inbound == 128u << 20);
}

TEST_CASE("a log goes to a place, or to a file that stands beside the configuration") {
  CHECK(load("logging").logging.target ==
        log_target{log_target::place::file, test::corpus + "good/log/mqcoapd.log"});
  const test::temporary_folder folder;
  const auto target_of = [&](const std::string& message) {
    auto loaded = load_settings(folder.write("a.yaml", "version: 1\nlogging: {target: " + message + "}\n"));
    REQUIRE(loaded.value);
    return loaded.value->logging.target;
  };
  CHECK(target_of("auto") == log_target{});
  CHECK(target_of("journal") == log_target{log_target::place::journal});
  CHECK(target_of("stderr") == log_target{log_target::place::standard_error});
  CHECK(target_of("{file: /var/log/mqcoapd.log}") ==
        log_target{log_target::place::file, "/var/log/mqcoapd.log"});
}

TEST_CASE("a device like a template has what the template has, and its own replaces it") {
  const auto s = load("devices");
  const auto& plain = device(s, "2D_XX_0_0001");
  CHECK(plain.description == "A probe");
  CHECK(plain.presence);
  REQUIRE(plain.subsystems.size() == 1);
  CHECK(plain.subsystems.front().text() == "axuv");
  CHECK(plain.resources.size() == 3);
  CHECK(resource(plain, "rate").unit == "Hz");
  CHECK(resource(plain, "rate").title == "Sample rate");
  CHECK(kind<value_options>(s, "2D_XX_0_0001", "status").initial.text() == "\"IDLE\"");

  const auto& own = device(s, "2D_XX_0_0002");
  CHECK(own.description == "Another probe");
  CHECK_FALSE(own.presence);
  CHECK_FALSE(device(s, "GW_XX_0_0001").presence);
  CHECK(own.subsystems.size() == 2);
  CHECK(own.resources.size() == 4);
  CHECK(kind<value_options>(s, "2D_XX_0_0002", "status").initial.text() == R"({"state":"IDLE"})");
}

TEST_CASE("each kind of resource is read") {
  const auto s = load("devices");
  const auto& rate = kind<value_options>(s, "2D_XX_0_0001", "rate");
  CHECK(rate.methods == method_set{method::get, method::put});
  REQUIRE(rate.schema.has_value());
  CHECK(rate.schema->check(0).has_value());
  CHECK_FALSE(rate.schema->check(1).has_value());
  CHECK(kind<value_options>(s, "2D_XX_0_0001", "status").methods == method_set{method::get});

  const auto& arm = kind<action_options>(s, "2D_XX_0_0001", "arm");
  REQUIRE(arm.when.size() == 1);
  CHECK(arm.when[0].path == "status");
  CHECK(arm.when[0].value.text() == "\"IDLE\"");
  REQUIRE(arm.set.size() == 1);
  CHECK(arm.set[0].path == "status");
  CHECK(arm.set[0].value.text() == "\"ARMED\"");

  const std::string gw = "GW_XX_0_0001";
  CHECK(kind<collection_options>(s, gw, "shots").max == 5);
  CHECK(kind<collection_options>(s, gw, "shots").schema->check(1).has_value());
  CHECK(kind<collection_options>(s, gw, "shotsize").max == collection_options{}.max);
  CHECK(kind<signal_options>(s, gw, "temperature").expression == "21 + sin(t)");

  CHECK(kind<reply_options>(s, gw, "ping").body.text() == "\"pong\"");
  CHECK(kind<reply_options>(s, gw, "ping").code == response_code::content);
  CHECK(kind<reply_options>(s, gw, "ping").methods == method_set::all());
  CHECK(kind<reply_options>(s, gw, "no").code == response_code::bad_option);
  CHECK(kind<reply_options>(s, gw, "no").body.text() == "\"no\"");
  CHECK(kind<reply_options>(s, gw, "no").methods == method_set{method::post});
  CHECK(kind<reply_options>(s, gw, "odd").body.text() == R"({"code":205,"body":1,"more":2})");
  CHECK(kind<reply_options>(s, gw, "nothing").code == response_code::changed);
  CHECK(kind<reply_options>(s, gw, "nothing").body.is_null());
  CHECK(kind<reply_options>(s, gw, "void").body.text() == "{}");
  CHECK(kind<reply_options>(s, gw, "null").body.is_null());

  CHECK(kind<reply_options>(s, gw, "closed/**").code == response_code::service_unavailable);

  const auto& mount = kind<mount_options>(s, gw, "probe/**");
  CHECK(mount.tag.text() == "2D_XX_0_9999");
  CHECK(mount.subsystem.text() == "axuv");
  CHECK(mount.path.empty());
  CHECK(kind<mount_options>(s, gw, "deep/probe/**").path == "v1/x");
  CHECK(kind<mount_options>(s, gw, "**").tag.text() == "ARD_1");
}

TEST_CASE("scalars are those of the core schema of YAML 1.2, and numbers keep their digits") {
  const auto s = load("scalars");
  CHECK(value_text(s, "yes") == R"("yes")");
  CHECK(value_text(s, "on") == R"(["on","off","no","y","n","Yes"])");
  CHECK(value_text(s, "bool") == "[true,false,true,false]");
  CHECK(value_text(s, "quoted") == R"(["true","1","1.5","null","~",""])");
  CHECK(value_text(s, "null") == "[null,null,null]");
  CHECK(value_text(s, "empty") == "null");
  CHECK(value_text(s, "int") ==
        "[0,0,7,7,15,31,9223372036854775807,-9223372036854775808,18446744073709551615]");
  CHECK(value_text(s, "float") == R"([0.5,1.0,0.5,5,1e3,-1.5E-3,2.5,0.1000,"1e400e"])");
  CHECK(value_text(s, "text") ==
        R"(["1_000","0b1","12:30","1.2.3","0x","0o8",".","+","e3","1e",".inf.","nan","inf"])");
  CHECK(value_text(s, "multi") == R"(["line 1\nline 2\n","folded text","plain text on two lines"])");
  CHECK(value_text(s, "nested") == R"({"a":[1,{"b":[]}],"":{},"1":"x","ä\n\u0000":"\t\"\\"})");
}

TEST_CASE("routes keep their order and have the configured settings") {
  const auto s = load("proxy");
  const auto& proxy = s.gateway.proxy;
  CHECK(proxy.default_timeout == 3s);
  CHECK(proxy.forward->text() == "FW_XX_0_0001");
  REQUIRE(proxy.routes.size() == 6);
  const auto& first = proxy.routes[0];
  CHECK(first.name == "arduinos");
  CHECK(first.match.tags == std::vector<std::string>{"ARD_*"});
  CHECK(first.match.subsystems == std::vector<std::string>{"axuv", "h?"});
  CHECK(first.match.path == "probe/*/gain");
  CHECK(first.match.methods == method_set{method::get, method::put});
  CHECK(first.to.subsystem == "ino-{subsystem}");
  CHECK(first.to.tag == "{tag}_b");
  CHECK(first.to.path == "v1/{path}");
  CHECK(first.to.broker.empty());
  CHECK(first.to.ns.empty());
  CHECK_FALSE(first.serve);
  CHECK(first.timeout == 2s);
  CHECK(first.in_flight == 3);
  CHECK(first.queue == 0);
  CHECK(first.wire == wire_format::compact);
  CHECK(proxy.routes[1].serve);
  CHECK(proxy.routes[1].to.broker == "site");
  CHECK(proxy.routes[1].timeout == 3s);
  CHECK(proxy.routes[2].to.ns == "b3_v1");
  CHECK(proxy.routes[3].match.tags == std::vector<std::string>{"R_*", "Q"});

  const route_options plain;
  const auto& last = proxy.routes[5];
  CHECK(last.match.tags == plain.match.tags);
  CHECK(last.match.subsystems == plain.match.subsystems);
  CHECK(last.match.path == plain.match.path);
  CHECK(last.match.methods == plain.match.methods);
  CHECK(last.serve == plain.serve);
  CHECK(last.in_flight == plain.in_flight);
  CHECK(last.queue == plain.queue);
  CHECK(last.wire == plain.wire);
  CHECK_FALSE(last.token.has_value());
}

TEST_CASE("included files add their entries in the order in which they are named, each file once") {
  const auto s = load("include");
  REQUIRE(s.brokers.size() == 2);
  CHECK(s.brokers[0].name == "first");
  CHECK(s.gateway.devices.size() == 2);
  CHECK(device(s, "A").description == "From b");
  REQUIRE(s.gateway.proxy.routes.size() == 3);
  CHECK(s.gateway.proxy.routes[0].name == "main");
  CHECK(s.gateway.proxy.routes[1].name == "b");
  CHECK(s.gateway.proxy.routes[2].name == "a");
  CHECK(s.gateway.proxy.forward->text() == "A");
  CHECK(s.gateway.decoding.limits.depth == 16);
}

TEST_CASE("the shipped file contains sample devices, and reaches no others") {
  const auto s = test::load_good(MQCOAP_TESTS_DIR "/../config/mqcoap.yaml");
  CHECK(s.gateway.devices.size() == 2);
  CHECK(s.gateway.proxy.routes.empty());
  CHECK_FALSE(s.gateway.proxy.forward.has_value());
  CHECK(s.brokers.size() == 1);
}

TEST_CASE("the shipped file is emptied as it says, and what is commented out in it is right") {
  auto text = test::read_file(MQCOAP_TESTS_DIR "/../config/mqcoap.yaml");
  constexpr std::string_view include = "\ninclude: conf.d/*.yaml\n";
  REQUIRE(text.find(include) != text.npos);
  text.erase(text.find(include), include.size());  // that folder does not exist here
  const auto devices = text.find("\ndevices:\n") + 1;
  const auto ways = text.find("\n# Forwarding to other devices") + 1;
  const auto proxy = text.find("\n# proxy:\n") + 1;
  const auto limits = text.find("\nlimits:\n") + 1;
  REQUIRE((0 < devices && devices < ways && ways < proxy && proxy < limits));
  const test::temporary_folder folder;

  const auto emptied =
      folder.write("empty.yaml", text.substr(0, devices) + "devices: {}\n" + text.substr(ways));
  CHECK(test::load_good(emptied).gateway.devices.empty());

  std::istringstream lines(text.substr(proxy, limits - proxy));
  std::string opened;
  for (std::string line; std::getline(lines, line);) {
    REQUIRE((line.empty() || line.starts_with('#')));
    opened.append(line, std::min<std::size_t>(2, line.size())).append("\n");
  }
  const std::string site =
      "brokers: {lab: {url: 'mqtt://localhost'}, site: {url: 'mqtt://mqtt.example.org'}}\n";
  const auto used = folder.write("used.yaml", text.substr(0, proxy) + opened + site + text.substr(limits));
  CHECK(test::load_good(used).gateway.proxy.routes.size() == 2);
}

TEST_CASE("the files of the demo are valid") {
  for (const auto* name : {"demo.yaml", "demo-far.yaml"})
    CHECK_FALSE(test::load_good(MQCOAP_TESTS_DIR "/../config/" + std::string(name)).gateway.devices.empty());
}

TEST_CASE("metrics are served at the configured address only") {
  CHECK_FALSE(load("minimal").http.has_value());
  CHECK_FALSE(load("http_off").http.has_value());
  const auto s = load("http");
  CHECK(s.http == observe::http_options{"::1", 9100, {"metrics.lab.example", "gw-1"}});
  CHECK(load("http_empty").http == observe::http_options{});
  const test::temporary_folder folder;
  // The interface of the zone does not exist yet.
  const auto zone =
      load_settings(folder.write("zone.yaml", "http: {listen: \"[fe80::1%nowhere0]:0\"}\nversion: 1\n"));
  REQUIRE(zone.value);
  CHECK(zone.value->http == observe::http_options{"fe80::1%nowhere0", 0, {}});
  CHECK(load("http_any_port").http == observe::http_options{"127.0.0.1", 0, {"gw-1"}});
  CHECK(kind<value_options>(s, "A", "rate").is_metric);
  CHECK_FALSE(kind<value_options>(s, "A", "count").is_metric);
  CHECK_FALSE(kind<value_options>(s, "A", "name").is_metric);
}

TEST_CASE("numbers are read exactly, to the last digit") {
  const auto s = load("numbers");
  const auto& most = kind<value_options>(s, "GW_XX_0_0001", "most").initial;
  CHECK(most.text() == "1.7976931348623158e+308");
  CHECK(most.value() == std::numeric_limits<double>::max());
}

TEST_CASE("files are read as a whole, in parts, or beneath a folder") {
  const auto s = load("files");
  using form = reading_options::form;
  const auto& temperature = kind<file_options>(s, "A", "cpu_temp");
  CHECK(temperature.at.folder.empty());
  CHECK(temperature.at.path == "/sys/class/thermal/thermal_zone0/temp");
  CHECK(temperature.most == 8192);
  CHECK(temperature.front.methods == method_set{method::get});
  CHECK(temperature.front.reading == reading_options{.as = form::number, .expr = "x / 1000"});
  CHECK(temperature.front.cache == 2s);
  const auto& setpoint = kind<file_options>(s, "A", "setpoint");
  CHECK(setpoint.atomic);
  CHECK(setpoint.most == 100);
  CHECK(setpoint.front.methods == method_set{method::get, method::put});
  CHECK(setpoint.front.schema.has_value());
  CHECK(setpoint.front.cache == 0s);
  const auto& logs = kind<file_options>(s, "A", "logs/**");
  CHECK(logs.at.folder == "/var/log/lab");
  CHECK(logs.at.path.empty());
  CHECK(logs.front.reading == reading_options{});
  const auto& uptime = kind<file_options>(s, "A", "uptime");
  CHECK(uptime.front.reading == reading_options{.as = form::number, .regex = R"(^(\S+))"});
  CHECK(kind<file_options>(s, "A", "state").front.reading.as == form::json);
}

TEST_CASE("resources publish at times, at changes, or both") {
  const auto s = load("events");
  const auto& a = device(s, "A");
  CHECK(resource(a, "wave").events == event_options{.every = 2s, .change = 5, .is_percent = true});
  CHECK(resource(a, "level").events == event_options{.on_change = true, .retain = true});
  CHECK(resource(a, "shots").events == event_options{.on_change = true});
  CHECK(resource(a, "temp").events == event_options{.every = 500ms, .change = 0.5});
  CHECK_FALSE(resource(a, "quiet").events.has_value());
  CHECK(resource(a, "rough").events == event_options{.every = 2s, .change = 2.5});
  CHECK(resource(a, "coarse").events == event_options{.every = 2s, .change = 16});
  CHECK(resource(a, "fine").events == event_options{.every = 2s, .change = 0.5});
  CHECK(resource(a, "share").events == event_options{.every = 2s, .change = 0.05, .is_percent = true});
}

TEST_CASE("programs") {
  const auto s = load("programs");
  CHECK(s.gateway.limits.exec == 2);
  using strings = std::vector<std::string>;
  const auto& used = kind<exec_options>(s, "A", "disk_used");
  CHECK(used.program.argv == strings{"df", "--output=pcent", "/"});
  CHECK(used.program.environment.empty());
  CHECK_FALSE(used.program.has_input);
  CHECK(used.timeout == 2s);
  CHECK(used.most == s.gateway.decoding.limits.payload);
  CHECK(used.front.cache == 10s);
  CHECK(used.front.reading.as == reading_options::form::number);
  CHECK(used.offered() == method_set{method::get});
  const auto& move = kind<exec_options>(s, "A", "move/*");
  CHECK(move.program.argv == strings{"/usr/local/bin/move", "--", "{path.1}", "{body}"});
  CHECK(move.program.environment == std::vector<std::pair<std::string, std::string>>{{"LANG", "C.UTF-8"}});
  REQUIRE(move.paths.contains(1));
  CHECK_FALSE(move.paths.at(1).check("x").has_value());
  CHECK(move.paths.at(1).check("xy").has_value());
  CHECK(move.timeout == 0s);
  CHECK(move.most == 1024);
  CHECK(kind<exec_options>(s, "A", "store").program.has_input);
  CHECK(kind<exec_options>(s, "A", "script").program.argv.size() == 5);
  const auto& analysis = kind<process_options>(s, "A", "analysis/**");
  CHECK(analysis.program.argv == strings{"python3", "/usr/local/lib/mqcoap/analysis.py"});
  CHECK(analysis.timeout == 3s);
  CHECK(analysis.offered() == method_set::all());
  const auto& scaled = kind<process_options>(s, "A", "scaled");
  CHECK(scaled.offered() == method_set{method::get});
  CHECK(scaled.front.reading.expr == "x / 10");
  CHECK(scaled.front.cache == 1s);
}

TEST_CASE("instruments have an address, and terms") {
  const auto s = load("line");
  const auto& plain = kind<line_options>(s, "A", "voltage");
  CHECK(to_string(plain.at) == "tcp://psu.lab:5025");
  CHECK(plain.terms == line_terms{});
  CHECK(plain.get == *line_template::parse("MEAS:VOLT?"));
  CHECK(plain.put == *line_template::parse("VOLT {body}"));
  CHECK_FALSE(plain.post.has_value());
  CHECK_FALSE(plain.is_answered.has_value());
  CHECK(plain.offered() == method_set{method::get, method::put});
  const auto& board = kind<line_options>(s, "A", "board");
  CHECK(to_string(board.at) == "serial:///dev/ttyACM0?baud=115200&parity=even&bits=7&stop=2&flow=software");
  CHECK(board.terms == line_terms{.terminator = line_end::crlf,
                                  .send_terminator = line_end::cr,
                                  .timeout = 500ms,
                                  .connect = 1s,
                                  .idle = 5s,
                                  .settle = 2s,
                                  .pause = 10ms,
                                  .drain = 1s,
                                  .most = 1024,
                                  .queue = 8});
  CHECK(board.is_answered == true);
  CHECK(board.expect.has_value());
  // A serial port stays open, and a late answer may still arrive.
  const auto& channel = kind<line_options>(s, "A", "channel/**");
  CHECK(channel.terms == line_terms{.idle = 0s, .drain = 2s});
  CHECK(channel.rest.has_value());
}

TEST_CASE("actions") {
  const auto s = load("actions");
  const auto& trigger = kind<action_options>(s, "GW_1", "trigger");
  REQUIRE(trigger.exec);
  CHECK(trigger.exec->program == child_options{{"/usr/local/bin/fire-shot"}, {}, false});
  CHECK(trigger.exec->timeout == 0ms);
  CHECK(trigger.exec->most == s.gateway.decoding.limits.payload);
  CHECK(trigger.request == action_request{make_address("2D_XX_0_9999/axuv/arm"), method::post, {}});
  CHECK(trigger.publish == action_event{*resource_path::parse("shot"), *json_text::parse("\"fired\"")});
  CHECK(trigger.target_device()->text() == "2D_XX_0_9999");
  CHECK_FALSE(trigger.schema);
  const auto requested = resource(device(s, "GW_1"), "trigger").kind.sent_request();
  REQUIRE(requested);
  CHECK(requested->to == trigger.request->to);
  CHECK(requested->verb == method::post);

  const auto& move = kind<action_options>(s, "GW_1", "move");
  REQUIRE(move.exec);
  CHECK(move.exec->program ==
        child_options{{"/usr/local/bin/move", "--to", "{body}"}, {{"LANG", "C.UTF-8"}}, true});
  CHECK(move.exec->timeout == 2s);
  CHECK(move.schema);
  CHECK_FALSE(move.request);
  CHECK(move.target_device() == nullptr);

  const auto& store = kind<action_options>(s, "GW_1", "store");
  CHECK(store.request ==
        action_request{make_address("GW_2/any/level"), method::put, *json_text::parse("[1,2]")});
  CHECK(kind<action_options>(s, "GW_1", "tell").publish ==
        action_event{*resource_path::parse("shot/ended"), {}});
}

TEST_CASE("topics are read and written") {
  const auto s = load("topics");
  using form = reading_options::form;
  const auto& vacuum = kind<topic_options>(s, "A", "vacuum");
  CHECK(vacuum.topic == "lab/vacuum/gauge1");
  CHECK(vacuum.front.reading == reading_options{.as = form::json, .pointer = "/pressure", .expr = "x * 100"});
  CHECK(vacuum.front.is_metric);
  CHECK(vacuum.stale_after == 30s);
  CHECK(vacuum.offered() == method_set{method::get});
  CHECK(resource(device(s, "A"), "vacuum").events == event_options{.on_change = true});
  const auto& valve = kind<topic_options>(s, "A", "valve");
  CHECK(valve.set_topic == "lab/valve/set");
  CHECK(valve.set_retain);
  CHECK(valve.front.schema.has_value());
  CHECK(valve.front.reading == reading_options{});
  CHECK_FALSE(valve.stale_after.has_value());
  CHECK(valve.offered() == method_set{method::get, method::put});
  CHECK(kind<topic_options>(s, "A", "uptime").topic == "$SYS/broker/uptime");
  const auto& wave = kind<signal_options>(s, "A", "wave");
  CHECK(wave.sample == 100ms);
  CHECK(wave.is_metric);
}

TEST_CASE("HTTP servers have a URL, and terms") {
  using form = reading_options::form;
  const auto s = load("http_servers");
  const auto& plain = kind<http_resource_options>(s, "A", "camera/exposure");
  CHECK(plain.at == http_url{"camera.lab", 8080, "/api/exposure", ""});
  CHECK(plain.terms == http_terms{});
  CHECK(plain.fields.empty());
  CHECK(plain.front.reading.as == form::json);
  CHECK(plain.front.reading.pointer == "/ms");
  CHECK(plain.offered() == method_set{method::get});
  const auto& relay = kind<http_resource_options>(s, "A", "relay/*");
  CHECK(relay.at == http_url{"::1", 80, "/rpc/", "?key=1"});
  CHECK(relay.terms == http_terms{.timeout = 500ms, .idle = 0s, .most = 1024, .connections = 1, .queue = 8});
  CHECK(relay.fields ==
        std::vector<http_field>{{"Accept", secret("application/cbor")}, {"X-Lab", secret("bay 3")}});
  CHECK(relay.sends_text);
  CHECK(relay.front.reading.as == form::text);
  CHECK(relay.offered() == method_set::all());
  const auto& shelf = kind<http_resource_options>(s, "A", "shelf/**");
  CHECK(shelf.at.path == "/");
  CHECK(shelf.offered() == method_set{method::get, method::del});
  const auto& temperature = kind<http_resource_options>(s, "A", "temperature");
  CHECK(temperature.front.reading.as == form::number);
  CHECK(temperature.front.reading.expr == "x + 273.15");
  CHECK(temperature.front.cache == 1s);
}
