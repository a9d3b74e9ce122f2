#include <mqcoap/resource/line/instrument.hpp>

#include <mqcoap/resource/line/serial_wire.hpp>
#include <mqcoap/resource/line/tcp_wire.hpp>
#include <utility>
#include <variant>

namespace mqcoap {
namespace {

std::shared_ptr<line_wire> wire_to(const line_address& at, backend_services& services,
                                   line_wire::listener& heard_by) {
  if (const auto* const serial = std::get_if<serial_address>(&at))
    return std::make_shared<serial_wire>(services, *serial, heard_by);
  return std::make_shared<tcp_wire>(services.loop(), std::get<tcp_address>(at), heard_by);
}

}  // namespace

std::shared_ptr<instrument> instrument::find(const line_address& at, backend_services& services,
                                             const clock& time, const log_sink& log) {
  return services.shared().open<instrument>(
      to_string(at), [&] { return std::make_shared<instrument>(at, services, time, log); });
}

instrument::instrument(const line_address& at, backend_services& services, const clock& time, log_sink log)
    : time_(time),
      wire_(wire_to(at, services, *this)),
      session_(short_name(at), *wire_, time, std::move(log)),
      timer_(services.loop()) {}

instrument::~instrument() { wire_->close(); }

backend::running instrument::ask(line_exchange what, steady_time deadline, backend::reply_handler done) {
  const auto kept = shared_from_this();
  auto running = session_.ask(std::move(what), deadline, std::move(done));
  set_timer();
  return running;
}

void instrument::on_open() {
  const auto kept = shared_from_this();
  session_.on_open();
  set_timer();
}

void instrument::on_failed(const std::string& why) {
  const auto kept = shared_from_this();
  session_.on_failed(why);
  set_timer();
}

void instrument::on_sent() {
  const auto kept = shared_from_this();
  session_.on_sent();
  set_timer();
}

void instrument::on_bytes(std::string_view bytes) {
  const auto kept = shared_from_this();
  session_.on_bytes(bytes);
  set_timer();
}

void instrument::on_closed(const std::string& why) {
  const auto kept = shared_from_this();
  session_.on_closed(why);
  set_timer();
}

void instrument::set_timer() {
  const auto next = session_.next_deadline();
  if (next == steady_time::max()) {
    timer_.cancel();
    return;
  }
  // The clock of the timer may differ from that of the deadlines, as in tests.
  timer_.expires_after(next - time_.now());
  timer_.async_wait([self = weak_from_this()](boost::system::error_code ec) {
    const auto still = self.lock();
    if (ec || !still) return;
    still->session_.expire();
    still->set_timer();
  });
}

}  // namespace mqcoap
