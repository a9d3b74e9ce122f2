#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/observe/http_options.hpp>
#include <mqcoap/observe/http_page.hpp>
#include <string>

namespace mqcoap::observe {

/// The limits for clients of the server.
struct http_limits {
  std::size_t connections =
      16;                     ///< at a time; for a further one, the one that has been idle longest is closed
  std::size_t header = 8192;  ///< in bytes; a longer one is answered with 431
  std::chrono::seconds request{5};  ///< from the first byte of a request to its last
  std::chrono::seconds idle{75};    ///< between requests: longer than a scrape interval of a minute
  std::chrono::seconds response{10};
};

/// Serves pages over HTTP/1.1 to GET and HEAD, without authentication and without TLS.
/// @par Threads  All functions on the executor.
class http_server {
 public:
  /// @param executor  serial
  http_server(boost::asio::any_io_executor executor, http_pages pages, http_limits limits = {});
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Listens only on this address. If that fails, it logs the error and tries again every 10 s: a gateway
  /// without metrics is better than none.
  void listen(const http_options& where);
  /// Stops listening and closes every connection.
  void close();

  /// Returns `listening on 127.0.0.1:8720`, or the reason why it does not listen.
  const std::string& state() const noexcept;
  /// Returns the port in use; 0 if there is none.
  std::uint16_t port() const noexcept;

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace mqcoap::observe
