#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <mqcoap/observe/http_session.hpp>
#include <utility>

namespace mqcoap {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr char plain[] = "text/plain; charset=utf-8";
/// What is read of a refused request before the connection is closed, so that the refusal arrives.
constexpr std::size_t most_drained = 256 << 10;

using parser = http::request_parser<http::empty_body>;

http_page refusal(unsigned status, std::string words) { return {status, plain, std::move(words) + '\n'}; }

bool reads(http::verb verb) { return verb == http::verb::get || verb == http::verb::head; }

http_page refuse_method(const parser& p) {
  return refusal(405, std::string(p.get().method_string()) + " is not possible here: only GET and HEAD");
}

/// What to say of a request that could not be read; nothing if nobody listens any more.
std::optional<http_page> refuse_unreadable(const parser& p, beast::error_code ec, std::size_t header_limit) {
  if (ec.category() != make_error_code(http::error::bad_method).category() ||
      ec == http::error::end_of_stream || ec == http::error::partial_message)
    return std::nullopt;
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
    return refusal(431, "the header is longer than " + std::to_string(header_limit) + " bytes");
  if (p.is_header_done() && !reads(p.get().method())) return refuse_method(p);
  if (ec == http::error::unexpected_body) return refusal(400, "a request to here has no body");
  return refusal(400, "this is no HTTP/1.1 request: " + ec.message());
}

}  // namespace

class http_session::impl {
 public:
  impl(asio::ip::tcp::socket socket, const http_pages& pages, const http_limits& limits)
      : stream_(std::move(socket)), pages_(pages), limits_(limits) {}

  asio::awaitable<void> run() {
    while (co_await await_request() && co_await answer_request()) {
    }
    beast::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

  void close() noexcept { stream_.close(); }
  std::chrono::steady_clock::time_point last_active() const noexcept { return last_active_; }

 private:
  /// False: nobody asks any more.
  asio::awaitable<bool> await_request() {
    if (buffer_.size() > 0) co_return true;
    stream_.expires_after(limits_.idle);
    const auto [ec, bytes] = co_await stream_.async_read_some(buffer_.prepare(1024), as_result);
    buffer_.commit(bytes);
    co_return !ec;
  }

  /// False: the connection is to be closed.
  asio::awaitable<bool> answer_request() {
    last_active_ = std::chrono::steady_clock::now();
    parser p;
    p.header_limit(static_cast<std::uint32_t>(limits_.header));
    stream_.expires_after(limits_.request);
    const auto [ec, bytes] = co_await http::async_read(stream_, buffer_, p, as_result);
    if (ec) {
      const auto page = refuse_unreadable(p, ec, limits_.header);
      if (page && co_await send(p, *page, false)) co_await drain();
      co_return false;
    }
    const bool keep = p.get().keep_alive();
    co_return co_await send(p, make_page(p), keep) && keep;
  }

  http_page make_page(const parser& p) {
    if (!reads(p.get().method())) return refuse_method(p);
    const std::string_view target(p.get().target().data(), p.get().target().size());
    if (auto page = pages_(target.substr(0, target.find('?')))) return *std::move(page);
    return refusal(404, "no such page; there are /metrics, /healthz and /readyz");
  }

  asio::awaitable<bool> send(const parser& p, const http_page& page, bool keep) {
    stream_.expires_after(limits_.response);
    if (p.is_header_done() && p.get().method() == http::verb::head) {
      http::response<http::empty_body> head;
      fill(head, page, keep);
      co_return co_await write(head);
    }
    http::response<http::string_body> whole;
    whole.body() = page.body;
    fill(whole, page, keep);
    co_return co_await write(whole);
  }

  template <class Body>
  static void fill(http::response<Body>& r, const http_page& page, bool keep) {
    r.version(11);
    r.result(page.status);
    r.keep_alive(keep);
    r.set(http::field::content_type, page.type);
    r.set(http::field::cache_control, "no-store");
    if (page.status == 405) r.set(http::field::allow, "GET, HEAD");
    r.content_length(page.body.size());
  }

  template <class Body>
  asio::awaitable<bool> write(http::response<Body>& r) {
    const auto [ec, bytes] = co_await http::async_write(stream_, r, as_result);
    co_return !ec;
  }

  /// Closing a connection with unread bytes would take the refusal away from the peer.
  asio::awaitable<void> drain() {
    beast::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    stream_.expires_after(1s);
    for (std::size_t all = 0; all < most_drained;) {
      buffer_.clear();
      const auto [ec, bytes] = co_await stream_.async_read_some(buffer_.prepare(4096), as_result);
      if (ec) break;
      all += bytes;
    }
  }

  beast::tcp_stream stream_;
  const http_pages& pages_;
  const http_limits& limits_;
  beast::flat_buffer buffer_{limits_.header + 4096};
  std::chrono::steady_clock::time_point last_active_ = std::chrono::steady_clock::now();
};

http_session::http_session(asio::ip::tcp::socket socket, const http_pages& pages, const http_limits& limits)
    : impl_(std::make_unique<impl>(std::move(socket), pages, limits)) {}
http_session::~http_session() = default;
asio::awaitable<void> http_session::run() { return impl_->run(); }
void http_session::close() noexcept { impl_->close(); }
std::chrono::steady_clock::time_point http_session::last_active() const noexcept {
  return impl_->last_active();
}

}  // namespace mqcoap
