#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <mqcoap/base/units.hpp>
#include <mqcoap/net/name_lookup.hpp>
#include <mqcoap/resource/discovery.hpp>
#include <vector>

#include "options/configuration_file.hpp"
#include "output/findings.hpp"
#include "session/doctor_bridges.hpp"
#include "session/hints.hpp"
#include "session/request_verb.hpp"
#include "verbs/verbs.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

using tcp = boost::asio::ip::tcp;

/// The time to wait for a second answer: two programs answer at about the same time.
constexpr std::chrono::milliseconds pause_for_second_answer{300};

constexpr int round_trips = 21;
/// The timeout of the first request to this program. A client that is not allowed to answer would otherwise
/// wait for the full timeout.
constexpr std::chrono::milliseconds longest_probe{2000};
/// The default payload limit of a gateway, minus room for a header.
constexpr std::size_t large_body = 250 * 1024;

constexpr char hangs_up_at_dots[] = "the broker ends the connection at a topic with a dot, as NATS 2.9 does";

std::string dot_advice() {
  return "use names without dots: a tag, namespace or subsystem with a dot gets no messages at such a broker";
}

/// Runs the checks in sequence; each shows its finding immediately.
class examination {
 public:
  explicit examination(const settled_options& options) : options_(options), trial_(options) {
    auto& client = trial_.client;
    client.broker.qos = 1;  // with MQTT 5 the broker then reports denied publishes
    client.tag =
        device_tag::parse("mqcoap_doctor_" + request_id_generator().next().canonical().substr(0, 8)).value();
    if (client.broker.protocol == mqtt_protocol::automatic) client.broker.protocol = mqtt_protocol::v5;
  }

  /// @param device  TAG or TAG/SUBSYSTEM; empty: no device
  /// @param file  a gateway's configuration; empty: none
  int run(const std::string& device, const std::string& file) {
    if (check_network() && check_connection()) {
      check_requests(!device.empty());
      if (!device.empty()) check_device(device);
    }
    session_.reset();
    if (!file.empty())
      examine_bridges(options_, load_configuration(file), [this](const finding& f) { show(f); });
    return status_;
  }

 private:
  void show(const finding& f) {
    if (f.result == verdict::fail && status_ == status_ok) status_ = f.status;
    print(show_finding(f, options_.output));
  }
  void ok(std::string what, std::string message) { show({verdict::ok, std::move(what), std::move(message)}); }
  void warn(std::string what, std::string message, std::string advice) {
    show({verdict::warn, std::move(what), std::move(message), std::move(advice)});
  }
  void fail(exit_status status, std::string what, std::string message, std::string advice) {
    show({verdict::fail, std::move(what), std::move(message), std::move(advice), status});
  }

  std::vector<tcp::endpoint> find_broker(session& s, steady_time deadline);
  bool check_network();
  bool check_connection();
  bool try_version(mqtt_protocol version, error_code& error, outage_cause& why);
  void check_requests(bool asks_device);
  void measure();
  void check_publish();
  void check_dots();
  void check_large();
  void check_device(const std::string& device);
  void check_second_answer(const std::string& tag, std::uint64_t before);
  void check_gateway(const device_tag& tag);
  request_spec to_ourselves() const {
    return request_spec(
        address{*trial_.client.tag, *subsystem_name::parse("gateway"), *resource_path::parse("doctor")});
  }

  const settled_options& options_;
  settled_options trial_;
  std::unique_ptr<session> session_;
  std::chrono::microseconds handshake_{};
  bool refuses_dots_ = false;  ///< at this broker, a tag with a dot receives no messages
  int status_ = status_ok;
};

/// Returns the addresses of the broker, after showing what was found; none if its name cannot be resolved.
/// Neither the deadline nor a signal waits for a name server that is silent.
std::vector<tcp::endpoint> examination::find_broker(session& s, steady_time deadline) {
  const auto& broker = options_.client.broker;
  name_lookup lookup(s.loop().get_executor());
  auto resolved = std::make_shared<std::optional<resolved_name>>();
  lookup.begin(broker.host, [resolved](resolved_name found) { *resolved = std::move(found); });
  if (!s.wait_until(deadline, [&] { return resolved->has_value(); }) || !(*resolved)->fault.empty()) {
    fail(status_unreachable, "name",
         "'" + broker.host +
             "' has no address: " + (*resolved ? (*resolved)->fault : "the name server does not answer"),
         "is it spelled right? `getent hosts " + broker.host + "`; -h HOST names another broker");
    return {};
  }
  std::vector<tcp::endpoint> places;
  std::string addresses;
  for (const auto& each : (*resolved)->addresses) {
    places.emplace_back(boost::asio::ip::make_address(each), broker.port);
    addresses += (addresses.empty() ? "" : ", ") + each;
  }
  ok("name", broker.host + ": " + addresses);
  return places;
}

bool examination::check_network() {
  const auto& broker = options_.client.broker;
  session s(options_);  // used for its loop and signals; it does not connect
  const auto deadline = std::chrono::steady_clock::now() + options_.client.timeout;
  const auto places = find_broker(s, deadline);
  if (places.empty()) return false;

  const auto began = std::chrono::steady_clock::now();
  auto socket = std::make_shared<tcp::socket>(s.loop());
  auto connected = std::make_shared<std::optional<error_code>>();
  // The fault of the first address is reported: the later ones may be of a family that this machine lacks.
  auto first_fault = std::make_shared<error_code>();
  boost::asio::async_connect(
      *socket, places,
      [first_fault](error_code ec, const tcp::endpoint&) {
        if (!*first_fault) *first_fault = ec;
        return true;
      },
      [socket, connected, first_fault](error_code ec, const tcp::endpoint&) {
        *connected = ec && *first_fault ? *first_fault : ec;
      });
  const bool in_time = s.wait_until(deadline, [&] { return connected->has_value(); });
  handshake_ =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  if (!in_time || **connected) {
    const bool is_refused = in_time && **connected == boost::asio::error::connection_refused;
    fail(status_unreachable, "tcp",
         "port " + std::to_string(broker.port) + ": " + (in_time ? (*connected)->message() : "no answer"),
         is_refused ? "does the broker run there, and listen on this address? `listener " +
                          std::to_string(broker.port) + "` in mosquitto.conf"
                    : "is there a firewall, or is the machine off?");
    return false;
  }
  ok("tcp", "port " + std::to_string(broker.port) + " answers in " + in_milliseconds(handshake_) + " ms");
  return true;
}

bool examination::try_version(mqtt_protocol version, error_code& error, outage_cause& why) {
  trial_.client.broker.protocol = version;
  session_.reset();
  session_ = std::make_unique<session>(trial_);
  error = session_->try_connect(why);
  return !error || error == errc::denied;  // if the broker denies the subscription, the client is connected
}

bool examination::check_connection() {
  const bool may_choose = options_.client.broker.protocol == mqtt_protocol::automatic;
  error_code error;
  outage_cause why;
  const auto first = may_choose ? mqtt_protocol::v5 : options_.client.broker.protocol;
  bool is_there = try_version(first, error, why);
  if (!is_there && may_choose) {
    const auto why_not_5 = why.message();
    is_there = try_version(mqtt_protocol::v311, error, why);
    if (is_there)
      warn("mqtt", "3.1.1; version 5 is refused: " + why_not_5,
           "with 3.1.1 a broker does not report messages that it denies; mosquitto 1.6 and later speak 5");
  } else if (is_there) {
    ok("mqtt", first == mqtt_protocol::v5 ? "version 5" : "version 3.1.1");
  }
  const auto& user = options_.client.broker.username;
  if (!is_there) {
    fail(status_unreachable, "mqtt", why.message(), hint_for_outage(why, options_.client.broker));
    return false;
  }
  if (const auto limit = session_->mqtt().largest_packet(); limit > 0)
    ok("packet limit", "the broker accepts packets of at most " + size_to_string(limit));
  ok("login", user.empty() ? "without a user name" : "as '" + user + '\'');
  if (error)
    ok("subscribe", "the broker denies " + request_filter(options_.client.ns, *trial_.client.tag) +
                        ", which only devices need");
  else
    ok("subscribe", "subscriptions are confirmed");
  return true;
}

/// Checks whether requests may be sent and, if this program may also answer them, how fast that is. Sending
/// requests to devices needs only the former.
void examination::check_requests(bool asks_device) {
  auto probe = to_ourselves();
  probe.timeout = std::min(options_.client.timeout, longest_probe);
  const auto first = session_->request(probe);
  if (first.answered) return measure();
  const auto line = acl_line_for_requests(options_.client.ns, "+");
  if (first.error == errc::denied) {
    if (asks_device) return;  // perhaps only requests to this device are allowed
    return fail(status_of(first.error), "self-request",
                "the broker denies requests to a tag that no device has",
                "in its ACL: " + line + "; if only one device may be asked: mqcoap doctor TAG");
  }
  const bool has_dot = options_.client.ns.text().find('.') != std::string::npos;
  if (first.error == errc::connection_lost && has_dot)
    return fail(status_of(first.error), "self-request", hangs_up_at_dots, dot_advice());
  if (first.error != errc::timed_out)
    return fail(
        status_of(first.error), "self-request", first.error.message(),
        "was the broker lost? `mqcoap doctor` again; mosquitto with max_queued_messages 0 ends a connection "
        "whose request it denies: then its ACL needs " +
            line);
  // A message arrived, but under another topic.
  if (session_->mqtt().stats().ignored > 0)
    return fail(status_of(first.error), "self-request", "the broker delivers it under another topic",
                dot_advice());
  if (trial_.client.broker.protocol == mqtt_protocol::v5)
    return ok("self-request",
              std::string("requests may be sent; answering them is denied, and only devices do that") +
                  (asks_device ? "" : "; mqcoap doctor TAG checks one device"));
  warn("self-request", "nothing comes back; with MQTT 3.1.1 a broker does not say what it denies",
       "asking devices needs, in its ACL: " + line + " and " + acl_line_for_answers(options_.client.ns, "+"));
}

/// Measures requests to this program, and checks what else the broker allows.
void examination::measure() {
  std::vector<std::chrono::microseconds> times;
  for (int i = 0; i < round_trips; ++i) {
    const auto outcome = session_->request(to_ourselves());
    if (!outcome.answered)
      return fail(status_of(outcome.error), "self-request",
                  outcome.error.message() + ", after other requests passed",
                  "look at the broker's log, and at the network");
    times.push_back(outcome.answered->took);
  }
  show(judge_round_trip(median(std::move(times)), handshake_));
  check_publish();
  check_dots();
  check_large();
}

/// Checks whether the client may publish events, as devices do.
void examination::check_publish() {
  if (trial_.client.broker.protocol != mqtt_protocol::v5) return;
  const general_topic topic(options_.client.ns, *subsystem_name::parse("gateway"), general_topic::kind::event,
                            *trial_.client.tag, *resource_path::parse("doctor"));
  const auto [error] = session_->await<error_code>(
      [&](auto done) { session_->mqtt().async_publish(topic, json_text(), false, std::move(done)); });
  if (!error) return ok("publish", "events may be published");
  warn("publish", "events: " + error.message(),
       "only for devices that send events, in the broker's ACL: topic write " + options_.client.ns.text() +
           "/+/event/+/#");
}

/// Sends an event to this program, followed by a request. An event that has not arrived when the request is
/// answered will not arrive.
void examination::check_dots() {
  const auto& tag = *trial_.client.tag;
  const auto gateway = *subsystem_name::parse("gateway");
  auto came_as = std::make_shared<std::string>();
  try {
    session_->subscribe(general_filter(general_topic::kind::event, gateway, tag),
                        [came_as](const general_message& m) { *came_as = m.topic.path.key(); });
  } catch (const failure&) {
    return;  // the broker denies events, which sending requests does not need
  }
  const general_topic sent(options_.client.ns, gateway, general_topic::kind::event, tag,
                           *resource_path::parse("doctor.dots"));
  const auto [error] = session_->await<error_code>(
      [&](auto done) { session_->mqtt().async_publish(sent, json_text(), false, std::move(done)); });
  if (error == errc::connection_lost) {
    refuses_dots_ = true;
    warn("dots", hangs_up_at_dots, dot_advice());
    outage_cause why;
    session_->try_connect(why);  // if this fails, the next checks report it
    return;
  }
  session_->request(to_ourselves());
  refuses_dots_ = *came_as == "doctor/dots";
  if (refuses_dots_)
    warn("dots", "the broker treats a dot in a topic as a '/', as RabbitMQ does", dot_advice());
}

void examination::check_large() {
  auto what = to_ourselves();
  what.verb = method::put;
  what.body = json_text::from_string(std::string(large_body, 'x'));
  const auto outcome = session_->request(what);
  const auto size = size_to_string(large_body);
  if (outcome.answered) return ok("large messages", size + " pass");
  const auto limit = session_->mqtt().largest_packet();
  warn("large messages", size + " do not pass: " + outcome.error.message(),
       limit == 0 ? "`message_size_limit` and `max_packet_size` in mosquitto.conf"
                  : "the broker accepts packets of at most " + size_to_string(limit) +
                        ": `max_packet_size` in mosquitto.conf");
}

void examination::check_device(const std::string& device) {
  const request_spec what(discovery_address(device), method::get);
  const auto duplicates = session_->mqtt().stats().duplicates;
  const auto outcome = session_->request(what);
  const auto& tag = what.to.tag.text();
  const auto& ns = options_.client.ns;
  if (!outcome.answered && refuses_dots_ && device.find('.') != std::string::npos)
    return fail(status_of(outcome.error), "device", tag + " cannot be asked at this broker", dot_advice());
  if (outcome.error == errc::denied) {
    return fail(
        status_of(outcome.error), "device",
        outcome.sent ? "the broker denies requests to " + tag : "the broker denies us the answers of " + tag,
        "in its ACL: " + (outcome.sent ? acl_line_for_requests(ns, tag) : acl_line_for_answers(ns, tag)));
  }
  if (!outcome.answered) {
    const bool reports_denied = trial_.client.broker.protocol == mqtt_protocol::v5;
    return fail(status_of(outcome.error), "device", tag + " does not answer: " + outcome.error.message(),
                "is it switched on, its tag spelled right, in the namespace '" + ns.text() +
                    "'? A broker does not report answers that it withholds: in its ACL, " +
                    (reports_denied ? "" : acl_line_for_requests(ns, tag) + " and ") +
                    acl_line_for_answers(ns, tag));
  }
  const auto& answer = outcome.answered->answer;
  ok("device", tag + " answers in " + in_milliseconds(outcome.answered->took) +
                   " ms: " + std::to_string(to_int(answer.code)) + ' ' + std::string(to_string(answer.code)));
  if (answer.sent_at) show(judge_clock(*answer.sent_at, system_clock().wall(), outcome.answered->took));
  check_second_answer(tag, duplicates);
  check_gateway(what.to.tag);
}

/// Detects two programs that answer for the same tag: both run every request.
void examination::check_second_answer(const std::string& tag, std::uint64_t before) {
  const auto is_doubled = [&] { return session_->mqtt().stats().duplicates > before; };
  if (session_->wait_until(std::chrono::steady_clock::now() + pause_for_second_answer, is_doubled))
    fail(status_server_error, "answers", "two programs answer for " + tag + ": every request runs twice",
         "stop one of them: a device, a gateway or `mqcoap serve` with that tag");
  else
    ok("answers", "each request gets one");
}

/// Shows the status of the device, if it is a gateway.
void examination::check_gateway(const device_tag& tag) {
  const auto outcome = session_->request(
      request_spec(address{tag, *subsystem_name::parse("any"), *resource_path::parse(".gw/status")}));
  if (!outcome.answered || outcome.answered->answer.code != response_code::content) return;
  if (const auto found = judge_gateway(outcome.answered->answer.body.text()))
    for (const auto& each : *found) show(each);
}

}  // namespace

verb declare_doctor(CLI::App& root) {
  auto app =
      command(root).add_subcommand("doctor", "Find problems between this machine, the broker and a device");
  auto device = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  app->add_option("TAG", *device, "The device to check: TAG or TAG/SUBSYSTEM");
  app->add_option("--config", *file,
                  "A gateway's configuration: check whether its brokers are bridged where it serves")
      ->option_text("FILE");
  app->footer(
      "Prints a line for each check: ok, warn or fail, and what to do. It checks what is needed to send\n"
      "requests to devices, with TAG to that device. Exit status: 0 if no check failed.\n\n"
      "Examples:\n"
      "  mqcoap doctor\n"
      "  mqcoap -L mqtt://lab@broker.example.org doctor 2D_XX_0_9999\n"
      "  mqcoap doctor --config /etc/mqcoap/mqcoap.yaml");
  return {.app = app,
          .run =
              [device, file](const settled_options& options) {
                if (!device->empty()) discovery_address(*device);  // throws before any check runs
                return examination(options).run(*device, *file);
              },
          .has = effects::with_outputs({"body", "json"})};
}

}  // namespace mqcoap::cli
