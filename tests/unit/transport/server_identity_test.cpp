#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <mqcoap/transport/server_identity.hpp>
#include <string>

using namespace mqcoap;
using tcp = boost::asio::ip::tcp;

namespace {

struct server {
  boost::asio::io_context& loop;
  tcp::acceptor acceptor{loop, tcp::endpoint(tcp::v4(), 0)};

  std::string identity_by(const char* address) {
    tcp::socket socket(loop);
    socket.connect({boost::asio::ip::make_address(address), acceptor.local_endpoint().port()});
    return server_identity(socket.native_handle());
  }
};

}  // namespace

TEST_CASE("one server under several addresses of this machine is one") {
  boost::asio::io_context loop;
  server one{loop}, other{loop};
  CHECK_FALSE(one.identity_by("127.0.0.1").empty());
  CHECK(one.identity_by("127.0.0.1") == one.identity_by("127.0.0.2"));
  CHECK(one.identity_by("127.0.0.1") != other.identity_by("127.0.0.1"));
}

TEST_CASE("what is not connected has no server") {
  boost::asio::io_context loop;
  tcp::socket socket(loop, tcp::v4());
  CHECK(server_identity(socket.native_handle()).empty());
  CHECK(server_identity(-1).empty());
}
