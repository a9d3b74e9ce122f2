#include <mqcoap/store/postgres/postgres_once.hpp>

#include <mqcoap/store/postgres/pg_target.hpp>
#include <mqcoap/store/postgres/postgres_setup.hpp>
#include <stdexcept>
#include <utility>

namespace mqcoap::store {
namespace {

using namespace std::chrono_literals;

/// How long to wait for the answer of a write that another gateway runs, and how often to check for it.
constexpr auto answer_timeout = 2s;
constexpr auto answer_pause = 200ms;
constexpr auto forgetting_pause = 60s;
constexpr int most_losses = 3;
/// The limit of records whose removal is tried again; others stay for a day.
constexpr std::size_t most_unremoved = 10'000;

/// Records a write, or finds its record. Returns no row if another gateway has recorded it at the same time.
constexpr char begin_write[] =
    "WITH added AS (INSERT INTO mqcoap_once (key, fingerprint, attempt) VALUES ($1, $2, $3)"
    " ON CONFLICT (key) DO NOTHING RETURNING attempt)"
    " SELECT $2::text, NULL::text, attempt FROM added"
    " UNION ALL SELECT fingerprint, answer, attempt FROM mqcoap_once WHERE key = $1"
    " AND NOT EXISTS (SELECT FROM added)";
constexpr char end_write[] = "UPDATE mqcoap_once SET answer = $3 WHERE key = $1 AND attempt = $2";
constexpr char remove_write[] = "DELETE FROM mqcoap_once WHERE key = $1 AND attempt = $2";
constexpr char forget_writes[] = "DELETE FROM mqcoap_once WHERE at < now() - interval '1 day'";

pg_connection_options connection_options(const postgres_options& options) {
  auto target = pg_target::parse(options.url);
  if (!target) throw std::invalid_argument(target.error().message);
  pg_connection_options made;
  made.to = *std::move(target);
  made.password = options.password;
  made.timeout = options.timeout;
  made.pauses.longest = made.pauses.longest_at_first = options.longest_pause;
  return made;
}

error_code unrecorded_code(const pg_fault& fault) {
  return fault.what == pg_fault::kind::refused ? errc::storage_failed : errc::storage_unreachable;
}

}  // namespace

postgres_once::postgres_once(const postgres_options& options, boost::asio::any_io_executor loop,
                             name_resolver resolver)
    : loop_(std::move(loop)),
      alive_(std::make_shared<postgres_once*>(this)),
      random_(std::random_device{}()),
      session_(loop_, connection_options(options),
               {[timeout = options.timeout](pg_session& session, pg_connection::prepared_handler done) {
                  set_up(session, {timeout, {}}, std::move(done));
                },
                [this] { remove_again(); }, [](const std::string&) {}},
               std::move(resolver)) {
  session_.start();
}

postgres_once::~postgres_once() = default;

/// Removes the record of an earlier attempt first, if that failed before.
void postgres_once::begin(once_request write, begin_handler done) {
  forget_old();
  if (auto earlier = unremoved_.extract(write.key)) remove(std::move(earlier));
  attempts one;
  one.emplace(write.key, std::to_string(random_()) + '.' + std::to_string(random_()));
  ask(std::make_shared<pending_write>(pending_write{std::move(write), std::move(done),
                                                    one.extract(one.begin()),
                                                    std::chrono::steady_clock::now() + answer_timeout}));
}

void postgres_once::ask(const std::shared_ptr<pending_write>& one) {
  pg_parameters parameters;
  parameters.add(one->write.key).add(one->write.fingerprint).add(one->record.mapped());
  session_.run({run_sql(begin_write, std::move(parameters))},
               [this, one, alive = std::weak_ptr(alive_)](const result<pg_rows, pg_fault>& answer) {
                 if (!alive.expired()) on_answer(one, answer);
               });
}

/// Handles the result. If the connection was lost, it is unknown whether the write was recorded: the
/// statement is repeated, and the record is recognized by its attempt. If repeating it fails as well, the
/// write is not run, so a record that may be there is removed.
void postgres_once::on_answer(const std::shared_ptr<pending_write>& one,
                              const result<pg_rows, pg_fault>& answer) {
  using state = once_record::state;
  if (!answer) {
    if (answer.error().what == pg_fault::kind::lost && ++one->losses < most_losses) return ask(one);
    if (one->losses > 0) remove(std::move(one->record));
    return one->done(unrecorded_code(answer.error()), {});
  }
  if (answer->size() == 0) return ask_later(one);
  if (answer->text(0, 2) == one->record.mapped()) {
    recorded_.erase(one->write.key);
    recorded_.insert(std::move(one->record));
    return one->done({}, {});
  }
  if (answer->text(0, 0) != one->write.fingerprint) return one->done({}, {state::conflict, {}});
  if (!answer->is_null(0, 1)) return one->done({}, {state::answered, std::string(answer->text(0, 1))});
  if (std::chrono::steady_clock::now() < one->deadline) return ask_later(one);
  one->done({}, {state::unknown, {}});
}

void postgres_once::ask_later(const std::shared_ptr<pending_write>& one) {
  const auto timer = std::make_shared<boost::asio::steady_timer>(loop_, answer_pause);
  timer->async_wait([this, one, timer, alive = std::weak_ptr(alive_)](boost::system::error_code) {
    if (!alive.expired()) ask(one);
  });
}

void postgres_once::end(std::string key, std::string answer) {
  auto record = recorded_.extract(key);
  if (!record) return;
  if (answer.empty())
    remove(std::move(record));
  else
    store(key, record.mapped(), answer, 0);
}

/// Removes a record, now or when the database is reachable again.
void postgres_once::remove(attempts::node_type record) {
  pg_parameters parameters;
  parameters.add(record.key()).add(record.mapped());
  const auto kept = std::make_shared<attempts::node_type>(std::move(record));
  session_.run({run_sql(remove_write, std::move(parameters))},
               [this, kept, alive = std::weak_ptr(alive_)](const result<pg_rows, pg_fault>& outcome) {
                 if (alive.expired() || outcome || unremoved_.size() >= most_unremoved) return;
                 unremoved_.erase(kept->key());  // an earlier attempt, whose record is gone
                 unremoved_.insert(std::move(*kept));
               });
}

void postgres_once::remove_again() {
  auto all = std::exchange(unremoved_, {});
  while (!all.empty()) remove(all.extract(all.begin()));
}

/// Stores the answer of a write. If that fails, the outcome of the write stays unknown.
void postgres_once::store(const std::string& key, const std::string& attempt, const std::string& answer,
                          int losses) {
  pg_parameters parameters;
  parameters.add(key).add(attempt).add(answer);
  session_.run({run_sql(end_write, std::move(parameters))},
               [this, key, attempt, answer, losses,
                alive = std::weak_ptr(alive_)](const result<pg_rows, pg_fault>& outcome) {
                 const bool is_lost = !outcome && outcome.error().what == pg_fault::kind::lost;
                 if (!alive.expired() && is_lost && losses + 1 < most_losses)
                   store(key, attempt, answer, losses + 1);
               });
}

void postgres_once::forget_old() {
  const auto now = std::chrono::steady_clock::now();
  if (now - forgot_ < forgetting_pause) return;
  forgot_ = now;
  if (!session_.is_refusing()) remove_again();
  session_.run({run_sql(forget_writes)}, [](const result<pg_rows, pg_fault>&) {});
}

}  // namespace mqcoap::store
