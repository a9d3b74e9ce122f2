#include <doctest/doctest.h>

#include <hints.hpp>

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
  CHECK(holds(hint_for_outage("the broker closed the connection", broker), "mqtts://"));
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

TEST_CASE("what to try after an answer, or after none") {
  CHECK(holds(hint_for_answer(exchanged(response_code::not_found, "1")), "mqcoap ls DEV_1"));
  CHECK(holds(hint_for_answer(exchanged(response_code::unauthorized, "1")), "MQCOAP_TOKEN"));
  CHECK(hint_for_answer(exchanged(response_code::content, "1")).empty());
  settled_options options;
  const auto to = make_address("DEV_1/axuv/gains");
  CHECK(holds(hint_for_failure(errc::timed_out, to, options), "--timeout 10s"));
  CHECK(holds(hint_for_failure(errc::denied, to, options), "gf_int_v1/axuv/response/DEV_1/+"));
}
