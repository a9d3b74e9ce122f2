#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <mqcoap/resource/http/http.hpp>
#include <mqcoap/resource/http/http_backend.hpp>
#include <mqcoap/resource/http/http_origin.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recorder.hpp"
#include "support/run_loop.hpp"

namespace mqcoap::test {

using namespace std::chrono_literals;

namespace asio = boost::asio;
using asio::ip::tcp;

/// The server's end of a connection: reports requests, and sends what the test wants.
class server_end : public std::enable_shared_from_this<server_end> {
 public:
  using hearer = std::function<void(server_end&, const std::string&)>;

  server_end(tcp::socket at, const hearer& by) : at_(std::move(at)), hears_(by) {}
  void say(const std::string& text) {
    boost::system::error_code gone;
    asio::write(at_, asio::buffer(text), gone);
  }
  void answer(const std::string& body, const std::string& status = "200 OK", const std::string& fields = {}) {
    say("HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields +
        "\r\n" + body);
  }
  void close() { at_.close(); }

  void listen() {
    at_.async_read_some(asio::buffer(bytes_),
                        [self = shared_from_this()](boost::system::error_code ec, std::size_t got) {
                          if (ec) return;
                          self->heard_.append(self->bytes_.data(), got);
                          while (const auto end = self->end_of_request()) {
                            const auto whole = self->heard_.substr(0, end);
                            self->heard_.erase(0, end);
                            self->hears_(*self, whole);
                          }
                          if (self->at_.is_open()) self->listen();
                        });
  }

 private:
  /// Returns the length of the first request; 0 if it is incomplete.
  std::size_t end_of_request() const {
    const auto header = heard_.find("\r\n\r\n");
    if (header == std::string::npos) return 0;
    std::size_t length = 0;
    const auto field = heard_.find("Content-Length: ");
    if (field < header) length = std::stoul(heard_.substr(field + 16));
    return heard_.size() >= header + 4 + length ? header + 4 + length : 0;
  }

  tcp::socket at_;
  const hearer& hears_;
  std::array<char, 4096> bytes_{};
  std::string heard_;
};

struct http_fixture {
  asio::io_context loop;
  system_clock time;
  std::vector<std::string> log;
  tcp::acceptor door{loop, {asio::ip::address_v4::loopback(), 0}};
  std::size_t connections = 0;
  server_end::hearer hears;
  std::vector<std::string> heard;
  std::vector<std::string> answers;
  std::vector<backend::running> running;
  http_resource_options options;
  std::string pattern = "x";
  name_resolver resolver = resolve_by_system;
  std::shared_ptr<http_pool> pool;

  http_fixture() {
    options.at = {"127.0.0.1", door.local_endpoint().port(), "/api", ""};
    options.terms.timeout = 1h;
    options.front.methods = method_set::all();
    options.front.reading.as = reading_options::form::json;
    accept();
  }
  void accept() {
    door.async_accept([this](boost::system::error_code ec, tcp::socket made) {
      if (ec) return;
      ++connections;
      std::make_shared<server_end>(std::move(made), hears)->listen();
      accept();
    });
  }
  std::string port() const { return std::to_string(options.at.port); }
  std::shared_ptr<http_backend> make() {
    if (!pool)
      pool = make_http_pool(
          options.at, loop.get_executor(), time,
          [this](log_level, std::string_view message) { log.emplace_back(message); }, resolver);
    return std::make_shared<http_backend>(options, pattern, pool);
  }
  void ask(backend& of, backend_request what) {
    running.push_back(of.run(std::move(what), [this](const backend_reply& reply) {
      std::string said = is_error(reply.code) ? reply.message : reply.text;
      if (reply.body) said = reply.body->text();
      if (!reply.location.empty()) said += " at " + reply.location;
      answers.push_back(std::to_string(to_int(reply.code)) + ' ' + said);
    }));
  }
  void ask(backend& of, method verb = method::get, const std::string& body = "null") {
    ask(of, {.verb = verb, .path = "x", .rest = {}, .body = text(body), .options = {}});
  }
  std::string settle(std::size_t wanted = 1) {
    run_until(loop, [&] { return answers.size() >= wanted; });
    std::string all;
    for (const auto& each : std::exchange(answers, {})) all += (all.empty() ? "" : "; ") + each;
    return all;
  }
  /// Returns how the answer of a server is interpreted that sends these bytes and closes.
  std::string taken(const std::string& bytes, method verb = method::get) {
    hears = [bytes](server_end& end, const std::string&) {
      end.say(bytes);
      end.close();
    };
    ask(*make(), verb);
    return settle();
  }
};

inline void say_five(server_end& end, const std::string&) { end.answer("5"); }

}  // namespace mqcoap::test
