#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <support/programs.hpp>
#include <vector>

namespace mqcoap::test {

/// A proxy between gateways and a server on Unix domain sockets, which cuts connections or holds data.
class cutting_proxy {
 public:
  using local = boost::asio::local::stream_protocol;
  static constexpr std::size_t all = static_cast<std::size_t>(-1);

  /// What may still pass in one direction, for all connections together.
  struct gate {
    std::size_t left = all;
    std::size_t passed = 0;
    bool is_held = false;  ///< data is held
  };

  cutting_proxy(boost::asio::io_context& loop, const std::string& server_socket)
      : loop_(loop), to_(server_socket), acceptor_(loop, local::endpoint(directory_.file(".s.PGSQL.5432"))) {
    accept();
  }

  /// Returns the URL of a database through this proxy.
  std::string url(const std::string& database) const {
    std::string escaped;
    for (const char each : directory_.path().string()) escaped += each == '/' ? "%2F" : std::string(1, each);
    return "postgresql://gw@" + escaped + '/' + database;
  }

  gate requests;
  gate answers;
  std::function<void()> on_pass = [] {};  ///< called when data has passed or was held

  /// Closes all connections to gateways; the server receives only what was sent before, until `release`.
  void cut_gateways() {
    for (const auto& each : pairs_) {
      boost::system::error_code ignored;
      each->gateway.close(ignored);
    }
  }
  /// Forwards held data to the server, including data from gateways that have disconnected.
  void release() {
    requests = {};
    answers = {};
    for (const auto& each : std::vector(pairs_)) {
      forward_held(each, each->upward, each->server);
      if (each->gateway.is_open()) forward_held(each, each->downward, each->gateway);
    }
  }
  /// Closes all connections.
  void cut() {
    for (const auto& each : std::exchange(pairs_, {})) each->close();
  }
  std::size_t held_requests() const {
    std::size_t count = 0;
    for (const auto& each : pairs_) count += each->upward.held.size();
    return count;
  }

 private:
  struct direction {
    std::array<char, 16384> buffer{};
    std::string held;
  };
  struct pair {
    explicit pair(boost::asio::io_context& loop) : gateway(loop), server(loop) {}
    local::socket gateway;
    local::socket server;
    direction upward;
    direction downward;
    void close() {
      boost::system::error_code ignored;
      gateway.close(ignored);
      server.close(ignored);
    }
  };

  void accept() {
    const auto next = std::make_shared<pair>(loop_);
    acceptor_.async_accept(next->gateway, [this, next](boost::system::error_code ec) {
      if (ec) return;
      next->server.connect(local::endpoint(to_), ec);
      if (!ec) {
        pairs_.push_back(next);
        read(next, next->gateway, next->server, next->upward, requests);
        read(next, next->server, next->gateway, next->downward, answers);
      }
      accept();
    });
  }

  void read(const std::shared_ptr<pair>& of, local::socket& from, local::socket& to, direction& way,
            gate& at) {
    from.async_read_some(boost::asio::buffer(way.buffer),
                         [this, of, &from, &to, &way, &at](boost::system::error_code ec, std::size_t got) {
                           if (ec) {
                             // What was held for the server still has to be sent.
                             if (way.held.empty()) of->close();
                             return;
                           }
                           if (at.is_held) {
                             way.held.append(way.buffer.data(), got);
                             on_pass();
                             return read(of, from, to, way, at);
                           }
                           const auto passes = std::min(got, at.left);
                           at.passed += passes;
                           if (at.left != all) at.left -= passes;
                           boost::system::error_code failed;
                           boost::asio::write(to, boost::asio::buffer(way.buffer.data(), passes), failed);
                           if (failed || passes < got || at.left == 0) of->close();
                           on_pass();
                           if (from.is_open()) read(of, from, to, way, at);
                         });
  }

  static void forward_held(const std::shared_ptr<pair>& /*of*/, direction& way, local::socket& to) {
    boost::system::error_code ignored;
    boost::asio::write(to, boost::asio::buffer(std::exchange(way.held, {})), ignored);
  }

  boost::asio::io_context& loop_;
  temporary_directory directory_;
  std::string to_;
  local::acceptor acceptor_;
  std::vector<std::shared_ptr<pair>> pairs_;
};

}  // namespace mqcoap::test
