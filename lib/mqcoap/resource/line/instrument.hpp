#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/resource/line/line_address.hpp>
#include <mqcoap/resource/line/line_session.hpp>
#include <mqcoap/resource/line/line_terms.hpp>
#include <mqcoap/resource/line/line_wire.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// An instrument, its connection, and the requests that wait for it. All resources with the same address
/// share one, also across reloads. The connection is opened when there is a request.
/// @par Threads  All functions on the event loop.
class instrument final : public line_wire::listener, public std::enable_shared_from_this<instrument> {
 public:
  /// Returns the instrument at this address. The services and the clock must outlive it.
  static std::shared_ptr<instrument> find(const line_address& at, backend_services& services,
                                          const clock& time, const log_sink& log);

  instrument(const line_address& at, backend_services& services, const clock& time, log_sink log);
  ~instrument();
  instrument(const instrument&) = delete;
  instrument& operator=(const instrument&) = delete;

  /// @see line_session::ask
  backend::running ask(line_exchange what, steady_time deadline, backend::reply_handler done);

 private:
  void on_open() override;
  void on_failed(const std::string& why) override;
  void on_sent() override;
  void on_bytes(std::string_view bytes) override;
  void on_closed(const std::string& why) override;
  void set_timer();

  const clock& time_;
  const std::shared_ptr<line_wire> wire_;
  line_session session_;
  boost::asio::steady_timer timer_;
};

}  // namespace mqcoap
