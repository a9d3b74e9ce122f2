#include <doctest/doctest.h>

#include <map>
#include <mqcoap/transport/packet_limit.hpp>
#include <session/hints.hpp>
#include <session/repeat_arguments.hpp>
#include <words/failure.hpp>
#include <words/holds.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using test::exchanged;

namespace {

using fault_kind = connection_fault::kind;

connection_fault of(fault_kind what) { return {.what = what}; }

}  // namespace

TEST_CASE("the hint depends on what went wrong with the broker") {
  link_options broker;
  broker.host = "lab";
  CHECK(holds(hint_for_outage(of(fault_kind::name_unknown), broker), "getent hosts lab"));
  CHECK(holds(hint_for_outage(of(fault_kind::not_authorized), broker), "-u NAME"));
  CHECK(holds(hint_for_outage(of(fault_kind::connection_refused), broker), "-h HOST"));
  CHECK(holds(hint_for_outage(of(fault_kind::hung_up), broker), "mqtts://"));
  CHECK(holds(hint_for_outage(of(fault_kind::hung_up), broker), "-V 3.1.1"));
  broker.username = "me";
  CHECK(holds(hint_for_outage(of(fault_kind::not_authorized), broker), "'me'"));
  broker.tls.emplace();
  CHECK(holds(hint_for_outage(of(fault_kind::tls_untrusted), broker), "--cafile"));
  CHECK(holds(hint_for_outage(of(fault_kind::tls_wrong_host), broker), "--insecure"));
  CHECK_FALSE(holds(hint_for_outage(of(fault_kind::hung_up), broker), "mqtts://"));
}

TEST_CASE("the kind of a fault determines the hint, whatever its message is") {
  link_options broker;
  broker.host = "lab";
  const std::map<fault_kind, std::string> special{
      {fault_kind::name_unknown, "getent"},
      {fault_kind::name_slow, "getent"},
      {fault_kind::tls_stalled, "mqtt:// for a port"},
      {fault_kind::tls_closed, "mqtt:// for a port"},
      {fault_kind::tls_untrusted, "--cafile"},
      {fault_kind::tls_wrong_host, "--insecure"},
      {fault_kind::tls_certificate_wanted, "--cert FILE"},
      {fault_kind::hung_up, "-V 3.1.1"},
      {fault_kind::bad_credentials, "-u NAME"},
      {fault_kind::not_authorized, "-u NAME"},
      {fault_kind::rights_withdrawn, "-u NAME"},
  };
  // Messages that combine the texts of several causes; they must not change the hint.
  for (const std::string said :
       {"", "ganz andere Worte",
        "authority that we trust not for lab certificate of ours is TLS spoken resolve authori user denied "
        "closed version of MQTT"}) {
    CAPTURE(said);
    for (int i = 0; i <= static_cast<int>(fault_kind::given_up); ++i) {
      CAPTURE(i);
      const connection_fault fault{.what = static_cast<fault_kind>(i),
                                   .quoted = said,
                                   .host = said,
                                   .certificate = {.names = said, .date = said},
                                   .rival = connection_fault::rival_facts{said}};
      const auto at = special.find(fault.what);
      CHECK(holds(hint_for_outage(fault, broker),
                  at == special.end() ? "name the broker: -h HOST" : at->second));
    }
  }
}

TEST_CASE("with several servers, the most helpful hint is used") {
  link_options broker;
  using attempts = std::vector<outage_cause::attempt>;
  const outage_cause why(
      attempts{{of(fault_kind::connection_refused), "a:1"}, {of(fault_kind::tls_untrusted), "b:2"}});
  CHECK(holds(hint_for_outage(why, broker), "--cafile"));
  connection_fault fault = of(fault_kind::hung_up);
  fault.attempt = {.tls = true, .certificate_requested = true};
  CHECK(holds(hint_for_outage(fault, broker), "--cert FILE"));
}

TEST_CASE("broker addresses in messages never contain a password") {
  link_options broker;
  broker.host = "::1";
  broker.username = "me";
  broker.password = secret("hunter2");
  CHECK(place_of(broker) == "mqtt://[::1]:1883");
  broker.tls.emplace();
  CHECK(place_of(broker) == "mqtts://[::1]:1883");
}

TEST_CASE("the hint names the size limit that was exceeded") {
  const auto hint = [](response_code code, const std::string& message) {
    return hint_for_answer({make_error_code(code), exchanged(code, '"' + message + '"'), {}},
                           request_spec("DEV_1/axuv/gains"));
  };
  const auto too_large = response_code::request_entity_too_large;
  const auto packet = too_large_text("the answer", 5000, "lab", {3000, packet_limit::origin::announced});
  CHECK(holds(hint(too_large, packet), "`max_packet_size`"));
  CHECK(holds(hint(response_code::internal_server_error, packet), "`max_packet_size`"));
  const auto configured = too_large_text("the answer", 5000, "lab", {3000, packet_limit::origin::configured});
  CHECK(holds(hint(too_large, configured), "`max_packet` of that broker"));
  CHECK(holds(hint(too_large, "the payload has 300000 bytes, the limit is 262144"), "`limits.payload`"));
  CHECK(holds(hint(too_large, "runs is full with 3 items; DELETE one first"), "`collection: {max: ...}`"));
  CHECK(hint(response_code::internal_server_error, "the sensor is gone").empty());
  const settled_options options;
  const auto after = [&](std::size_t largest_packet) {
    return hint_for_failure({errc::too_large, {}, {}, largest_packet}, request_spec("DEV_1/axuv/gains"),
                            options);
  };
  CHECK(holds(after(3 << 10), "the broker accepts packets of at most 3KiB"));
  CHECK(holds(after(0), "256 MiB"));
}

TEST_CASE("hints after an answer, or without one") {
  const auto hint = [](response_code code, method verb, const char* message = "\"no\"") {
    request_spec spec("DEV_1/axuv/gains", verb);
    spec.id = *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da");
    return hint_for_answer({make_error_code(code), exchanged(code, message), {}}, spec);
  };
  CHECK(holds(hint(response_code::not_found, method::get), "mqcoap ls DEV_1"));
  CHECK(holds(hint(response_code::unauthorized, method::put), "MQCOAP_TOKEN"));
  CHECK(hint(response_code::content, method::get).empty());
  CHECK(holds(hint(response_code::gateway_timeout, method::get), "switched on"));
  for (const auto* message : {"\"DEV_1 did not answer within 4s\"", "\"the time was over; it was not sent\""})
    CHECK(holds(hint(response_code::gateway_timeout, method::get, message), "switched on"));
  for (const auto* message : {"\"gains: the program did not end within 5s\"",
                              "\"supply/power: the instrument has not answered within 200ms\"",
                              "\"GW_1/axuv/gains did not answer within 30s\""}) {
    CHECK(holds(hint(response_code::gateway_timeout, method::get, message), "behind this resource"));
    CHECK_FALSE(holds(hint(response_code::gateway_timeout, method::get, message), "switched on"));
  }
  CHECK(holds(hint(response_code::gateway_timeout, method::put), "mqcoap get DEV_1/axuv/gains"));
  CHECK(holds(hint(response_code::gateway_timeout, method::put),
              "--request-id 16fd2706-8baf-433b-82eb-8c7fada847da"));
  CHECK(holds(hint(response_code::gateway_timeout, method::put, "\"it was not sent\""), "switched on"));
  CHECK(holds(hint(response_code::gateway_timeout, method::put, "\"it was not run\""), "switched on"));
  for (const auto code : {response_code::bad_gateway, response_code::service_unavailable}) {
    CHECK(holds(hint(code, method::put, "\"no device answers; the PUT may have been run\""), "--request-id"));
    CHECK_FALSE(holds(hint(code, method::put), "--request-id"));
  }

  settled_options options;
  const auto after = [&](errc error, method verb, bool sent = true) {
    return hint_for_failure({.error = error, .sent = sent}, request_spec("DEV_1/axuv/gains", verb), options);
  };
  CHECK(holds(after(errc::timed_out, method::get), "--timeout 10s"));
  CHECK(holds(after(errc::timed_out, method::put, false), "--timeout 10s"));
  for (const auto verb : {method::put, method::post, method::del}) {
    CHECK_FALSE(holds(after(errc::timed_out, verb), "--timeout"));
    CHECK(holds(after(errc::timed_out, verb), "check first"));
    CHECK(holds(after(errc::connection_lost, verb), "check first"));
  }
  CHECK(holds(after(errc::denied, method::put), "topic write gf_int_v1/+/request/DEV_1/+"));
  CHECK(holds(after(errc::denied, method::get, false), "topic read gf_int_v1/+/response/DEV_1/+"));
}

TEST_CASE("which requests are repeated, and after which pause") {
  using namespace std::chrono_literals;
  const auto answered = [](response_code code) {
    return request_outcome{make_error_code(code), exchanged(code, "\"no\""), {}};
  };
  CHECK(may_repeat(answered(response_code::service_unavailable)));
  CHECK(may_repeat(answered(response_code::gateway_timeout)));
  CHECK_FALSE(may_repeat(answered(response_code::content)));
  CHECK_FALSE(may_repeat(answered(response_code::bad_request)));
  CHECK_FALSE(may_repeat({errc::denied, {}, {}}));
  CHECK_FALSE(may_repeat({errc::unusable_answer, {}, {}}));
  CHECK(may_repeat({errc::timed_out, {}, {}}));
  CHECK(pause_before(1, {errc::timed_out, {}, {}}) == 0ms);
  CHECK(pause_before(1, answered(response_code::gateway_timeout)) == 1s);
  CHECK(pause_before(3, answered(response_code::gateway_timeout)) == 4s);
  CHECK(pause_before(90, answered(response_code::gateway_timeout)) == 16s);
}

TEST_CASE("an explicit id is validated before anything is sent") {
  CHECK(repeat_arguments{.id = "16fd27068baf433b82eb8c7fada847da"}.chosen_id().text() ==
        "16fd27068baf433b82eb8c7fada847da");
  CHECK_THROWS_AS(repeat_arguments{.id = "17"}.chosen_id(), usage_failure);
  CHECK_FALSE(repeat_arguments{}.chosen_id() == repeat_arguments{}.chosen_id());
}

TEST_CASE("the hint for a 505 names what is missing in the gateway's configuration") {
  const auto hint = [](const std::string& message) {
    const auto code = response_code::proxying_not_supported;
    return hint_for_answer({make_error_code(code), exchanged(code, '"' + message + '"'), {}},
                           request_spec("GW_1/proxy/DEV_1/axuv/gains"));
  };
  CHECK(holds(hint("GW_1 does not forward: the subsystem 'proxy' is not served"), "`forward: GW_1`"));
  CHECK(holds(hint("GW_1 does not forward: it takes no proxy_uri"), "`forward: GW_1`"));
  CHECK(holds(hint("no proxy route allows GET DEV_1/axuv/gains"), "`proxy.routes`"));
}
