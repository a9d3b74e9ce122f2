#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <support/certificates.hpp>
#include <support/private_broker.hpp>

#include "mosquitto_fixture.hpp"
#include "tls_server.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

/// Removes an environment variable at the end of a test, however it ends.
struct environment_guard {
  const char* name;
  explicit environment_guard(const char* variable) : name(variable) {}
  ~environment_guard() { ::unsetenv(name); }
  environment_guard(const environment_guard&) = delete;
  environment_guard& operator=(const environment_guard&) = delete;
};

struct tls_fixture {
  event_loop loop;
  system_clock time;
  certificates made;

  private_broker::options speaking_tls(const certificates::identity& identity, const std::string& more = {}) {
    return {.lines = "max_packet_size 20000000\ncafile " + made.ca_file() + "\ncertfile " +
                     identity.cert_file + "\nkeyfile " + identity.key_file + '\n' + more};
  }
  link_options options_by_name(std::uint16_t port, mqtt_protocol protocol = mqtt_protocol::automatic) const {
    auto options = options_for(port, protocol);
    options.host = "localhost";
    options.tls = tls_options{.ca_file = made.ca_file()};
    return options;
  }
  client make(link_options options) { return {loop, std::move(options), time}; }
  /// Returns the kind of fault of the only server.
  outage_cause::kind kind_of(const outage_cause& why) const {
    REQUIRE(why.attempts().size() == 1);
    return why.attempts().front().fault.what;
  }
  outage_cause last;  ///< the cause that `outage` has returned
  /// Returns why a link with these options does not connect.
  std::string outage(link_options options) {
    auto c = make(std::move(options));
    c.l->start(c.reported);
    REQUIRE(loop.run_until([&] { return c.reported.downs + c.reported.ups > 0; }));
    CHECK(c.reported.ups == 0);
    last = c.reported.cause;
    return c.reported.why;
  }
  /// Waits for this reason. Some of what a broker sends immediately before it resets the connection may be
  /// lost at the first attempt; the refusal is reported again when it is received.
  void hears(link_options options, const std::string& message) {
    auto c = make(std::move(options));
    c.l->start(c.reported);
    REQUIRE(loop.run_until([&] { return c.reported.why == message; }));
    CHECK(c.reported.ups == 0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(tls_fixture, "messages of any size pass over TLS, the broker known by its name") {
  private_broker broker(speaking_tls(made.issue("DNS:localhost")));
  const std::string large(5u << 20, 'x');
  for (const auto protocol : {mqtt_protocol::v5, mqtt_protocol::v311}) {
    for (const int qos : {0, 1}) {
      CAPTURE(qos);
      auto options = options_by_name(broker.port(), protocol);
      options.qos = qos;
      auto c = make(options);
      c.start_and_wait();
      CHECK_FALSE(c.subscribe_and_wait("t"));
      // Many small messages arrive in one record: more bytes are then available than the socket reports.
      for (int i = 0; i < 600; ++i) REQUIRE_FALSE(c.publish("t", std::to_string(i)));
      REQUIRE(c.waits_for("599"));
      CHECK_FALSE(c.publish("t", large));
      REQUIRE(c.waits_for(large));
      CHECK(c.reported.messages.size() == 601);
      CHECK(c.reported.downs == 0);
      c.stop_and_wait(30s);
    }
  }
}

TEST_CASE_FIXTURE(tls_fixture, "the broker may be known by its address") {
  private_broker broker(speaking_tls(made.issue("IP:127.0.0.1")));
  auto options = options_by_name(broker.port());
  options.host = "127.0.0.1";
  make(options).start_and_wait();
  const auto why = outage(options_by_name(broker.port()));
  CHECK(why == "the broker's certificate is for 127.0.0.1, not for localhost: use one of its names");
  CHECK(kind_of(last) == outage_cause::kind::tls_wrong_host);
}

TEST_CASE_FIXTURE(tls_fixture, "a certificate for another host is refused, unless nobody is to look") {
  private_broker broker(speaking_tls(made.issue("DNS:broker.example,DNS:*.example")));
  auto options = options_by_name(broker.port());
  CHECK(outage(options) ==
        "the broker's certificate is for broker.example, *.example, not for localhost: use one of its names");
  options.tls->verify_host = false;
  make(options).start_and_wait();
}

TEST_CASE_FIXTURE(
    tls_fixture,
    "an address that stands in a certificate as a DNS name does not count, and the words say so") {
  private_broker broker(speaking_tls(made.issue("DNS:127.0.0.1")));
  auto options = options_by_name(broker.port());
  options.host = "127.0.0.1";
  CHECK(outage(options) ==
        "the broker's certificate names 127.0.0.1 as a DNS or common name only, which is not for 127.0.0.1 "
        "as an "
        "address: it needs a SAN IP (subjectAltName=IP:127.0.0.1)");
  CHECK(kind_of(last) == outage_cause::kind::tls_wrong_host);
}

TEST_CASE_FIXTURE(tls_fixture, "of several servers, each needs a certificate for its own host") {
  private_broker by_name(speaking_tls(made.issue("DNS:localhost")));
  private_broker by_address(speaking_tls(made.issue("IP:127.0.0.1")));
  auto options = options_by_name(by_address.port());
  options.fallbacks = {{"127.0.0.1", by_name.port()}};
  const auto why = outage(options);
  CAPTURE(why);
  CHECK(why.find("is for 127.0.0.1, not for localhost") != std::string::npos);
  CHECK(why.find("is for localhost, not for 127.0.0.1") != std::string::npos);
  options.fallbacks.push_back({"127.0.0.1", by_address.port()});
  make(options).start_and_wait();
}

TEST_CASE_FIXTURE(tls_fixture, "a certificate of an unknown authority is refused") {
  private_broker broker(speaking_tls(made.issue("DNS:localhost")));
  auto options = options_by_name(broker.port());
  options.tls->ca_file = made.make_authority().cert_file;
  SUBCASE("of another one than the one that is trusted") {}
  SUBCASE("of one that the system does not know") { options.tls->ca_file.clear(); }
  SUBCASE("whether or not the host is looked at") { options.tls->verify_host = false; }
  CHECK(outage(options).starts_with("the broker's certificate is not signed by a trusted authority"));
  CHECK(kind_of(last) == outage_cause::kind::tls_untrusted);
}

TEST_CASE_FIXTURE(tls_fixture,
                  "an authority that is exchanged while the broker is away counts from the next try") {
  private_broker broker(speaking_tls(made.issue("DNS:localhost")));
  auto options = options_by_name(broker.port());
  const auto trusted = made.write("");
  std::filesystem::copy_file(made.make_authority().cert_file, trusted,
                             std::filesystem::copy_options::overwrite_existing);
  options.tls->ca_file = trusted;
  auto c = make(options);
  c.l->start(c.reported);
  REQUIRE(loop.run_until([&] { return c.reported.downs > 0; }));
  CHECK(c.reported.why.starts_with("the broker's certificate is not signed by a trusted authority"));
  SUBCASE("by a rename") {
    const auto renewed = made.write("");
    std::filesystem::copy_file(made.ca_file(), renewed, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::rename(renewed, trusted);
  }
  SUBCASE("in place") {
    std::filesystem::copy_file(made.ca_file(), trusted, std::filesystem::copy_options::overwrite_existing);
  }
  CHECK(loop.run_until([&] { return c.reported.ups > 0; }));
}

TEST_CASE_FIXTURE(tls_fixture, "authorities that take long to read keep nobody else waiting") {
  private_broker broker(speaking_tls(made.issue("IP:127.0.0.1")));
  auto options = options_by_name(broker.port());
  options.host = "127.0.0.1";
  const environment_guard system("SSL_CERT_FILE");
  // Opening a pipe blocks until its other end is opened.
  const auto pipe = made.write("");
  std::filesystem::remove(pipe);
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  options.tls->ca_file = pipe;
  SUBCASE("of a file") {}
  SUBCASE("of the system") {
    options.tls->ca_file.clear();
    ::setenv("SSL_CERT_FILE", pipe.c_str(), 1);
  }
  auto c = make(options);
  c.l->start(c.reported);
  int writer = -1;
  for (int i = 0; i < 30'000 && writer < 0; ++i) {
    loop.context().run_for(1ms);
    writer = ::open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  }
  REQUIRE(writer >= 0);
  std::ifstream file(made.ca_file());
  const std::string text(std::istreambuf_iterator<char>(file), {});
  CHECK(::write(writer, text.data(), text.size()) == static_cast<::ssize_t>(text.size()));
  ::close(writer);
  CHECK(loop.run_until([&] { return c.reported.ups == 1; }));
}

TEST_CASE_FIXTURE(tls_fixture, "an expired certificate is refused") {
  private_broker broker(speaking_tls(made.issue_expired("DNS:localhost")));
  CHECK(outage(options_by_name(broker.port())).starts_with("the broker's certificate expired on 20"));
  CHECK(kind_of(last) == outage_cause::kind::tls_expired);
}

TEST_CASE_FIXTURE(tls_fixture,
                  "a broker that demands a certificate gets ours, and says what it thinks of it") {
  const auto foreign = made.make_authority();
  const auto own = made.issue("DNS:gateway");
  std::uint16_t port = 0;
  std::optional<private_broker> broker;
  std::optional<tls_server> older;
  SUBCASE("TLS 1.3, which reports it after the handshake") {
    broker.emplace(speaking_tls(made.issue("DNS:localhost"), "require_certificate true\n"));
    port = broker->port();
  }
  SUBCASE("TLS 1.2, which reports it in the handshake") {
    older.emplace(loop.context(), made.issue("DNS:localhost"));
    older->offer_at_most(TLS1_2_VERSION);
    older->demand_certificate(made.ca_file());
    port = older->port();
  }
  auto options = options_by_name(port);
  hears(options, "the broker requires a client certificate, and none is configured");
  options.tls->cert_file = foreign.cert_file;
  options.tls->key_file = foreign.key_file;
  hears(options, "the broker does not accept the client certificate: unknown CA");
  options.tls->cert_file = own.cert_file;
  options.tls->key_file = made.encrypt(own.key_file, "open sesame");
  options.tls->key_password = secret("open sesame");
  auto c = make(options);
  c.l->start(c.reported);
  REQUIRE(loop.run_until([&] { return c.reported.ups == 1 || (older && older->handshakes() == 1); }));
}

TEST_CASE_FIXTURE(tls_fixture, "a broker that offers only old versions is refused") {
  tls_server old(loop.context(), made.issue("DNS:localhost"));
  old.offer_at_most(TLS1_1_VERSION);
  CHECK(outage(options_by_name(old.port())).starts_with("the broker does not offer TLS 1.2 or newer"));
}

TEST_CASE_FIXTURE(tls_fixture, "the server gets the configured name, not its address, and the protocol") {
  tls_server server(loop.context(), made.issue("DNS:localhost,IP:127.0.0.1"));
  auto options = options_by_name(server.port());
  options.tls->alpn = "mqtt";
  auto c = make(options);
  c.l->start(c.reported);
  REQUIRE(loop.run_until([&] { return server.handshakes() == 1; }));
  CHECK(server.host() == "localhost");
  CHECK(server.offered_protocol() == "mqtt");
  options.host = "127.0.0.1";
  auto by_address = make(options);
  by_address.l->start(by_address.reported);
  REQUIRE(loop.run_until([&] { return server.handshakes() == 2; }));
  CHECK(server.host().empty());
}

TEST_CASE_FIXTURE(tls_fixture,
                  "a handshake that stalls ends with its time, and costs nothing while it stands") {
  tcp::acceptor silent(loop.context(), {boost::asio::ip::address_v4::loopback(), 0});
  auto options = options_by_name(silent.local_endpoint().port());
  options.host = "127.0.0.1";
  options.connect_timeout = 200ms;
  auto c = make(options);
  c.l->start(c.reported);
  std::size_t handlers = 0;
  CHECK(loop.run_until([&] {
    ++handlers;
    return c.reported.downs != 0;
  }));
  CHECK(c.reported.why == "the TLS handshake did not end within 200ms: is TLS spoken on this port?");
  CHECK(handlers < 20);
}

TEST_CASE_FIXTURE(tls_fixture, "a broker that accepts TLS and then says nothing is an outage with its time") {
  tls_server server(loop.context(), made.issue("DNS:localhost"));
  auto options = options_by_name(server.port());
  options.connect_timeout = 500ms;
  CHECK(outage(options) == "no answer within 500ms");
  CHECK(kind_of(last) == outage_cause::kind::no_answer);
}

TEST_CASE_FIXTURE(tls_fixture, "what does not speak TLS is an outage that says so") {
  SUBCASE("a broker in the clear") {
    private_broker plain;
    const auto why = outage(options_by_name(plain.port()));
    CHECK(why == "the connection was closed during the TLS handshake: is TLS spoken on this port?");
    CHECK(kind_of(last) == outage_cause::kind::tls_closed);
  }
  SUBCASE("something that talks at once") {
    tcp::acceptor talker(loop.context(), {boost::asio::ip::address_v4::loopback(), 0});
    tcp::socket peer(loop.context());
    talker.async_accept(peer, [&](boost::system::error_code error) {
      REQUIRE_FALSE(error);
      boost::asio::write(peer, boost::asio::buffer("220 mail.example ESMTP\r\n", 24));
    });
    CHECK(outage(options_by_name(talker.local_endpoint().port())) == "the server does not speak TLS");
  }
  SUBCASE("something that resets") {
    tcp::acceptor resetter(loop.context(), {boost::asio::ip::address_v4::loopback(), 0});
    resetter.async_accept([&](boost::system::error_code error, tcp::socket peer) {
      REQUIRE_FALSE(error);
      peer.set_option(boost::asio::socket_base::linger(true, 0));
    });
    const auto why = outage(options_by_name(resetter.local_endpoint().port()));
    CHECK(why == "the connection was closed during the TLS handshake: is TLS spoken on this port?");
  }
  SUBCASE("nobody") {
    tcp::acceptor gone(loop.context(), {boost::asio::ip::address_v4::loopback(), 0});
    const auto port = gone.local_endpoint().port();
    gone.close();
    CHECK(outage(options_by_name(port)) == "Connection refused: no broker listens there");
  }
}

TEST_CASE_FIXTURE(tls_fixture, "a link in the clear to a broker that speaks TLS is an outage") {
  private_broker broker(speaking_tls(made.issue("DNS:localhost")));
  auto options = options_by_name(broker.port());
  options.tls.reset();
  CHECK(outage(options) ==
        "the broker closed the connection before answering MQTT 3.1.1: does it want TLS on this port? Or "
        "another "
        "version of MQTT?");
  CHECK(kind_of(last) == outage_cause::kind::hung_up);
}

TEST_CASE_FIXTURE(tls_fixture, "unusable files are reported, and no connection is made") {
  private_broker broker(speaking_tls(made.issue("DNS:localhost")));
  auto options = options_by_name(broker.port());
  options.tls->ca_file = "/no/such/file.pem";
  CHECK(outage(options) == "TLS: cannot read /no/such/file.pem: No such file or directory");
}

TEST_CASE_FIXTURE(tls_fixture,
                  "a broker that was killed is connected again over TLS, with all subscriptions") {
  private_broker broker(speaking_tls(made.issue("DNS:localhost")));
  auto c = make(options_by_name(broker.port()));
  c.start_and_wait();
  CHECK_FALSE(c.subscribe_and_wait("t"));
  broker.kill();
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(c.publish("t", "stale") == errc::not_connected);
  broker.restart();
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  CHECK_FALSE(c.publish("t", "fresh"));
  REQUIRE(c.waits_for("fresh"));
  CHECK(c.reported.messages.size() == 1);
}

TEST_CASE_FIXTURE(tls_fixture, "a link may be destroyed in the middle of a handshake") {
  tcp::acceptor silent(loop.context(), {boost::asio::ip::address_v4::loopback(), 0});
  auto options = options_by_name(silent.local_endpoint().port());
  auto c = make(options);
  c.l->start(c.reported);
  tcp::socket peer(loop.context());
  bool accepted = false;
  silent.async_accept(peer, [&](boost::system::error_code) { accepted = true; });
  REQUIRE(loop.run_until([&] { return accepted; }));
  c.l.reset();
  while (loop.context().poll() > 0) continue;
  CHECK(c.reported.downs == 0);
}
