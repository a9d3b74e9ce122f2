#include <mqcoap/observe/http_server.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <mqcoap/observe/http_session.hpp>
#include <utility>

namespace mqcoap::observe {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto with_error = asio::as_tuple(asio::use_awaitable);
constexpr auto retry_after = 10s;
/// The pause after a failed accept, e.g. out of file descriptors (EMFILE).
constexpr auto accept_again_after = 1s;

std::string to_text(const std::string& address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return (is_v6 ? '[' + address + ']' : address) + ':' + std::to_string(port);
}
std::string to_text(const tcp::endpoint& at) { return to_text(at.address().to_string(), at.port()); }

error_code open(tcp::acceptor& acceptor, const tcp::endpoint& where) {
  error_code ec;
  acceptor.open(where.protocol(), ec);
  // After a restart, connections of the previous run may still occupy the port.
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(where, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  return ec;
}

}  // namespace

/// The implementation, also owned by the coroutines, which end once it is closed.
class http_server::impl : public std::enable_shared_from_this<impl> {
 public:
  impl(asio::any_io_executor executor, http_pages pages, http_limits limits)
      : executor_(std::move(executor)), pages_(std::move(pages)), limits_(limits) {}

  void listen(const http_options& where) {
    close();
    current_ = std::make_shared<listener>(executor_);
    hosts_ = std::make_shared<const http_hosts>(where);
    asio::co_spawn(executor_, run(shared_from_this(), current_, where), asio::detached);
  }

  void close() {
    if (current_) {
      error_code ignored;
      current_->acceptor.close(ignored);
      current_->timer.cancel();
      current_.reset();
    }
    for (auto& session : sessions_) session->close();
    state_ = "off";
    port_ = 0;
  }

  const std::string& state() const noexcept { return state_; }
  std::uint16_t port() const noexcept { return port_; }

 private:
  struct listener {
    explicit listener(const asio::any_io_executor& executor) : acceptor(executor), timer(executor) {}
    tcp::acceptor acceptor;
    asio::steady_timer timer;
  };
  using listener_ptr = std::shared_ptr<listener>;

  /// Accepts connections until this is no longer the current listener.
  static asio::awaitable<void> run(std::shared_ptr<impl> self, listener_ptr l, http_options where) {
    bool reported = false;
    while (self->current_ == l) {
      // Looks up the interface of a zone each time: it may appear later.
      const auto ec = open(l->acceptor, {asio::ip::make_address(where.address), where.port});
      if (!ec) co_return co_await self->accept_all(l);
      self->state_ = "cannot listen on " + to_text(where.address, where.port) + ": " + ec.message();
      if (!std::exchange(reported, true))
        spdlog::error("metrics: {}; trying again every {} s", self->state_, retry_after.count());
      error_code ignored;
      l->acceptor.close(ignored);
      l->timer.expires_after(retry_after);
      co_await l->timer.async_wait(with_error);
    }
  }

  asio::awaitable<void> accept_all(listener_ptr l) {
    const auto at = l->acceptor.local_endpoint();
    port_ = at.port();
    state_ = "listening on " + to_text(at);
    spdlog::info("metrics and health: http://{}/metrics", to_text(at));
    while (current_ == l) {
      auto [ec, socket] = co_await l->acceptor.async_accept(with_error);
      if (current_ != l) break;
      if (!ec && take(std::move(socket))) continue;
      l->timer.expires_after(accept_again_after);
      co_await l->timer.async_wait(with_error);
    }
  }

  /// Returns false if memory allocation fails: other connections and the listener must not be affected.
  bool take(tcp::socket socket) noexcept {
    std::shared_ptr<http_session> made;
    try {
      if (sessions_.size() >= limits_.connections) close_the_most_silent();
      made = std::make_shared<http_session>(std::move(socket), pages_, limits_, hosts_);
      sessions_.push_back(made);
      asio::co_spawn(executor_, serve(shared_from_this(), made), asio::detached);
      return true;
    } catch (const std::exception& e) {
      sessions_.remove(made);
      spdlog::error("metrics: a connection could not be served: {}", e.what());
      return false;
    }
  }

  void close_the_most_silent() {
    const auto oldest =
        std::min_element(sessions_.begin(), sessions_.end(),
                         [](const auto& a, const auto& b) { return a->last_active() < b->last_active(); });
    (*oldest)->close();
    sessions_.erase(oldest);
  }

  static asio::awaitable<void> serve(std::shared_ptr<impl> self, std::shared_ptr<http_session> session) {
    try {
      co_await session->run();
    } catch (const std::exception& e) {
      spdlog::error("metrics: a request could not be answered: {}", e.what());
    }
    self->sessions_.remove(session);
  }

  const asio::any_io_executor executor_;
  const http_pages pages_;
  const http_limits limits_;
  listener_ptr current_;
  std::shared_ptr<const http_hosts> hosts_;
  std::list<std::shared_ptr<http_session>> sessions_;
  std::string state_ = "off";
  std::uint16_t port_ = 0;
};

http_server::http_server(asio::any_io_executor executor, http_pages pages, http_limits limits)
    : impl_(std::make_shared<impl>(std::move(executor), std::move(pages), limits)) {}
http_server::~http_server() { impl_->close(); }
void http_server::listen(const http_options& where) { impl_->listen(where); }
void http_server::close() { impl_->close(); }
const std::string& http_server::state() const noexcept { return impl_->state(); }
std::uint16_t http_server::port() const noexcept { return impl_->port(); }

}  // namespace mqcoap::observe
