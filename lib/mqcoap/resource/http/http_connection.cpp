#include <mqcoap/resource/http/http_connection.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <chrono>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/resource/backend/reading.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace mqcoap {
namespace {

namespace beast_http = boost::beast::http;
using boost::asio::ip::tcp;
using http_stop = http_outcome::end;
using answer_parser = beast_http::response_parser<beast_http::string_body>;

constexpr std::size_t http_piece = 4096;
/// The limit of interim answers (1xx) before the final one.
constexpr int most_interim = 8;

beast_http::verb verb_of(method verb) {
  switch (verb) {
    case method::post: return beast_http::verb::post;
    case method::put: return beast_http::verb::put;
    case method::del: return beast_http::verb::delete_;
    case method::get: break;
  }
  return beast_http::verb::get;
}

beast_http::request<beast_http::string_body> make_request(const http_exchange& what) {
  beast_http::request<beast_http::string_body> made;
  made.version(11);
  made.method(verb_of(what.verb));
  made.target(what.target);
  made.set(beast_http::field::host, what.host);
  made.set(beast_http::field::user_agent, "mqcoap");
  made.set(beast_http::field::accept, what.accept);
  made.set(beast_http::field::accept_encoding, "identity");
  if (!what.content_type.empty()) made.set(beast_http::field::content_type, what.content_type);
  for (const auto& each : what.fields) {
    const auto value = each.value.reveal();
    made.set(each.name, boost::beast::string_view(value.data(), value.size()));
  }
  if (what.verb == method::put || what.verb == method::post) made.content_length(what.body.size());
  made.body() = what.body;
  return made;
}

std::string text_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// Makes the kernel acknowledge received bytes at once. A server that writes header and body separately, with
/// Nagle's algorithm, holds back the body until the kernel has acknowledged the header, which takes 40 ms by
/// default. The kernel resets the option, so it is set each time.
void acknowledge_at_once([[maybe_unused]] int socket) noexcept {
#ifdef TCP_QUICKACK
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
}

bool is_too_large(boost::system::error_code ec) {
  return ec == beast_http::error::header_limit || ec == beast_http::error::body_limit ||
         ec == beast_http::error::buffer_overflow;
}

}  // namespace

class http_connection::impl : public std::enable_shared_from_this<impl> {
 public:
  impl(const boost::asio::any_io_executor& loop, const http_url& to, std::shared_ptr<http_names> names)
      : socket_(loop), attempt_timer_(loop), to_(to), names_(std::move(names)) {}

  void exchange(std::shared_ptr<const http_exchange> what, handler done) {
    what_ = std::move(what);
    done_ = std::move(done);
    got_.clear();
    buffer_.clear();
    interim_ = 0;
    is_kept_ = false;
    if (is_connected_) return send();
    is_connected_ = false;
    stage_ = stage::looking_up;
    boost::system::error_code no_address;
    boost::asio::ip::make_address(to_.host, no_address);
    if (!no_address) return connect(std::make_shared<const addresses>(addresses{to_.host}), 0, {});
    names_->find(weak_from_this(), [self = weak_from_this()](const resolved_name& found) {
      if (const auto still = self.lock())
        still->connect(std::make_shared<const addresses>(found.addresses), 0, found.fault);
    });
  }

  bool is_open() noexcept {
    if (!is_connected_ || !is_kept_) return false;
    char unsolicited = 0;
    const auto got = ::recv(socket_.native_handle(), &unsolicited, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  http_progress progress() const { return {stage_, got_}; }

  void close() noexcept {
    done_ = nullptr;
    is_connected_ = false;
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  using addresses = std::vector<std::string>;
  using error_code = boost::system::error_code;
  using stage = http_progress::stage;

  /// Tries one address, and then those after it. @param why  the error of the previous one
  void connect(std::shared_ptr<const addresses> to, std::size_t which, const std::string& why) {
    stage_ = stage::connecting;
    if (which >= to->size())
      return end_later({.how = http_stop::not_connected,
                        .why = "cannot connect to the server: " + why,
                        .was_sent = false});
    error_code ec;
    const auto address = boost::asio::ip::make_address((*to)[which], ec);
    if (ec) return connect(std::move(to), which + 1, ec.message());
    socket_.close(ec);
    if (which + 1 < to->size()) limit_attempt();
    socket_.async_connect({address, to_.port}, [self = weak_from_this(), to, which](error_code failed) {
      const auto still = self.lock();
      if (!still || !still->done_) return;
      still->attempt_timer_.cancel();
      if (failed == boost::asio::error::operation_aborted) failed = boost::asio::error::timed_out;
      if (failed) return still->connect(to, which + 1, failed.message());
      still->socket_.set_option(tcp::no_delay(true), failed);
      still->is_connected_ = true;
      still->send();
    });
  }

  /// Limits the time of an attempt if there is another address, because this one may drop all packets.
  void limit_attempt() {
    attempt_timer_.expires_after(most_attempt);
    attempt_timer_.async_wait([self = weak_from_this()](error_code ec) {
      const auto still = self.lock();
      if (ec || !still || still->stage_ != stage::connecting) return;
      still->socket_.cancel(ec);
    });
  }

  /// Writes the request, and reads at the same time, because a server may reject a body before it
  /// has read it.
  void send() {
    stage_ = stage::sending;
    is_sent_ = false;
    begin_answer();
    const auto request = std::make_shared<beast_http::request<beast_http::string_body>>(make_request(*what_));
    beast_http::async_write(socket_, *request,
                            [request, what = what_, self = weak_from_this()](error_code ec, std::size_t) {
                              const auto still = self.lock();
                              if (!still || ec || still->what_ != what)
                                return;  // errors are reported by the read
                              still->is_sent_ = true;
                              if (still->stage_ == stage::sending) still->stage_ = stage::waiting;
                            });
    read();
  }

  void begin_answer() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(most_header));
    parser_->body_limit(what_->most);
    parser_->eager(true);
  }

  void read() {
    acknowledge_at_once(socket_.native_handle());
    socket_.async_read_some(buffer_.prepare(http_piece),
                            [self = weak_from_this(), what = what_](error_code ec, std::size_t got) {
                              const auto still = self.lock();
                              if (still && still->done_ && still->what_ == what) still->take(ec, got);
                            });
  }

  void take(error_code ec, std::size_t got) {
    buffer_.commit(got);
    if (got > 0) {
      stage_ = stage::reading;
      const auto* const bytes = static_cast<const char*>(buffer_.data().data());
      const auto fresh = buffer_.size() - got;
      got_.append(bytes + fresh, std::min(got, most_got - std::min(most_got, got_.size())));
      if (!parse()) return;
    }
    if (!ec) return read();
    if (ec == boost::asio::error::eof && parser_->got_some()) {
      parser_->put_eof(ec);
      if (!ec && parser_->is_done()) return end_answered(false);
      return end_cut_off("it was closed at the other end");
    }
    const auto why = ec == boost::asio::error::eof ? "it was closed at the other end" : ec.message();
    if (!got_.empty()) return end_cut_off(why);
    end({.how = http_stop::closed,
         .why = "the connection to the server ended before it had answered: " + why});
  }

  /// Parses the received bytes. Returns false when the request has ended.
  bool parse() {
    while (buffer_.size() > 0) {
      error_code ec;
      buffer_.consume(parser_->put(buffer_.data(), ec));
      if (ec == beast_http::error::need_more) break;
      if (ec) return end_unparsed(ec), false;
      if (!parser_->is_done()) continue;
      if (parser_->get().result_int() >= 200 || parser_->get().result_int() == 101)
        return end_answered(true), false;
      if (++interim_ > most_interim)
        return end({.how = http_stop::unreadable, .why = "the server sends too many interim responses"}),
               false;
      begin_answer();
    }
    if (buffer_.size() + http_piece <= buffer_.max_size()) return true;
    return end({.how = http_stop::too_large, .why = "a line of the server's answer is too long"}), false;
  }

  void end_answered(bool has_end) {
    auto& got = parser_->get();
    is_kept_ = has_end && is_sent_ && buffer_.size() == 0 && parser_->keep_alive();
    http_outcome outcome;
    outcome.status = got.result_int();
    outcome.reason = text_of(got.reason());
    outcome.content_type = text_of(got[beast_http::field::content_type]);
    outcome.encoding = text_of(got[beast_http::field::content_encoding]);
    outcome.location = text_of(got[beast_http::field::location]);
    outcome.retry_after = text_of(got[beast_http::field::retry_after]);
    outcome.body = std::move(got.body());
    end(std::move(outcome));
  }

  void end_cut_off(const std::string& why) {
    end({.how = http_stop::cut_off,
         .why = "the connection to the server ended within its answer (" + why +
                "); received so far: " + shown()});
  }

  void end_unparsed(error_code ec) {
    if (is_too_large(ec)) {
      const bool is_header = !parser_->is_header_done();
      return end({.how = http_stop::too_large,
                  .why = std::string(is_header ? "the header" : "the body") +
                         " of the server's answer is longer than " +
                         size_to_string(is_header ? most_header : what_->most)});
    }
    end({.how = http_stop::unreadable,
         .why = "the server's answer is not HTTP; received so far: " + shown()});
  }

  std::string shown() const { return '\'' + log_safe(got_, most_shown) + '\''; }

  void end(http_outcome outcome) {
    const auto done = std::exchange(done_, nullptr);
    if (!is_kept_) close();
    if (done) done(std::move(outcome));
  }

  void end_later(http_outcome outcome) {
    boost::asio::post(socket_.get_executor(),
                      [self = weak_from_this(), outcome = std::move(outcome)]() mutable {
                        const auto still = self.lock();
                        if (still && still->done_) still->end(std::move(outcome));
                      });
  }

  static constexpr std::chrono::milliseconds most_attempt{500};
  static constexpr std::size_t most_got = most_shown + 4;

  tcp::socket socket_;
  boost::asio::steady_timer attempt_timer_;
  const http_url to_;
  const std::shared_ptr<http_names> names_;
  std::shared_ptr<const http_exchange> what_;
  handler done_;
  std::optional<answer_parser> parser_;
  boost::beast::flat_buffer buffer_{2 * most_header};
  std::string got_;  ///< the beginning of the answer
  stage stage_ = stage::looking_up;
  int interim_ = 0;
  bool is_connected_ = false;
  bool is_sent_ = false;
  bool is_kept_ = false;  ///< another request may be sent
};

http_connection::http_connection(const boost::asio::any_io_executor& loop, const http_url& to,
                                 std::shared_ptr<http_names> names)
    : impl_(std::make_shared<impl>(loop, to, std::move(names))) {}
http_connection::~http_connection() { impl_->close(); }

void http_connection::exchange(std::shared_ptr<const http_exchange> what, handler done) {
  impl_->exchange(std::move(what), std::move(done));
}
bool http_connection::is_open() noexcept { return impl_->is_open(); }
http_progress http_connection::progress() const { return impl_->progress(); }

}  // namespace mqcoap
