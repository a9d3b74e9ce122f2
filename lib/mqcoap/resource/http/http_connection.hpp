#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <mqcoap/resource/http/http_names.hpp>
#include <mqcoap/resource/http/http_url.hpp>
#include <mqcoap/resource/http/http_wire.hpp>

namespace mqcoap {

/// A TCP connection to a server, for HTTP/1.1. Uses no proxy from the environment.
class http_connection final : public http_wire {
 public:
  /// The size limit of the header of an answer.
  static constexpr std::size_t most_header = std::size_t{16} << 10;

  http_connection(const boost::asio::any_io_executor& loop, const http_url& to,
                  std::shared_ptr<http_names> names);
  ~http_connection() override;
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  void exchange(std::shared_ptr<const http_exchange> what, handler done) override;
  bool is_open() noexcept override;
  http_progress progress() const override;

 private:
  class impl;
  const std::shared_ptr<impl> impl_;
};

}  // namespace mqcoap
