#include <mqcoap/resource/line/line_session.hpp>

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/resource/backend/reading.hpp>
#include <utility>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view line_end_bytes = "\r\n";

/// Removes bytes at the beginning and end of a line that belong to other line ends than the configured one.
std::string_view without_line_ends(std::string_view text, line_end end) {
  if (end == line_end::nul) return text;
  const auto begin = text.find_first_not_of(end == line_end::cr ? "\n" : "\r");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  if (end == line_end::lf && text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::string shown(std::string_view text) { return '\'' + log_safe(text, most_shown) + '\''; }

std::string rounded(steady_time::duration time) { return to_string(std::chrono::round<milliseconds>(time)); }

/// Returns a time shortly before the deadline of the gateway, whose error message would be less specific.
steady_time answer_by(steady_time deadline, steady_time now) {
  if (deadline == steady_time::max()) return deadline;
  constexpr steady_time::duration most = milliseconds(50);
  return deadline - std::clamp((deadline - now) / 20, steady_time::duration::zero(), most);
}

backend_reply late(std::string message) {
  return backend_reply::error(response_code::gateway_timeout, std::move(message));
}
backend_reply unavailable(std::string message) {
  return backend_reply::error(response_code::service_unavailable, std::move(message));
}
/// Marks the reply to a request that was never begun.
backend_reply unsent(backend_reply reply) {
  reply.never_run = true;
  return reply;
}
backend_reply bad(std::string message) {
  return backend_reply::error(response_code::bad_gateway, std::move(message));
}

}  // namespace

line_session::line_session(std::string name, line_wire& wire, const clock& time, log_sink log)
    : name_(std::move(name)), wire_(wire), time_(time), log_(std::move(log)) {}

backend::running line_session::ask(line_exchange what, steady_time deadline, backend::reply_handler done) {
  if (waiting_.size() >= what.terms.queue) forget_the_gone();
  if (waiting_.size() >= what.terms.queue) {
    done(unsent(unavailable("too many requests wait for the instrument")));
    return nullptr;
  }
  const auto now = time_.now();
  const auto added =
      std::make_shared<job>(job{std::move(what), now, answer_by(deadline, now), std::move(done)});
  waiting_.push_back(added);
  advance();
  return added;
}

void line_session::forget_the_gone() {
  std::erase_if(waiting_, [](const auto& each) { return each.expired(); });
}

/// Returns the first job whose caller still waits, and leaves it in the queue.
line_session::job_ptr line_session::next_waiting() {
  while (!waiting_.empty()) {
    if (auto next = waiting_.front().lock()) return next;
    waiting_.pop_front();
  }
  return nullptr;
}

void line_session::advance() {
  while (step()) {
  }
  deliver();
}

/// Performs the next action that is possible now. Returns false if there is none.
bool line_session::step() {
  const auto now = time_.now();
  switch (state_) {
    case state::settling:
      if (now < settled_at()) return false;
      be_ready();
      return true;
    case state::closed:
    case state::ready: {
      const auto next = next_waiting();
      if (!next || now < free_at_) return false;
      if (state_ == state::ready) return begin(next);
      open(*next);
      return true;
    }
    default: return false;
  }
}

void line_session::open(const job& first) {
  opened_by_ = first.what.terms;
  open_until_ = time_.now() + opened_by_.connect;
  state_ = state::opening;
  wire_.open();
}

void line_session::on_open() {
  if (state_ != state::opening) return;
  const auto now = time_.now();
  state_ = state::settling;
  is_fresh_ = true;
  unsolicited_ = 0;
  settle_until_ = now + opened_by_.settle;
  silent_since_ = now;
  close_at_ = steady_time::max();
  advance();
}

void line_session::on_failed(const std::string& why) {
  if (state_ != state::opening) return;
  state_ = state::closed;
  const auto message = "cannot connect to the instrument: " + why;
  warn(failed_lines_, message);
  answer_all_waiting(unavailable(message));
  advance();
}

steady_time line_session::settled_at() const {
  auto at = std::max(settle_until_, owed_until_);
  if (has_to_be_quiet_) at = std::max(at, silent_since_ + quiet);
  return at;
}

void line_session::be_ready() {
  has_to_be_quiet_ = false;
  state_ = state::ready;
  if (close_at_ == steady_time::max() && opened_by_.idle.count() > 0)
    close_at_ = time_.now() + opened_by_.idle;
}

/// Begins the first waiting exchange, unless unsolicited bytes have arrived.
bool line_session::begin(const job_ptr& next) {
  const auto now = time_.now();
  const auto unread = wire_.drop_unread();
  if (!unread) return false;  // on_closed will be called
  if (*unread > 0) {
    silent_since_ = now;
    has_to_be_quiet_ = true;
    state_ = state::settling;
    note_unsolicited(*unread, {});
    return true;
  }
  waiting_.pop_front();
  unsolicited_ = 0;
  is_fresh_ = false;
  close_at_ = steady_time::max();
  opened_by_ = next->what.terms;
  talk_ = {next, next->what.is_answered, next->what.terms, now, now + next->what.terms.timeout, false, {}};
  state_ = state::talking;
  wire_.send(std::move(next->what.text));
  return true;
}

void line_session::on_sent() {
  if (state_ != state::talking) return;
  talk_.is_sent = true;
  if (!talk_.is_answered) end_talk(backend_reply::done());
  advance();
}

void line_session::on_bytes(std::string_view bytes) {
  if (state_ == state::closed || state_ == state::opening || bytes.empty()) return;
  if (state_ == state::talking && talk_.is_answered)
    take_answer(bytes);
  else
    take_unsolicited(bytes);
  advance();
}

void line_session::take_answer(std::string_view bytes) {
  const auto end = bytes_of(talk_.terms.terminator);
  const auto from = talk_.got.size() - std::min(talk_.got.size(), end.size() - 1);
  talk_.got += bytes;
  const auto found = talk_.got.find(end, from);
  if (std::min(found, talk_.got.size()) > talk_.terms.most) {
    answer(talk_.caller, bad("the instrument's answer is longer than " + size_to_string(talk_.terms.most)));
    close(false);
    has_to_be_quiet_ = true;
  } else if (found != std::string::npos) {
    take_line(found);
  }
}

/// Handles bytes that arrive while no answer is awaited: a late answer, or unsolicited text.
void line_session::take_unsolicited(std::string_view bytes) {
  const auto now = time_.now();
  const bool is_owed = state_ == state::settling && owed_until_ > now;
  if (is_owed && bytes.find(bytes_of(owed_end_)) != std::string_view::npos) owed_until_ = now;
  silent_since_ = now;
  if (bytes.find_first_not_of(line_end_bytes) == std::string_view::npos) return;
  has_to_be_quiet_ = true;
  if (state_ == state::ready) state_ = state::settling;
  if (!is_owed) note_unsolicited(bytes.size(), bytes);
}

/// Ends an exchange whose answer is complete. Bytes after the answer are unsolicited.
void line_session::take_line(std::size_t end) {
  const auto got = std::exchange(talk_.got, {});
  const std::string_view all(got);
  const auto terminator = talk_.terms.terminator;
  auto rest = all.substr(end + bytes_of(terminator).size());
  if (rest.find_first_not_of(line_end_bytes) == std::string_view::npos) rest = {};
  end_talk(backend_reply::of_text(std::string(without_line_ends(all.substr(0, end), terminator))));
  if (rest.empty()) return;
  silent_since_ = time_.now();
  has_to_be_quiet_ = true;
  state_ = state::settling;
  note_unsolicited(rest.size(), rest);
}

void line_session::end_talk(backend_reply reply) {
  const auto now = time_.now();
  answer(talk_.caller, std::move(reply));
  talk_.caller.reset();
  free_at_ = now + talk_.terms.pause;
  close_at_ = talk_.terms.idle.count() > 0 ? now + talk_.terms.idle : steady_time::max();
  state_ = has_to_be_quiet_ ? state::settling : state::ready;
}

void line_session::on_closed(const std::string& why) {
  const auto before = std::exchange(state_, state::closed);
  close_at_ = steady_time::max();
  if (before == state::talking) {
    if (!talk_.got.empty())
      answer(talk_.caller, bad("the connection to the instrument ended within its answer (" + why +
                               "); received so far: " + shown(talk_.got)));
    else
      answer(talk_.caller,
             unavailable("the connection to the instrument ended before it had answered: " + why));
    talk_ = {};
  } else if (is_fresh_) {  // otherwise it would be opened again and again
    answer_all_waiting(unavailable("the instrument ended the connection at once: " + why));
  }
  advance();
}

/// Closes the connection.
/// @param is_answer_owed  true if the answer to the current exchange may still arrive
void line_session::close(bool is_answer_owed) {
  const auto now = time_.now();
  if (is_answer_owed && talk_.terms.drain.count() > 0) {
    owed_until_ = now + talk_.terms.drain;
    owed_end_ = talk_.terms.terminator;
    has_to_be_quiet_ = true;
  }
  if (state_ == state::talking) free_at_ = now + talk_.terms.pause;
  wire_.close();
  talk_ = {};
  close_at_ = steady_time::max();
  state_ = state::closed;
}

void line_session::expire() {
  const auto now = time_.now();
  expire_waiting(now);
  if (state_ == state::talking) {
    expire_talk(now);
  } else if (state_ == state::opening && open_until_ <= now) {
    close(false);
    const auto message = "cannot connect to the instrument within " + rounded(opened_by_.connect);
    warn(failed_lines_, message);
    answer_all_waiting(late(message));
  } else if (state_ == state::ready && close_at_ <= now && !next_waiting()) {
    close(false);
  }
  advance();
}

std::string line_session::text_of_waiting(const job& waits, steady_time now) const {
  const auto waited = rounded(now - waits.requested_at);
  switch (state_) {
    case state::closed:
    case state::opening:
      return "waited " + waited + ", and the instrument was not connected; nothing was sent";
    case state::settling:
      return "waited " + waited + ", and the line to the instrument was not quiet; nothing was sent";
    default: return "waited " + waited + " behind other requests to the instrument; nothing was sent";
  }
}

void line_session::expire_waiting(steady_time now) {
  std::erase_if(waiting_, [&](const auto& each) {
    const auto waits = each.lock();
    if (waits && waits->until <= now)
      answers_.emplace_back(waits, unsent(late(text_of_waiting(*waits, now))));
    return !waits || waits->until <= now;
  });
}

void line_session::expire_talk(steady_time now) {
  const auto caller = talk_.caller.lock();
  const bool is_over = talk_.until <= now;
  if (!is_over && (!caller || now < caller->until)) return;
  std::string message = "the instrument has ";
  if (!talk_.is_sent)
    message += "not taken what was sent";
  else if (talk_.got.empty())
    message += "not answered";
  else
    message += "not ended its answer";
  message += " within " + rounded(is_over ? talk_.terms.timeout : now - talk_.begun);
  if (!talk_.got.empty()) message += "; received so far: " + shown(talk_.got);
  if (is_over) warn(silent_lines_, message);
  answer(talk_.caller, late(std::move(message)));
  talk_.caller.reset();  // the caller no longer waits, but the answer is still awaited
  if (is_over) close(talk_.is_answered);
}

steady_time line_session::next_deadline() const {
  auto next = steady_time::max();
  bool has_waiting = false;
  for (const auto& each : waiting_)
    if (const auto waits = each.lock()) {
      has_waiting = true;
      next = std::min(next, waits->until);
    }
  switch (state_) {
    case state::opening: return std::min(next, open_until_);
    case state::settling: return std::min(next, settled_at());
    case state::talking: {
      const auto caller = talk_.caller.lock();
      return std::min({next, talk_.until, caller ? caller->until : steady_time::max()});
    }
    case state::ready: return std::min(next, has_waiting ? free_at_ : close_at_);
    case state::closed: return has_waiting ? std::min(next, free_at_) : next;
  }
  return next;
}

void line_session::answer(const std::weak_ptr<job>& caller, backend_reply reply) {
  if (!caller.expired()) answers_.emplace_back(caller, std::move(reply));
}

void line_session::answer_all_waiting(const backend_reply& reply) {
  for (const auto& each : std::exchange(waiting_, {})) answer(each, unsent(reply));
}

void line_session::note_unsolicited(std::size_t bytes, std::string_view text) {
  unsolicited_ += bytes;
  warn(unsolicited_lines_, "the instrument sent " + std::to_string(bytes) +
                               " unsolicited bytes, which are dropped" +
                               (text.empty() ? std::string{} : ": " + shown(text)));
  if (unsolicited_ <= most_unsolicited) return;
  close(false);
  has_to_be_quiet_ = true;
  answer_all_waiting(unavailable("the instrument keeps sending unsolicited bytes"));
}

void line_session::warn(throttle& by, const std::string& message) {
  const auto held_back = by.pass(time_.now());
  if (!held_back || !log_) return;
  const auto more = *held_back == 0
                        ? std::string{}
                        : " (and " + std::to_string(*held_back) + " more since the last such message)";
  log_(log_level::warning, name_ + ": " + message + more);
}

/// Delivers the answers. Handlers may call back into this object.
void line_session::deliver() {
  while (!answers_.empty()) {
    auto [who, reply] = std::move(answers_.front());
    answers_.pop_front();
    const auto caller = who.lock();
    if (!caller) continue;
    if (const auto done = std::exchange(caller->done, {})) done(std::move(reply));
  }
}

}  // namespace mqcoap
