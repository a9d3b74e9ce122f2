#pragma once

#include <boost/asio/serial_port.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/resource/line/line_address.hpp>
#include <mqcoap/resource/line/stream_wire.hpp>

namespace mqcoap {

/// A serial port. It is opened on a thread that may block, and exclusively; bytes that were received before
/// are dropped. Closing it does not change the line DTR, so that a board that restarts with that
/// line keeps running.
class serial_wire final : public stream_wire<boost::asio::serial_port> {
 public:
  serial_wire(backend_services& services, serial_address at, listener& heard_by);
  void open() override;

 private:
  void before_close() noexcept override;

  backend_services& services_;
  const serial_address at_;
};

}  // namespace mqcoap
