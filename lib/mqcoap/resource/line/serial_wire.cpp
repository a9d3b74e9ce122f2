#include <mqcoap/resource/line/serial_wire.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace mqcoap {
namespace {

using port = boost::asio::serial_port_base;

/// An open port, or the reason why it could not be opened.
struct opened_port {
  opened_port() = default;
  opened_port(const opened_port&) = delete;
  opened_port& operator=(const opened_port&) = delete;
  ~opened_port() {
    if (descriptor >= 0) ::close(descriptor);
  }
  int descriptor = -1;
  std::string why{};
};

port::parity::type parity_of(serial_parity parity) {
  switch (parity) {
    case serial_parity::odd: return port::parity::odd;
    case serial_parity::even: return port::parity::even;
    case serial_parity::none: break;
  }
  return port::parity::none;
}

port::flow_control::type flow_of(serial_flow flow) {
  switch (flow) {
    case serial_flow::software: return port::flow_control::software;
    case serial_flow::hardware: return port::flow_control::hardware;
    case serial_flow::none: break;
  }
  return port::flow_control::none;
}

/// Stores the settings in the form that tcsetattr(3) takes.
boost::system::error_code store(const serial_address& at, termios& into) {
  ::cfmakeraw(&into);
  into.c_cflag |= static_cast<tcflag_t>(CREAD | CLOCAL);
  into.c_cflag &= ~static_cast<tcflag_t>(HUPCL);
  into.c_iflag |= static_cast<tcflag_t>(IGNPAR);
  into.c_cc[VMIN] = 1;  // reading fails with EAGAIN if there are no bytes
  into.c_cc[VTIME] = 0;
  boost::system::error_code ec;
  const auto set = [&](const auto& option) {
    if (!ec) option.store(into, ec);
  };
  set(port::baud_rate(at.baud));
  set(port::character_size(at.bits));
  set(port::parity(parity_of(at.parity)));
  set(port::stop_bits(at.stop == 2 ? port::stop_bits::two : port::stop_bits::one));
  set(port::flow_control(flow_of(at.flow)));
  return ec;
}

std::string open_port(const serial_address& at, int& descriptor) {
  const auto last = [] { return std::generic_category().message(errno); };
  descriptor = ::open(at.device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return last();
  termios settings{};
  if (::tcgetattr(descriptor, &settings) != 0) return errno == ENOTTY ? "it is not a serial port" : last();
  if (const auto ec = store(at, settings)) return "the settings cannot be used: " + ec.message();
  if (::ioctl(descriptor, TIOCEXCL) != 0 || ::tcsetattr(descriptor, TCSANOW, &settings) != 0 ||
      ::tcflush(descriptor, TCIOFLUSH) != 0)
    return last();
  return {};
}

}  // namespace

serial_wire::serial_wire(backend_services& services, serial_address at, listener& heard_by)
    : stream_wire(boost::asio::serial_port(services.loop()), heard_by),
      services_(services),
      at_(std::move(at)) {}

void serial_wire::open() {
  services_.run_blocking(
      [at = at_, self = weak_from_this(), this, session = session()]() -> std::function<void()> {
        const auto opened = std::make_shared<opened_port>();
        opened->why = open_port(at, opened->descriptor);
        return [opened, self, this, session] {
          const auto still = self.lock();
          if (!still || this->session() != session) return;
          boost::system::error_code ec;
          if (opened->why.empty()) {
            stream().assign(opened->descriptor, ec);
            if (ec)
              opened->why = ec.message();
            else
              opened->descriptor = -1;  // the stream closes it
          }
          if (!opened->why.empty()) return heard_by().on_failed(opened->why);
          read();
          heard_by().on_open();
        };
      });
}

/// Drops unsent bytes, because closing would wait for them, which may take long.
void serial_wire::before_close() noexcept {
  if (stream().is_open()) ::tcflush(stream().native_handle(), TCIOFLUSH);
}

}  // namespace mqcoap
