#include <doctest/doctest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <mqcoap/observe/http_server.hpp>
#include <string>
#include <thread>

#include "support/run_loop.hpp"

using namespace mqcoap;
using namespace mqcoap::observe;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

/// A server on a separate thread, with short limits.
struct http_fixture {
  const std::chrono::seconds request_limit;
  boost::asio::io_context loop;
  http_server server{
      loop.get_executor(),
      [](std::string_view path) -> std::optional<http_page> {
        if (path != "/metrics") return std::nullopt;
        return http_page{200, "text/plain", "all is well\n"};
      },
      {.connections = 3, .header = 1024, .request = request_limit, .idle = 60s, .response = 5s}};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{loop.get_executor()};
  std::thread thread;
  boost::asio::io_context own;

  explicit http_fixture(std::chrono::seconds limit = 1s) : request_limit(limit) {
    server.listen({"127.0.0.1", 0, {"metrics.lab.example"}});
    mqcoap::test::run_until(loop, [this] { return server.port() != 0; });
    thread = std::thread([this] { loop.run(); });
  }
  ~http_fixture() {
    boost::asio::post(loop, [this] {
      server.close();
      work.reset();
    });
    thread.join();
  }

  tcp::socket connect() {
    tcp::socket s(own);
    s.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    return s;
  }
  /// Reads everything until the server closes the connection.
  static std::string rest_of(tcp::socket& s) {
    std::string got;
    boost::system::error_code ec;
    boost::asio::read(s, boost::asio::dynamic_buffer(got), ec);
    return got;
  }
  std::string exchange(const std::string& request) {
    auto s = connect();
    boost::asio::write(s, boost::asio::buffer(request));
    return rest_of(s);
  }
};

const std::string last = "Host: localhost\r\nConnection: close\r\n\r\n";

}  // namespace

TEST_CASE_FIXTURE(http_fixture, "pages accept GET and HEAD, and other requests get a hint") {
  const auto got = exchange("GET /metrics?x=1 HTTP/1.1\r\n" + last);
  CHECK(got.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(got.ends_with("\r\n\r\nall is well\n"));
  const auto head = exchange("HEAD /metrics HTTP/1.1\r\n" + last);
  CHECK(head.find("Content-Length: 12\r\n") != std::string::npos);
  CHECK(head.ends_with("\r\n\r\n"));
  CHECK(exchange("GET / HTTP/1.1\r\n" + last).starts_with("HTTP/1.1 404 "));
  const auto put = exchange("PUT /metrics HTTP/1.1\r\nContent-Length: 5\r\n" + last + "hello");
  CHECK(put.starts_with("HTTP/1.1 405 "));
  CHECK(put.find("Allow: GET, HEAD\r\n") != std::string::npos);
  CHECK(exchange("DELETE /metrics HTTP/1.1\r\n" + last).starts_with("HTTP/1.1 405 "));
  CHECK(exchange("GET /metrics HTTP/1.1\r\nContent-Length: 5\r\n" + last + "hello")
            .starts_with("HTTP/1.1 400 "));
  CHECK(exchange("nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(exchange("GET /metrics HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n" + last)
            .starts_with("HTTP/1.1 431 "));
}

TEST_CASE_FIXTURE(http_fixture, "a request must name this host; other names are rejected") {
  const auto status = [this](const std::string& line, const std::string& fields) {
    const auto got = exchange(line + "\r\n" + fields + "Connection: close\r\n\r\n");
    return got.substr(0, std::string("HTTP/1.1 200").size());
  };
  const std::string get = "GET /metrics HTTP/1.1";
  CHECK(status(get, "Host: localhost\r\n") == "HTTP/1.1 200");
  CHECK(status(get, "Host: 127.0.0.1:1\r\n") == "HTTP/1.1 200");
  CHECK(status(get, "Host: metrics.lab.example\r\n") == "HTTP/1.1 200");
  CHECK(status(get, "Host: evil.example\r\n") == "HTTP/1.1 421");
  CHECK(status("HEAD /metrics HTTP/1.1", "Host: evil.example\r\n") == "HTTP/1.1 421");
  CHECK(status("GET /nothing HTTP/1.1", "Host: evil.example\r\n") == "HTTP/1.1 421");
  CHECK(status(get, "") == "HTTP/1.1 400");
  CHECK(status(get, "Host:\r\n") == "HTTP/1.1 400");
  CHECK(status(get, "Host: localhost\r\nHost: localhost\r\n") == "HTTP/1.1 400");
  CHECK(status(get, "Host: local host\r\n") == "HTTP/1.1 400");
  CHECK(status("GET /metrics HTTP/1.0", "") == "HTTP/1.1 200");
  CHECK(status("GET /metrics HTTP/1.0", "Host: evil.example\r\n") == "HTTP/1.1 421");
}

TEST_CASE_FIXTURE(http_fixture, "in the absolute form, the host of the target counts") {
  const auto status = [this](const std::string& target, const std::string& host = "Host: localhost\r\n") {
    const auto got = exchange("GET " + target + " HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n");
    return got.substr(0, std::string("HTTP/1.1 200").size());
  };
  CHECK(status("http://localhost:8720/metrics") == "HTTP/1.1 200");
  CHECK(status("HTTP://127.0.0.1/metrics?x=http://evil.example/") == "HTTP/1.1 200");
  CHECK(status("http://localhost/metrics", "Host: evil.example\r\n") == "HTTP/1.1 200");
  CHECK(status("http://evil.example/metrics") == "HTTP/1.1 421");
  CHECK(status("http://localhost") == "HTTP/1.1 404");
  CHECK(status("http://localhost?x") == "HTTP/1.1 404");
  CHECK(status("http://localhost/metrics", "") == "HTTP/1.1 400");
  CHECK(status("http:///metrics") == "HTTP/1.1 400");
  CHECK(status("http://localhost@evil.example/metrics") == "HTTP/1.1 400");
  CHECK(status("ftp://localhost/metrics") == "HTTP/1.1 400");
  CHECK(status("metrics") == "HTTP/1.1 400");
  CHECK(status("*") == "HTTP/1.1 400");
}

TEST_CASE_FIXTURE(http_fixture, "a connection may send several requests, even before the answers arrive") {
  const auto got =
      exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\nGET /metrics HTTP/1.1\r\n" + last);
  const auto first = got.find("all is well");
  REQUIRE(first != std::string::npos);
  CHECK(got.find("all is well", first + 1) != std::string::npos);
}

TEST_CASE("a connection whose client has finished sending is closed immediately") {
  http_fixture f(600s);
  auto s = f.connect();
  boost::asio::write(s, boost::asio::buffer(std::string("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")));
  s.shutdown(tcp::socket::shutdown_send);
  std::string got;
  bool is_closed = false;
  boost::asio::async_read(s, boost::asio::dynamic_buffer(got),
                          [&](boost::system::error_code, std::size_t) { is_closed = true; });
  f.own.run_for(20s);  // runs that long only if it is not closed
  CHECK(is_closed);
  CHECK(got.find("all is well") != std::string::npos);
}

TEST_CASE_FIXTURE(http_fixture, "an incomplete request is not waited for") {
  auto slow = connect();
  boost::asio::write(slow, boost::asio::buffer(std::string("GET /metr")));
  CHECK(rest_of(slow).empty());
}

TEST_CASE_FIXTURE(http_fixture, "idle connections are closed to make room for new ones") {
  std::vector<tcp::socket> silent;
  for (int i = 0; i < 10; ++i) silent.push_back(connect());
  CHECK(exchange("GET /metrics HTTP/1.1\r\n" + last).starts_with("HTTP/1.1 200 "));
  CHECK(rest_of(silent.front()).empty());
}

TEST_CASE("a port that is in use is reported, and another one may be tried") {
  boost::asio::io_context loop;
  tcp::acceptor other(loop, {boost::asio::ip::address_v4::loopback(), 0});
  http_server server(loop.get_executor(), [](std::string_view) { return std::nullopt; });
  server.listen({"127.0.0.1", other.local_endpoint().port(), {}});
  loop.poll();
  CHECK(server.port() == 0);
  CHECK(server.state().find("Address already in use") != std::string::npos);
  server.listen({"fe80::1%nowhere0", 8720, {}});
  loop.poll();
  CHECK(server.state().starts_with("cannot listen on [fe80::1%nowhere0]:8720: "));
  server.listen({"127.0.0.1", 0, {}});
  loop.poll();
  CHECK(server.port() != 0);
  CHECK(server.state().starts_with("listening on 127.0.0.1:"));
  server.close();
  CHECK(server.state() == "off");
  loop.run();
}
