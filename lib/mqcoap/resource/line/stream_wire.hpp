#pragma once

#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/resource/line/line_wire.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// The common part of wires that use streams of Asio.
/// @tparam Stream  a stream whose native handle is a descriptor that does not block
template <class Stream>
class stream_wire : public line_wire, public std::enable_shared_from_this<stream_wire<Stream>> {
 public:
  void send(std::string bytes) override {
    const auto kept = std::make_shared<const std::string>(std::move(bytes));
    boost::asio::async_write(
        stream_, boost::asio::buffer(*kept),
        [kept, self = this->weak_from_this(), session = session_](error_code ec, std::size_t) {
          const auto wire = self.lock();
          // Errors are reported by the read.
          if (wire && wire->session_ == session && !ec) wire->heard_by_.on_sent();
        });
  }

  std::optional<std::size_t> drop_unread() override {
    std::array<char, 4096> bytes;
    std::size_t dropped = 0;
    while (dropped < most_dropped) {
      const auto got = ::read(stream_.native_handle(), bytes.data(), bytes.size());
      if (got == 0) return std::nullopt;
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK) return std::nullopt;
        break;
      }
      dropped += static_cast<std::size_t>(got);
    }
    return dropped;
  }

  void close() noexcept override {
    ++session_;
    before_close();
    error_code ignored;
    stream_.close(ignored);
  }

 protected:
  using error_code = boost::system::error_code;

  stream_wire(Stream stream, listener& heard_by) : stream_(std::move(stream)), heard_by_(heard_by) {}

  virtual void before_close() noexcept {}
  Stream& stream() noexcept { return stream_; }
  listener& heard_by() noexcept { return heard_by_; }
  /// Returns a number that changes whenever the wire is closed. Callbacks of an earlier session are ignored.
  std::uint64_t session() const noexcept { return session_; }

  void read() {
    stream_.async_read_some(boost::asio::buffer(bytes_), [self = this->weak_from_this(), session = session_](
                                                             error_code ec, std::size_t got) {
      const auto wire = self.lock();
      if (!wire || wire->session_ != session) return;
      if (got > 0) wire->heard_by_.on_bytes({wire->bytes_.data(), got});
      if (wire->session_ != session) return;
      if (!ec || ec == boost::asio::error::would_block || ec == boost::asio::error::try_again)
        return wire->read();
      wire->close();
      wire->heard_by_.on_closed(ec == boost::asio::error::eof ? "it was closed at the other end"
                                                              : ec.message());
    });
  }

 private:
  static constexpr std::size_t most_dropped = std::size_t{64} << 10;

  Stream stream_;
  listener& heard_by_;
  std::uint64_t session_ = 0;
  std::array<char, 4096> bytes_;
};

}  // namespace mqcoap
