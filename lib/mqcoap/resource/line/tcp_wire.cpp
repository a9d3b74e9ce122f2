#include <mqcoap/resource/line/tcp_wire.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

namespace mqcoap {

using boost::asio::ip::tcp;

tcp_wire::tcp_wire(const boost::asio::any_io_executor& loop, tcp_address at, listener& heard_by,
                   name_resolver resolver)
    : stream_wire(tcp::socket(loop), heard_by), at_(std::move(at)), lookup_(loop, std::move(resolver)) {}

void tcp_wire::open() {
  boost::system::error_code no_address;
  boost::asio::ip::make_address(at_.host, no_address);
  if (!no_address) return connect(std::make_shared<const addresses>(addresses{at_.host}), 0, {});
  lookup_.begin(at_.host, [self = weak_from_this(), this, opened = session()](resolved_name found) {
    const auto still = self.lock();
    if (!still || session() != opened) return;
    connect(std::make_shared<const addresses>(std::move(found.addresses)), 0, std::move(found.fault));
  });
}

/// Tries one address, and then those after it.
/// @param why  the error of the previous one
void tcp_wire::connect(std::shared_ptr<const addresses> to, std::size_t which, std::string why) {
  if (which >= to->size()) {
    boost::asio::post(stream().get_executor(),
                      [self = weak_from_this(), this, opened = session(), why = std::move(why)] {
                        const auto still = self.lock();
                        if (still && session() == opened) heard_by().on_failed(why);
                      });
    return;
  }
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address((*to)[which], ec);
  if (ec) return connect(std::move(to), which + 1, ec.message());
  stream().close(ec);
  stream().async_connect({address, at_.port}, [self = weak_from_this(), this, opened = session(), to,
                                               which](boost::system::error_code failed) {
    const auto still = self.lock();
    if (!still || session() != opened) return;
    if (failed) return connect(to, which + 1, failed.message());
    stream().native_non_blocking(true, failed);
    stream().set_option(tcp::no_delay(true), failed);
    stream().set_option(boost::asio::socket_base::keep_alive(true), failed);
    read();
    heard_by().on_open();
  });
}

}  // namespace mqcoap
