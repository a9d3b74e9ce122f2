#include <mqcoap/resource/process/program.hpp>

#include <algorithm>
#include <mqcoap/base/counted.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/resource/backend/reading.hpp>
#include <mqcoap/serve/outcome_text.hpp>
#include <random>
#include <utility>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;

/// The space for the other members of a line with a body.
constexpr std::size_t frame_size = 4096;
constexpr std::size_t longest_error = 1024;
constexpr std::size_t lines_a_second = 20;

child_options with_input(child_options options) {
  options.has_input = true;
  return options;
}

}  // namespace

program::program(const process_options& options, std::string name, const resource_services& services)
    : options_(with_input(options.program)),
      max_depth_(options.front.max_depth + 1),  // a line wraps its body as a payload does
      name_(std::move(name)),
      time_(services.time),
      timers_(services.timers),
      log_(services.log),
      services_(*services.backends),
      output_(options.most + frame_size),
      errors_(longest_error) {}

void program::start() {
  const auto guarded = [self = weak_from_this()](auto how) {
    return [self, how](auto... what) {
      if (const auto still = self.lock()) how(*still, what...);
    };
  };
  started_ = time_.now();
  is_ending_ = false;
  last_error_.clear();
  child_ = std::make_unique<child_process>(
      services_, options_,
      child_process::events{guarded([](program& p, std::string_view piece) { p.on_output(piece); }),
                            guarded([](program& p, std::string_view piece) { p.on_errors(piece); }),
                            guarded([](program& p) {
                              p.is_writing_ = false;
                              p.send_what_waits();
                            }),
                            guarded([](program& p, const child_end& how) { p.on_end(how); })});
}

backend::running program::ask(const backend_request& what, milliseconds timeout,
                              backend::reply_handler done) {
  const bool is_down = !child_ || is_ending_;
  if (is_down || open_.size() >= most_open) {
    const auto left = std::chrono::ceil<milliseconds>(starts_at_ - time_.now());
    done(backend_reply::refusal(response_code::service_unavailable,
                                is_down ? "the program is not running: " + last_end_ +
                                              "; it will be restarted in " +
                                              to_string(std::max(left, milliseconds(0)))
                                        : "too many requests wait for the program"));
    return nullptr;
  }
  const auto id = ++last_id_;
  auto& added = open_[id];
  added.line = request_line(id, what);
  added.done = std::move(done);
  added.verb = what.verb;
  const auto cancel = [self = weak_from_this(), id](void*) {
    if (const auto still = self.lock()) still->take(id);
  };
  if (timeout.count() > 0)
    added.deadline_timer = timers_.after(timeout, [self = weak_from_this(), id, timeout, verb = what.verb] {
      if (const auto still = self.lock())
        still->answer(id, backend_reply::error(response_code::gateway_timeout,
                                               "the program did not answer within " + to_string(timeout) +
                                                   may_have_run(verb)));
    });
  unsent_.push_back(id);
  send_what_waits();
  return {this, cancel};
}

void program::send_what_waits() {
  while (child_ && !is_writing_ && !unsent_.empty()) {
    auto& next = open_.at(unsent_.front());
    unsent_.pop_front();
    next.is_sent = true;
    is_writing_ = !child_->write(std::move(next.line));
  }
}

void program::answer(std::uint64_t id, backend_reply reply) {
  if (const auto answered = take(id)) answered->done(std::move(reply));
}

/// Removes and returns a request. If it was not sent yet, it never will be.
std::optional<program::inquiry> program::take(std::uint64_t id) {
  auto found = open_.extract(id);
  if (!found) return std::nullopt;
  if (!found.mapped().is_sent) std::erase(unsent_, id);
  return std::move(found.mapped());
}

void program::on_output(std::string_view piece) {
  output_.add(piece);
  while (const auto line = output_.next()) {
    on_line(*line);
    if (is_ending_) return;
  }
  if (output_.is_too_long()) end_because("it wrote a line that is too long");
}

void program::on_line(std::string_view line) {
  auto said = read_line(line, max_depth_);
  const bool is_first = !std::exchange(has_spoken_, true);
  if (said && !said->id && is_first) return log(log_level::info, "the program is ready");
  if (!said || !said->id || !open_.contains(*said->id)) return on_useless(line);
  useless_ = 0;
  answer(*said->id, std::move(said->reply));
}

/// Handles a line that answers no request, such as an answer that arrives too late.
void program::on_useless(std::string_view line) {
  useless_ += line.size() + 1;
  ++useless_lines_;
  if (const auto held_back = useless_throttle_.pass(time_.now()))
    log(log_level::warning,
        "a line of the program answers no request: '" + log_safe(line, most_shown) + '\'' +
            (*held_back == 0 ? "" : "; " + counted(*held_back, "line") + " before it were like this"));
  if (useless_ > most_useless) end_because("it wrote more than 1MiB that answers no request");
}

void program::end_because(const std::string& why) {
  if (std::exchange(is_ending_, true)) return;
  last_end_ = why;
  log(log_level::error, "terminating the program: " + why);
  child_->end();
}

/// Logs standard error. A program that writes too much is made to wait, because reading takes
/// time from others.
void program::on_errors(std::string_view piece) {
  const auto now = time_.now();
  if (now - errors_since_ >= std::chrono::seconds(1)) {
    errors_since_ = now;
    errors_size_ = errors_reported_ = 0;
  }
  errors_.add(piece);
  take_errors();
  if (errors_.is_too_long()) {
    errors_.add("\n");
    take_errors();
  }
  errors_size_ += piece.size();
  if (errors_size_ < most_errors) return;
  child_->hold_errors(true);
  errors_held_ = timers_.after(std::chrono::seconds(1), [self = weak_from_this()] {
    const auto still = self.lock();
    if (still && still->child_) still->child_->hold_errors(false);
  });
}

void program::take_errors() {
  while (const auto line = errors_.next()) {
    const auto begin = std::min(line->find_first_not_of(" \t"), line->size());
    if (begin < line->size()) last_error_ = log_safe(line->substr(begin), most_shown);
    report_errors(*line);
  }
}

void program::report_errors(std::string_view line) {
  if (errors_reported_ >= lines_a_second) {
    ++errors_left_out_;
    return;
  }
  ++errors_reported_;
  if (const auto missing = std::exchange(errors_left_out_, 0); missing > 0)
    log(log_level::warning, counted(missing, "line") + " of the program's standard error were left out");
  log(log_level::info, log_safe(line));
}

void program::on_end(const child_end& how) {
  child_.reset();
  if (errors_.has_begun()) errors_.add("\n");
  take_errors();
  output_.clear();
  errors_.clear();
  errors_held_.cancel();
  has_spoken_ = is_writing_ = false;
  useless_ = 0;
  if (!is_ending_)
    last_end_ = how.message() + (how.is_good() || last_error_.empty() ? "" : ": " + last_error_);
  const auto lasted = how.error == 0 ? time_.now() - started_ : std::chrono::nanoseconds(0);
  const auto pause = pauses_.next(lasted, std::random_device()());
  starts_at_ = time_.now() + pause;
  log(log_level::warning,
      "the program is not running: " + last_end_ + "; it will be restarted in " + to_string(pause));
  next_start_ = timers_.after(pause, [self = weak_from_this()] {
    if (const auto still = self.lock()) still->start();
  });
  end_all(last_end_);
}

/// Fails all requests. Whether the program has carried out those that were sent is unknown.
void program::end_all(const std::string& why) {
  const auto ended = std::exchange(open_, {});
  unsent_.clear();
  for (const auto& [id, each] : ended)
    each.done(each.is_sent ? backend_reply::error(
                                 response_code::gateway_timeout,
                                 "the program ended before it answered: " + why + may_have_run(each.verb))
                           : backend_reply::refusal(response_code::service_unavailable,
                                                    "the request was not sent to the program: " + why));
}

void program::log(log_level level, const std::string& message) const { log_(level, name_ + ": " + message); }

}  // namespace mqcoap
