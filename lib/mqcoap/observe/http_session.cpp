#include <mqcoap/observe/http_session.hpp>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <mqcoap/base/ascii.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace mqcoap::observe {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
/// The number of bytes of a rejected request that are read before the connection is closed, so that the
/// response arrives.
constexpr std::size_t most_drained = 256 << 10;

using parser = http::request_parser<http::empty_body>;

http_page refusal(unsigned status, std::string message) {
  return {status, plain_text, std::move(message) + '\n'};
}

bool reads(http::verb verb) { return verb == http::verb::get || verb == http::verb::head; }

http_page refuse_method(const parser& p) {
  return refusal(405, std::string(p.get().method_string()) + " is not allowed: only GET and HEAD");
}

/// Returns the response to a request that could not be read; nothing if the client has disconnected.
std::optional<http_page> refuse_unreadable(const parser& p, beast::error_code ec, std::size_t header_limit) {
  if (ec.category() != make_error_code(http::error::bad_method).category() ||
      ec == http::error::end_of_stream || ec == http::error::partial_message)
    return std::nullopt;
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
    return refusal(431, "the header is longer than " + std::to_string(header_limit) + " bytes");
  if (p.is_header_done() && !reads(p.get().method())) return refuse_method(p);
  if (ec == http::error::unexpected_body) return refusal(400, "requests to this server must not have a body");
  return refusal(400, "this is not an HTTP/1.1 request: " + ec.message());
}

bool is_absolute(std::string_view target, std::string_view scheme) {
  return target.size() >= scheme.size() && ascii_iequal(target.substr(0, scheme.size()), scheme);
}

/// The host and the path of a request.
struct request_target {
  std::string_view host;  ///< empty: none is given, as HTTP/1.0 allows
  std::string_view path;  ///< without a query; begins with `/`
};

/// Splits the target of a request: a path, or `http://HOST/PATH`, whose host takes precedence over the field.
/// @return nothing if it is neither
std::optional<request_target> split(std::string_view target, std::string_view host) {
  constexpr std::string_view scheme = "http://";
  if (is_absolute(target, scheme)) {
    target.remove_prefix(scheme.size());
    const auto end = std::min(target.find_first_of("/?#"), target.size());
    host = target.substr(0, end);
    target.remove_prefix(end);
    if (host.empty() || host.find('@') != std::string_view::npos) return std::nullopt;
    if (!target.starts_with('/')) target = "/";
  }
  if (!target.starts_with('/')) return std::nullopt;
  return request_target{host, target.substr(0, target.find('?'))};
}

/// Checks the target and the host (RFC 9112, section 3.2). Returns the response if they are rejected.
std::optional<http_page> refuse_host(const http::request<http::empty_body>& request, const http_hosts& hosts,
                                     const std::optional<request_target>& target) {
  using enum http_hosts::verdict;
  const auto fields = request.count(http::field::host);
  const auto named = request[http::field::host];
  if (fields > 1 || (fields == 0 && request.version() >= 11))
    return refusal(400, "a request must have exactly one Host field");
  if (fields == 1 && hosts.judge({named.data(), named.size()}) == malformed)
    return refusal(400, "the field Host is not of the form NAME[:PORT]");
  if (!target) return refusal(400, "the target of a request must be a path or http://HOST/PATH");
  if (fields == 0 && target->host.empty()) return std::nullopt;
  switch (hosts.judge(target->host)) {
    case malformed: return refusal(400, "the target of a request must be a path or http://HOST/PATH");
    case unknown:
      return refusal(421,
                     "this server is not known by the name in the field Host, and so does not answer; "
                     "`http.hosts` in the configuration of mqcoapd lists further names");
    case known: break;
  }
  return std::nullopt;
}

}  // namespace

class http_session::impl {
 public:
  impl(asio::ip::tcp::socket socket, const http_pages& pages, const http_limits& limits,
       std::shared_ptr<const http_hosts> hosts)
      : stream_(std::move(socket)), pages_(pages), limits_(limits), hosts_(std::move(hosts)) {}

  asio::awaitable<void> run() {
    // In the condition of a loop, g++ evaluates co_await on both sides of && (findings/gcc-await-in-loop.sh).
    for (bool goes_on = true; goes_on;) {
      goes_on = co_await await_request();
      if (goes_on) goes_on = co_await answer_request();
    }
    beast::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

  void close() noexcept { stream_.close(); }
  std::chrono::steady_clock::time_point last_active() const noexcept { return last_active_; }

 private:
  /// Returns false if the client has disconnected.
  asio::awaitable<bool> await_request() {
    if (buffer_.size() > 0) co_return true;
    stream_.expires_after(limits_.idle);
    const auto [ec, bytes] = co_await stream_.async_read_some(buffer_.prepare(1024), as_result);
    buffer_.commit(bytes);
    co_return !ec;
  }

  /// Returns false if the connection must be closed.
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
    const auto& request = p.get();
    if (!reads(request.method())) return refuse_method(p);
    const auto host = request[http::field::host];
    const auto target = split({request.target().data(), request.target().size()}, {host.data(), host.size()});
    if (auto refused = refuse_host(request, *hosts_, target)) return *std::move(refused);
    if (auto page = pages_(target->path)) return *std::move(page);
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

  /// Reads the rest of a rejected request: closing a connection with unread bytes would discard the response
  /// at the peer.
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
  const std::shared_ptr<const http_hosts> hosts_;
  beast::flat_buffer buffer_{limits_.header + 4096};
  std::chrono::steady_clock::time_point last_active_ = std::chrono::steady_clock::now();
};

http_session::http_session(asio::ip::tcp::socket socket, const http_pages& pages, const http_limits& limits,
                           std::shared_ptr<const http_hosts> hosts)
    : impl_(std::make_unique<impl>(std::move(socket), pages, limits, std::move(hosts))) {}
http_session::~http_session() = default;
asio::awaitable<void> http_session::run() { return impl_->run(); }
void http_session::close() noexcept { impl_->close(); }
std::chrono::steady_clock::time_point http_session::last_active() const noexcept {
  return impl_->last_active();
}

}  // namespace mqcoap::observe
