#include <doctest/doctest.h>

#include <cerrno>
#include <mqcoap/transport/connection_fault.hpp>
#include <mqcoap/transport/outage_cause.hpp>

using namespace mqcoap;
using namespace std::chrono_literals;
using kind = connection_fault::kind;

namespace {

std::string message(connection_fault f) { return f.message(); }
/// Returns the text of a fault that contains only a quoted message.
std::string quoting(kind what) { return message({.what = what, .quoted = "so it says"}); }

}  // namespace

TEST_CASE("the kind \"no fault\" has no message, and every other kind has one") {
  CHECK(connection_fault{}.message().empty());
  CHECK_FALSE(connection_fault{});
  for (int i = 1; i <= static_cast<int>(kind::given_up); ++i) {
    const connection_fault f{.what = static_cast<kind>(i), .quoted = "x"};
    CAPTURE(i);
    CHECK(f);
    CHECK_FALSE(f.message().empty());
  }
}

TEST_CASE("messages about a broker that cannot be reached") {
  CHECK(message(connection_fault::of_system(ECONNREFUSED)) == "Connection refused: no broker listens there");
  CHECK(connection_fault::of_system(ECONNREFUSED).what == kind::connection_refused);
  CHECK(message(connection_fault::of_system(EHOSTUNREACH)) == "No route to host");
  CHECK(quoting(kind::name_unknown) == "cannot resolve the name: so it says");
  CHECK(message({.what = kind::name_slow, .limit = 200ms}) == "the name was not resolved within 200ms");
  CHECK(message({.what = kind::no_answer, .limit = 10s}) == "no answer within 10s");
  CHECK(message({.what = kind::no_connack, .limit = 5s}) == "no answer to CONNECT within 5s");
  CHECK(quoting(kind::library) == "so it says");
}

TEST_CASE("messages about a TLS handshake that fails") {
  CHECK(quoting(kind::tls_setup) == "TLS: so it says");
  CHECK(message({.what = kind::tls_authorities_slow, .limit = 10s}) ==
        "TLS: the trusted authorities were not read within 10s");
  CHECK(message({.what = kind::tls_stalled, .limit = 10s}) ==
        "the TLS handshake did not end within 10s: is TLS spoken on this port?");
  CHECK(message({.what = kind::tls_closed}) ==
        "the connection was closed during the TLS handshake: is TLS spoken on this port?");
  CHECK(message({.what = kind::tls_not_spoken}) == "the server does not speak TLS");
  CHECK(message({.what = kind::tls_too_old}) ==
        "the broker does not offer TLS 1.2 or newer, and older versions are not safe: update or reconfigure "
        "it");
  CHECK(message({.what = kind::tls_certificate_wanted}) ==
        "the broker requires a client certificate, and none is configured");
  CHECK(quoting(kind::tls_certificate_denied) ==
        "the broker does not accept the client certificate: so it says");
  CHECK(message({.what = kind::tls_host_unknown, .host = "lab"}) == "the broker does not know the host lab");
  CHECK(message({.what = kind::tls_no_protocol}) ==
        "the broker does not offer the application protocol (ALPN)");
  CHECK(quoting(kind::tls_alert) == "the broker ended the TLS handshake: so it says");
  CHECK(quoting(kind::tls_failed) == "the TLS handshake failed: so it says");
  CHECK(message({.what = kind::tls_failed}) == "the TLS handshake failed: for no known reason");
}

TEST_CASE("messages about a certificate that is not accepted") {
  CHECK(quoting(kind::tls_untrusted) ==
        "the broker's certificate is not signed by a trusted authority (so it says): check the CA file");
  CHECK(message({.what = kind::tls_wrong_host, .host = "lab", .certificate = {.names = "a, b"}}) ==
        "the broker's certificate is for a, b, not for lab: use one of its names");
  CHECK(message({.what = kind::tls_wrong_host,
                 .host = "10.0.0.1",
                 .certificate = {.names = "a", .host_is_address = true}}) ==
        "the broker's certificate is for a, not for 10.0.0.1: use one of its names, or one with a SAN IP "
        "(subjectAltName=IP:10.0.0.1)");
  CHECK(
      message(
          {.what = kind::tls_wrong_host,
           .host = "10.0.0.1",
           .certificate = {.names = "10.0.0.1", .host_is_address = true, .names_host_elsewhere = true}}) ==
      "the broker's certificate names 10.0.0.1 as a DNS or common name only, which is not for 10.0.0.1 as an "
      "address: it needs a SAN IP (subjectAltName=IP:10.0.0.1)");
  CHECK(message({.what = kind::tls_expired, .certificate = {.date = "2025-01-01 00:00:00 UTC"}}) ==
        "the broker's certificate expired on 2025-01-01 00:00:00 UTC and must be renewed");
  CHECK(message({.what = kind::tls_not_yet_valid, .certificate = {.is_authority = true, .date = "then"}}) ==
        "the certificate of the broker's authority is not valid before then (check this machine's clock)");
  CHECK(quoting(kind::tls_not_accepted) == "the broker's certificate is not accepted: so it says");
}

TEST_CASE("messages about a broker that refuses the login") {
  CHECK(message({.what = kind::hung_up, .attempt = {.mqtt_5 = true}}) ==
        "the broker closed the connection before answering MQTT 5: does it want TLS on this port? Or another "
        "version of MQTT?");
  CHECK(
      message({.what = kind::hung_up, .attempt = {.tls = true, .certificate_requested = true}}) ==
      "the broker closed the connection before answering MQTT 3.1.1: does it want another version of MQTT?; "
      "it had asked for a client certificate, and none is configured");
  CHECK(quoting(kind::version_refused) == "refused by the broker: so it says");
  CHECK(quoting(kind::refused) == "refused by the broker: so it says");
  CHECK(quoting(kind::bad_credentials) == "refused by the broker: so it says (check username and password)");
  CHECK(quoting(kind::not_authorized) == "refused by the broker: so it says (check username and password)");
  CHECK(quoting(kind::will_refused) == "the last will cannot be set: so it says");
}

TEST_CASE("messages about a connection that was lost") {
  CHECK(message({.what = kind::closed}) == "the broker closed the connection");
  CHECK(message({.what = kind::closed, .system_error = ECONNRESET}) == "Connection reset by peer");
  CHECK(quoting(kind::disconnected) == "disconnected by the broker: so it says");
  CHECK(quoting(kind::rights_withdrawn) == "disconnected by the broker: so it says");
  CHECK(message({.what = kind::no_keepalive}) == "the broker does not answer");
  CHECK(quoting(kind::given_up) == "the connection was closed here: so it says");
  CHECK(message({.what = kind::no_acknowledgement, .silence = {{1'745'532'000'000}, 2min}}) ==
        "the broker answers, but has acknowledged nothing (PUBACK) since 2025-04-24 22:00:00 UTC, for 2min");
}

TEST_CASE("messages about the possible cause of a lost connection") {
  CHECK(message({.what = kind::closed, .packet = connection_fault::packet_facts{5000}}) ==
        "the broker closed the connection, within a second of the largest packet so far, of 5000 bytes: does "
        "it "
        "accept packets of this size (mosquitto: max_packet_size)?");
  CHECK(message({.what = kind::packet_too_large,
                 .quoted = "Packet too large",
                 .packet = connection_fault::packet_facts{5000, 4999}}) ==
        "disconnected by the broker: Packet too large, the largest packet so far had 5000 bytes: for the "
        "second "
        "time, so packets of more than 4999 bytes are refused from now on");
  CHECK(message({.what = kind::client_id_taken,
                 .quoted = "Session taken over",
                 .rival = connection_fault::rival_facts{"GW_1"}}) ==
        "disconnected by the broker: Session taken over (another client uses the id 'GW_1')");
  CHECK(message({.what = kind::closed, .rival = connection_fault::rival_facts{"GW_1", 3, 2s}}) ==
        "the broker closed the connection; does another client use the id 'GW_1'? 3 connections ended within "
        "2s");
}

TEST_CASE("an outage has the fault of each server that was tried") {
  CHECK_FALSE(outage_cause());
  CHECK(outage_cause().message().empty());
  CHECK_FALSE(outage_cause(connection_fault{}));

  const outage_cause one(std::vector<outage_cause::attempt>{{{.what = kind::tls_closed}, "a:1"}});
  CHECK(one);
  CHECK(one.message() == connection_fault{.what = kind::tls_closed}.message());
  CHECK(one.message_with_places() == one.message() + " (a:1)");
  CHECK(one.is(kind::tls_closed));
  CHECK_FALSE(one.is(kind::hung_up));

  const outage_cause two(std::vector<outage_cause::attempt>{
      {connection_fault::of_system(ECONNREFUSED), "a:1"}, {{.what = kind::tls_not_spoken}, "b:2"}});
  CHECK(two.message() ==
        "Connection refused: no broker listens there (a:1); the server does not speak TLS (b:2)");
  CHECK(two.message_with_places() == two.message());
  CHECK(two.is(kind::connection_refused));
  CHECK(two.is(kind::tls_not_spoken));
  CHECK_FALSE(two == one);
  CHECK(two.faults().size() == 2);
}
