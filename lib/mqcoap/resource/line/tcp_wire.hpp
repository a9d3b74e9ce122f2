#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <mqcoap/net/name_lookup.hpp>
#include <mqcoap/resource/line/line_address.hpp>
#include <mqcoap/resource/line/stream_wire.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mqcoap {

/// A TCP connection. Looks up the name each time, on a separate thread, and tries its addresses one
/// after the other.
class tcp_wire final : public stream_wire<boost::asio::ip::tcp::socket> {
 public:
  tcp_wire(const boost::asio::any_io_executor& loop, tcp_address at, listener& heard_by,
           name_resolver resolver = resolve_by_system);
  void open() override;

 private:
  using addresses = std::vector<std::string>;

  void before_close() noexcept override { lookup_.cancel(); }
  void connect(std::shared_ptr<const addresses> to, std::size_t which, std::string why);

  const tcp_address at_;
  name_lookup lookup_;
};

}  // namespace mqcoap
