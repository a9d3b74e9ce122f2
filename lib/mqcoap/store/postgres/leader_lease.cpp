#include <mqcoap/store/postgres/leader_lease.hpp>

#include <algorithm>
#include <mqcoap/base/units.hpp>
#include <mqcoap/store/postgres/pg_target.hpp>
#include <mqcoap/store/postgres/postgres_setup.hpp>
#include <random>
#include <stdexcept>
#include <utility>

namespace mqcoap::store {
namespace {

using std::chrono::milliseconds;

/// The interval at which a waiting gateway checks whether the lease is free.
constexpr milliseconds longest_look{250};
/// The interval at which a waiting gateway sends its heartbeat.
constexpr milliseconds note_interval{1000};

/// Takes the lease if it is free, or renews it; returns no row if another gateway holds it.
constexpr char take_lease[] =
    "INSERT INTO mqcoap_lease AS held (name, holder, epoch, until)"
    " VALUES ('serve', $1, 1, clock_timestamp() + make_interval(secs => $2::bigint / 1000.0))"
    " ON CONFLICT (name) DO UPDATE SET holder = $1, epoch = held.epoch + (held.holder <> $1)::int,"
    " until = clock_timestamp() + make_interval(secs => $2::bigint / 1000.0)"
    " WHERE held.holder = $1 OR held.until < clock_timestamp()"
    " RETURNING epoch";
constexpr char free_lease[] =
    "UPDATE mqcoap_lease SET until = '-infinity' WHERE name = 'serve' AND holder = $1";
/// Checks whether another gateway is waiting. Gateways that missed several heartbeats count as gone.
constexpr char find_waiting[] =
    "SELECT EXISTS (SELECT FROM mqcoap_standby WHERE member <> $1 AND seen > clock_timestamp() - interval '3 "
    "s')";
constexpr char note_member[] =
    "INSERT INTO mqcoap_standby (member, seen) VALUES ($1, clock_timestamp())"
    " ON CONFLICT (member) DO UPDATE SET seen = clock_timestamp()";
constexpr char forget_members[] =
    "DELETE FROM mqcoap_standby WHERE seen < clock_timestamp() - interval '1 hour'";
constexpr char leave_waiting[] = "DELETE FROM mqcoap_standby WHERE member = $1";

std::string random_member() {
  std::random_device source;
  std::string text;
  for (int i = 0; i < 4; ++i) {
    constexpr char digits[] = "0123456789abcdef";
    for (auto rest = source(), k = 0U; k < 8; ++k, rest /= 16) text += digits[rest % 16];
  }
  return text;
}

pg_parameters with_member(const std::string& member) {
  pg_parameters made;
  made.add(member);
  return made;
}

pg_connection_options connection_options(const lease_options& options) {
  auto target = pg_target::parse(options.database.url);
  if (!target) throw std::invalid_argument(target.error().message);
  pg_connection_options made;
  made.to = *std::move(target);
  made.password = options.database.password;
  // A later answer is of no use.
  made.timeout = std::min(options.database.timeout, options.duration / 2);
  made.pauses.longest = std::min(options.database.longest_pause, milliseconds(1000));
  made.pauses.longest_at_first = made.pauses.longest;
  return made;
}

}  // namespace

leader_lease::leader_lease(lease_options options, environment env, owner callbacks)
    : options_(std::move(options)),
      env_(std::move(env)),
      callbacks_(std::move(callbacks)),
      member_(random_member()),
      alive_(std::make_shared<leader_lease*>(this)),
      timer_(env_.loop),
      end_(env_.loop),
      session_(env_.loop, connection_options(options_), owner_of_session(), env_.resolver) {}

leader_lease::~leader_lease() = default;

pg_connection::owner leader_lease::owner_of_session() {
  return {[this](pg_session& session, pg_connection::prepared_handler done) {
            set_up(session, {options_.database.timeout, {}}, std::move(done));
          },
          [this] { trouble_.clear(); }, [this](const std::string& why) { report_trouble(why); }};
}

void leader_lease::start() {
  session_.start();
  tick();
}

std::optional<std::chrono::nanoseconds> leader_lease::age() const {
  return is_leader_ ? std::optional(env_.now() - renewed_) : std::nullopt;
}

void leader_lease::tick() {
  if (is_over_) return;
  wait(is_leader_ ? renewal() : std::min(longest_look, renewal()));
  if (is_asking_ || session_.is_refusing()) return;
  ask();
  if (!is_leader_ && env_.now() - noted_ >= note_interval) note_waiting();
}

void leader_lease::wait(milliseconds time) {
  timer_.expires_after(time);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code ec) {
    if (!ec && !alive.expired()) tick();
  });
}

void leader_lease::ask() {
  is_asking_ = true;
  pg_parameters parameters;
  parameters.add(member_).add(std::int64_t{options_.duration.count()});
  session_.run({run_sql(take_lease, std::move(parameters))},
               [this, requested_at = env_.now(),
                alive = std::weak_ptr(alive_)](const result<pg_rows, pg_fault>& answer) {
                 if (!alive.expired()) on_answer(requested_at, answer);
               });
}

void leader_lease::on_answer(boot_clock::time_point requested_at, const result<pg_rows, pg_fault>& answer) {
  is_asking_ = false;
  if (is_over_) return;
  if (!answer) return report_trouble(answer.error().message);
  if (answer->size() == 0) {
    if (is_leader_) lose("another gateway has the lease");
    return;
  }
  epoch_ = answer->number(0, 0);
  renewed_ = requested_at;
  valid_until_ = requested_at + options_.duration * 3 / 5;
  watch_end();
  if (std::exchange(is_leader_, true)) return;
  session_.run({run_sql(leave_waiting, with_member(member_))}, [](const result<pg_rows, pg_fault>&) {});
  if (callbacks_.won) callbacks_.won();
}

/// Ends the lease when it expires, because the database may no longer answer.
void leader_lease::watch_end() {
  end_.expires_after(std::max(valid_until_ - env_.now(), boot_clock::duration(0)));
  end_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code ec) {
    if (ec || alive.expired() || is_over_) return;
    if (holds()) return watch_end();
    lose("the database has not renewed the lease" + (trouble_.empty() ? std::string() : ": " + trouble_));
  });
}

void leader_lease::note_waiting() {
  noted_ = env_.now();
  session_.run({run_sql(note_member, with_member(member_)), run_sql(forget_members)},
               [](const result<pg_rows, pg_fault>&) {});
}

void leader_lease::lose(const std::string& why) {
  is_leader_ = false;
  is_over_ = true;
  timer_.cancel();
  end_.cancel();
  if (callbacks_.lost) callbacks_.lost(why);
}

void leader_lease::release(std::function<void(bool)> done) {
  const bool held = std::exchange(is_leader_, false);
  is_over_ = true;
  timer_.cancel();
  end_.cancel();
  pg_request request{run_sql(leave_waiting, with_member(member_))};
  if (held) request.push_back(run_sql(free_lease, with_member(member_)));
  request.push_back(run_sql(find_waiting, with_member(member_)));
  session_.run(std::move(request), [held, done = std::move(done)](const result<pg_rows, pg_fault>& answer) {
    done(held && answer.has_value() && answer->flag(0, 0));
  });
}

void leader_lease::report_trouble(const std::string& why) {
  if (why == std::exchange(trouble_, why) || !env_.log) return;
  env_.log(log_level::warning, "the lease cannot be requested: " + why);
}

}  // namespace mqcoap::store
