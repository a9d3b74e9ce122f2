#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <memory>
#include <mqcoap/resource/http/http_connection.hpp>
#include <optional>

#include "http_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// Returns the socket of this process that is connected to a loopback port; -1 if there is none.
int socket_to(std::uint16_t port) {
  constexpr int most_descriptors = 1024;
  for (int fd = 0; fd < most_descriptors; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family == AF_INET && ntohs(peer.sin_port) == port) return fd;
  }
  return -1;
}

bool acknowledges_at_once(int socket) {
  int value = 0;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &value, &size) == 0);
  return value != 0;
}

}  // namespace

TEST_CASE_FIXTURE(http_fixture, "the kernel acknowledges each piece of an answer at once") {
  std::shared_ptr<server_end> at;
  hears = [&at](server_end& end, const std::string&) {
    at = end.shared_from_this();
    end.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  };
  http_connection tested(
      loop.get_executor(), options.at,
      std::make_shared<http_names>(loop.get_executor(), options.at.host, resolve_by_system));
  const auto request = std::make_shared<const http_exchange>(
      http_exchange{.verb = method::get, .host = "127.0.0.1", .target = "/api", .most = 1000});
  // The kernel delays acknowledgements only after requests and answers have alternated for a while.
  for (int i = 0; i < 10; ++i) {
    std::optional<http_outcome> got;
    tested.exchange(request, [&got](http_outcome outcome) { got = std::move(outcome); });
    run_until(loop, [&] { return !tested.progress().got.empty(); });
    CHECK(acknowledges_at_once(socket_to(options.at.port)));
    at->say("4");
    const auto had = tested.progress().got.size();
    run_until(loop, [&] { return tested.progress().got.size() != had; });
    CHECK(acknowledges_at_once(socket_to(options.at.port)));
    at->say("2");
    run_until(loop, [&] { return got.has_value(); });
    CHECK(got->body == "42");
  }
  CHECK(connections == 1);
}
