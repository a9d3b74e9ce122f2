#include "asio_alarm.hpp"

namespace mqcoap {

void asio_alarm::wake_at(steady_time when) {
  if (when == steady_time::max()) {
    timer_.cancel();
    return;
  }
  timer_.expires_at(when);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec) ring_();
  });
}

}  // namespace mqcoap
