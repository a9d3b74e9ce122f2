#include <doctest/doctest.h>

#include <hints.hpp>
#include <mqcoap/transport/packet_limit.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using test::exchanged;

namespace {

bool holds(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("what to try depends on what went wrong with the broker") {
  link_options broker;
  broker.host = "lab";
  CHECK(holds(hint_for_outage("cannot resolve the name: Host not found (authoritative)", broker),
              "getent hosts lab"));
  CHECK(holds(hint_for_outage("not authorised", broker), "-u NAME"));
  CHECK(holds(hint_for_outage("Connection refused", broker), "-h HOST"));
  const auto* const hung_up =
      "the broker closed the connection before answering MQTT 5: does it want TLS on this port? Or another "
      "version of "
      "MQTT?";
  CHECK(holds(hint_for_outage(hung_up, broker), "mqtts://"));
  CHECK(holds(hint_for_outage(hung_up, broker), "-V 3.1.1"));
  broker.username = "me";
  CHECK(holds(hint_for_outage("not authorised", broker), "'me'"));
  broker.tls.emplace();
  CHECK(holds(hint_for_outage("is not signed by an authority that we trust (x)", broker), "--cafile"));
  CHECK(holds(hint_for_outage("the broker's certificate is for other, not for lab", broker), "--insecure"));
}

TEST_CASE("places never hold a password") {
  link_options broker;
  broker.host = "::1";
  broker.username = "me";
  broker.password = secret("hunter2");
  CHECK(place_of(broker) == "mqtt://[::1]:1883");
  broker.tls.emplace();
  CHECK(place_of(broker) == "mqtts://[::1]:1883");
}

TEST_CASE("the hint names the limit of size that was met") {
  const auto hint = [](response_code code, const std::string& words) {
    return hint_for_answer(exchanged(code, '"' + words + '"'));
  };
  const auto too_large = response_code::request_entity_too_large;
  const auto packet = too_large_words("the answer", 5000, "lab", {3000, packet_limit::origin::announced});
  CHECK(holds(hint(too_large, packet), "`max_packet_size`"));
  CHECK(holds(hint(response_code::internal_server_error, packet), "`max_packet_size`"));
  const auto configured =
      too_large_words("the answer", 5000, "lab", {3000, packet_limit::origin::configured});
  CHECK(holds(hint(too_large, configured), "`max_packet` of that broker"));
  CHECK(holds(hint(too_large, "the payload has 300000 bytes, the limit is 262144"), "`limits.payload`"));
  CHECK(holds(hint(too_large, "runs is full with 3 items; DELETE one first"), "`collection: {max: ...}`"));
  CHECK(hint(response_code::internal_server_error, "the sensor is gone").empty());
  const settled_options options;
  const auto to = make_address("DEV_1/axuv/gains");
  CHECK(
      holds(hint_for_failure(errc::too_large, to, options, 3 << 10), "the broker takes 3KiB in one packet"));
  CHECK(holds(hint_for_failure(errc::too_large, to, options), "256 MiB"));
}

TEST_CASE("what to try after an answer, or after none") {
  CHECK(holds(hint_for_answer(exchanged(response_code::not_found, "1")), "mqcoap ls DEV_1"));
  CHECK(holds(hint_for_answer(exchanged(response_code::unauthorized, "1")), "MQCOAP_TOKEN"));
  CHECK(hint_for_answer(exchanged(response_code::content, "1")).empty());
  settled_options options;
  const auto to = make_address("DEV_1/axuv/gains");
  CHECK(holds(hint_for_failure(errc::timed_out, to, options), "--timeout 10s"));
  CHECK(holds(hint_for_failure(errc::denied, to, options), "gf_int_v1/axuv/response/DEV_1/+"));
}
