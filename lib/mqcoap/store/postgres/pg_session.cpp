#include <mqcoap/store/postgres/pg_session.hpp>

#include <fcntl.h>

#include <boost/asio/post.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/store/postgres/pg_library.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap::store {
namespace {

using wait_for = boost::asio::posix::stream_descriptor;

void drop_notice(void* /*unused*/, const PGresult* /*notice*/) {}

std::string field_of(const PGresult* result, int field) {
  const char* const text = pg().PQresultErrorField(result, field);
  return text == nullptr ? std::string() : std::string(text);
}

/// Returns an error message of libpq on a single line.
std::string one_line(std::string_view message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.remove_suffix(1);
  std::string made;
  for (const char each : message) {
    if (each != '\n' && each != '\t')
      made += each;
    else if (!made.ends_with(' '))
      made += ' ';
  }
  return log_safe(made, 400);
}

int statement_sent(PGconn* to, const pg_statement& what) {
  const auto& values = what.parameters.values();
  std::vector<const char*> bytes;
  std::vector<int> sizes;
  for (const auto& each : values) {
    bytes.push_back(each.data());
    sizes.push_back(static_cast<int>(each.size()));
  }
  const std::vector<int> formats(values.size(), 1);
  const auto count = static_cast<int>(values.size());
  switch (what.how) {
    case pg_statement::way::prepare:
      return pg().PQsendPrepare(to, what.name.c_str(), what.sql.c_str(), 0, nullptr);
    case pg_statement::way::run_prepared:
      return pg().PQsendQueryPrepared(to, what.name.c_str(), count, bytes.data(), sizes.data(),
                                      formats.data(), 1);
    case pg_statement::way::run: break;
  }
  return pg().PQsendQueryParams(to, what.sql.c_str(), count, nullptr, bytes.data(), sizes.data(),
                                formats.data(), 1);
}

}  // namespace

void pg_session::finisher::operator()(pg_conn* connection) const noexcept { pg().PQfinish(connection); }

pg_session::pg_session(const boost::asio::any_io_executor& loop, owner callbacks)
    : callbacks_(std::move(callbacks)), socket_(loop) {}

pg_session::~pg_session() = default;

void pg_session::connect(const pg_target::settings& settings) {
  std::vector<const char*> keys;
  std::vector<const char*> values;
  for (const auto& [key, value] : settings) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(pg().PQconnectStartParams(keys.data(), values.data(), 0));
  if (!connection_) return end("out of memory");
  if (pg().PQstatus(connection_.get()) == CONNECTION_BAD) return end(last_error());
  pg().PQsetNoticeReceiver(connection_.get(), drop_notice, nullptr);
  if (!watch_socket()) return;
  await_writing();
}

/// Watches the socket of libpq, which may be a different one after each step.
bool pg_session::watch_socket() {
  boost::system::error_code ec;
  socket_.close(ec);
  const int copy = ::fcntl(pg().PQsocket(connection_.get()), F_DUPFD_CLOEXEC, 0);
  if (copy >= 0) socket_.assign(copy, ec);
  if (copy >= 0 && !ec) return true;
  end("no descriptor for the connection");
  return false;
}

void pg_session::go_on_connecting() {
  const auto step = pg().PQconnectPoll(connection_.get());
  if (step == PGRES_POLLING_FAILED) return end(last_error());
  if (!watch_socket()) return;
  if (step == PGRES_POLLING_READING) return await_reading();
  if (step == PGRES_POLLING_WRITING) return await_writing();
  if (pg().PQsetnonblocking(connection_.get(), 1) != 0 || pg().PQenterPipelineMode(connection_.get()) != 1)
    return end(last_error());
  is_connected_ = true;
  await_reading();
  callbacks_.connected();
}

void pg_session::await_reading() {
  socket_.async_wait(wait_for::wait_read, [weak = weak_from_this()](boost::system::error_code ec) {
    const auto self = weak.lock();
    if (ec || !self || self->is_over_) return;
    if (!self->is_connected_) return self->go_on_connecting();
    self->read();
    if (!self->is_over_) self->await_reading();
  });
}

void pg_session::await_writing() {
  if (std::exchange(awaits_writing_, true)) return;
  socket_.async_wait(wait_for::wait_write, [weak = weak_from_this()](boost::system::error_code ec) {
    const auto self = weak.lock();
    if (ec || !self || self->is_over_) return;
    self->awaits_writing_ = false;
    if (self->is_connected_)
      self->flush();
    else
      self->go_on_connecting();
  });
}

void pg_session::send(const pg_request& request, pg_handler done) {
  in_flight_.push_back({std::move(done)});
  bool is_queued = true;
  for (const auto& each : request) is_queued = is_queued && statement_sent(connection_.get(), each) == 1;
  if (is_queued && pg().PQpipelineSync(connection_.get()) == 1) return flush();
  end_reason_ = last_error();
  boost::asio::post(socket_.get_executor(), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->look();
  });
}

/// Sends what is queued. A connection that cannot be written to is still read to its end, because the server
/// may have sent the reason.
void pg_session::flush() {
  if (pg().PQflush(connection_.get()) == 1) await_writing();
}

void pg_session::look() {
  const auto self = shared_from_this();
  if (is_connected_ && !is_over_) read();
}

void pg_session::read() {
  const bool is_alive = pg().PQconsumeInput(connection_.get()) == 1;
  drain();
  if (is_over_) return;
  if (!end_reason_.empty()) return end(end_reason_);
  if (!is_alive) return end(last_error());
  flush();
}

/// Takes all results that have arrived. A null ends the results of one statement; two in a row mean that
/// there are no more.
void pg_session::drain() {
  bool was_null = false;
  while (!is_over_ && !in_flight_.empty() && pg().PQisBusy(connection_.get()) == 0) {
    auto* const raw = pg().PQgetResult(connection_.get());
    if (raw == nullptr && std::exchange(was_null, true)) return;
    if (raw == nullptr) continue;
    was_null = false;
    take(pg_rows(raw), raw);
  }
}

/// Handles a result. The transaction counts as committed only when the server has confirmed the
/// synchronization point.
void pg_session::take(pg_rows rows, pg_result* raw) {
  switch (pg().PQresultStatus(raw)) {
    case PGRES_PIPELINE_SYNC: return answer_first();
    case PGRES_TUPLES_OK: in_flight_.front().rows = std::move(rows); return;
    case PGRES_FATAL_ERROR: break;
    default: return;
  }
  const auto state = field_of(raw, PG_DIAG_SQLSTATE);
  const auto severity = field_of(raw, PG_DIAG_SEVERITY_NONLOCALIZED);
  const auto message =
      one_line(state.empty() ? pg().PQresultErrorMessage(raw) : field_of(raw, PG_DIAG_MESSAGE_PRIMARY));
  if (severity == "ERROR") {
    if (!in_flight_.front().fault) in_flight_.front().fault = {pg_fault::kind::refused, state, message};
  } else if (end_reason_.empty()) {
    end_reason_ = message.empty() ? "the connection was lost" : message;
  }
}

void pg_session::answer_first() {
  auto first = std::move(in_flight_.front());
  in_flight_.pop_front();
  if (first.fault) return first.done(*std::move(first.fault));
  first.done(std::move(first.rows));
}

void pg_session::close(const std::string& why) {
  callbacks_ = {[] {}, [](const std::string&) {}};
  end(why);
}

void pg_session::end(const std::string& why) {
  if (std::exchange(is_over_, true)) return;
  const auto self = weak_from_this().lock();
  boost::system::error_code ec;
  socket_.close(ec);
  connection_.reset();
  for (auto& each : std::exchange(in_flight_, {})) each.done(pg_fault{pg_fault::kind::lost, {}, why});
  const auto callbacks = std::exchange(callbacks_, {});
  if (callbacks.ended) callbacks.ended(why);
}

std::string pg_session::last_error() const {
  const auto message = one_line(pg().PQerrorMessage(connection_.get()));
  return message.empty() ? "the connection was lost" : message;
}

}  // namespace mqcoap::store
