#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <mqcoap/observe/http_hosts.hpp>
#include <mqcoap/observe/http_page.hpp>
#include <mqcoap/observe/http_server.hpp>

namespace mqcoap::observe {

/// One connection of an http_server.
class http_session {
 public:
  http_session(boost::asio::ip::tcp::socket socket, const http_pages& pages, const http_limits& limits,
               std::shared_ptr<const http_hosts> hosts);
  ~http_session();
  http_session(const http_session&) = delete;
  http_session& operator=(const http_session&) = delete;

  /// Answers requests until one side closes the connection. The session, the pages and the limits must
  /// outlive it.
  boost::asio::awaitable<void> run();
  /// Makes `run` return at once.
  void close() noexcept;
  /// Returns the time of its last activity.
  std::chrono::steady_clock::time_point last_active() const noexcept;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace mqcoap::observe
