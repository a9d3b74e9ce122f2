#pragma once

#include <boost/asio/serial_port.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/resource/line/line_address.hpp>
#include <mqcoap/resource/line/stream_wire.hpp>

namespace mqcoap {

/// A serial port. It is opened where it may block, with what was received before forgotten, for nobody else
/// beside; and a board that starts anew when its port is closed (by the line DTR) does not when it is closed
/// here.
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
