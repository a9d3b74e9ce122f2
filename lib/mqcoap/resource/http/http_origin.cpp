#include <mqcoap/resource/http/http_origin.hpp>

#include <boost/asio/steady_timer.hpp>
#include <mqcoap/resource/http/http_connection.hpp>
#include <mqcoap/resource/http/http_names.hpp>
#include <utility>

namespace mqcoap {

std::shared_ptr<http_pool> make_http_pool(const http_url& at, const boost::asio::any_io_executor& loop,
                                          const clock& time, const log_sink& log, name_resolver resolver) {
  const auto names = std::make_shared<http_names>(loop, at.host, std::move(resolver));
  const auto timer = std::make_shared<boost::asio::steady_timer>(loop);
  const auto wake = [timer, &time](http_pool& pool, steady_time next) {
    if (next == steady_time::max()) {
      timer->cancel();
      return;
    }
    // The clock of the timer may differ from that of the deadlines, as in tests.
    timer->expires_after(next - time.now());
    timer->async_wait([weak = pool.weak_from_this()](boost::system::error_code ec) {
      const auto still = weak.lock();
      if (!ec && still) still->expire();
    });
  };
  return std::make_shared<http_pool>(
      origin_of(at), [loop, at, names] { return std::make_unique<http_connection>(loop, at, names); }, time,
      log, wake);
}

std::shared_ptr<http_pool> find_http_pool(const http_url& at, backend_services& services, const clock& time,
                                          const log_sink& log) {
  return services.shared().open<http_pool>(origin_of(at),
                                           [&] { return make_http_pool(at, services.loop(), time, log); });
}

}  // namespace mqcoap
