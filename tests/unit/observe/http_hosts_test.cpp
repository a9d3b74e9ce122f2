#include <doctest/doctest.h>

#include <initializer_list>
#include <mqcoap/observe/http_hosts.hpp>

using namespace mqcoap;
using namespace mqcoap::observe;
using verdict = http_hosts::verdict;

namespace {

void check_all(const http_hosts& tested, verdict expected, std::initializer_list<const char*> hosts) {
  for (const char* host : hosts) {
    CAPTURE(host);
    CHECK(tested.judge(host) == expected);
  }
}

}  // namespace

TEST_CASE("a server on the loopback accepts the loopback's names and addresses, and those listed") {
  for (const char* address : {"127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"}) {
    CAPTURE(address);
    const http_hosts tested({address, 8720, {"Metrics.Lab.example"}}, "gw-host");
    check_all(tested, verdict::known,
              {"localhost", "LOCALHOST:8720", "localhost.", "127.0.0.1", "127.0.0.1:8720", "127.0.0.1:1",
               "127.0.0.2", "[::1]", "[::1]:8720", "[::ffff:127.0.0.1]", "localhost:", "metrics.lab.example",
               "METRICS.lab.example:80"});
    check_all(
        tested, verdict::unknown,
        {"evil.example", "evil.example:8720", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1",
         "[2001:db8::1]:8720", "gw-host", "lab.example", "x.metrics.lab.example", "0.0.0.0", "2130706433"});
  }
}

TEST_CASE("a server on another address accepts every address and this machine's name") {
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"}) {
    CAPTURE(address);
    const http_hosts tested({address, 8720, {}}, "Gw-Host");
    check_all(tested, verdict::known,
              {"localhost", "127.0.0.1", "192.0.2.1:8720", "192.0.2.77", "[2001:db8::1]:8720", "gw-host",
               "GW-HOST:8720"});
    check_all(tested, verdict::unknown, {"evil.example", "gw-host.evil.example", "192.0.2.1.evil.example"});
  }
}

TEST_CASE("a text that is not a name with a port is malformed") {
  const http_hosts tested({"127.0.0.1", 8720, {}}, "gw-host");
  check_all(tested, verdict::malformed,
            {"", ":8720", "localhost:http", "localhost:123456", "local host", "[::1", "[localhost]", "::1",
             "user@localhost", "localhost/metrics", "a\"b"});
}
