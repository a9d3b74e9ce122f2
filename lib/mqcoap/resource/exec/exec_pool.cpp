#include <mqcoap/resource/exec/exec_pool.hpp>

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/resource/backend/child_process.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/serve/outcome_text.hpp>
#include <stdexcept>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::size_t most_said = 200;

/// Returns the end of a program's standard error.
std::string last_error(std::string_view errors) {
  while (!errors.empty() && (errors.back() == '\n' || errors.back() == ' ')) errors.remove_suffix(1);
  if (errors.size() > most_said) errors.remove_prefix(errors.size() - most_said);
  while (!errors.empty() && (static_cast<unsigned char>(errors.front()) & 0xc0) == 0x80)
    errors.remove_prefix(1);
  return log_safe(errors, most_said);
}

}  // namespace

struct exec_pool::run_state {
  exec_job job;
  std::unique_ptr<child_process> child{};  ///< null while it waits, and after it has exited
  timer_queue::timer deadline_timer{};
  std::string output{};
  std::string errors{};  ///< the end of its standard error
  std::size_t errors_size = 0;
  bool is_answered = false;
};

std::shared_ptr<exec_pool> exec_pool::open(const resource_site& at) {
  const auto& services = at.services();
  if (services.backends == nullptr) throw std::invalid_argument(at.path() + ": no programs can be run here");
  return services.backends->shared().open<exec_pool>(
      {}, [&] { return std::make_shared<exec_pool>(*services.backends, services.timers); });
}

backend::running exec_pool::run(exec_job job) {
  const auto is_same = [owner = job.owner](const run_ptr& each) { return each->job.owner == owner; };
  if (std::count_if(waiting_.begin(), waiting_.end(), is_same) >= static_cast<std::ptrdiff_t>(most_waiting)) {
    job.done(
        backend_reply::refusal(response_code::service_unavailable, "too many requests wait for the program"));
    return nullptr;
  }
  const auto added = std::make_shared<run_state>(run_state{std::move(job)});
  waiting_.push_back(added);
  begin_what_may();
  return {added.get(), [self = weak_from_this(), added](void*) {
            if (const auto pool = self.lock()) pool->cancel(added);
          }};
}

bool exec_pool::may_begin(const void* owner) const {
  const auto places = services_.exec_places();
  const auto taken = running_.size();
  const auto own = static_cast<std::size_t>(std::count_if(
      running_.begin(), running_.end(), [owner](const run_ptr& each) { return each->job.owner == owner; }));
  return taken < places && own < places - taken;
}

void exec_pool::begin_what_may() {
  for (;;) {
    const auto next = std::find_if(waiting_.begin(), waiting_.end(),
                                   [this](const run_ptr& each) { return may_begin(each->job.owner); });
    if (next == waiting_.end()) return;
    const auto begun = *next;
    waiting_.erase(next);
    begin(begun);
  }
}

void exec_pool::begin(const run_ptr& next) {
  running_.push_back(next);
  const auto guarded = [self = weak_from_this(), of = std::weak_ptr(next)](auto how) {
    return [self, of, how](auto what) {
      const auto pool = self.lock();
      const auto run = of.lock();
      if (pool && run) how(*pool, run, what);
    };
  };
  next->child = std::make_unique<child_process>(
      services_, next->job.program,
      child_process::events{
          guarded([](exec_pool& p, const run_ptr& r, std::string_view piece) { p.on_output(*r, piece); }),
          guarded([](exec_pool& p, const run_ptr& r, std::string_view piece) { p.on_errors(*r, piece); }),
          [] {}, guarded([](exec_pool& p, const run_ptr& r, const child_end& how) { p.on_end(r, how); })});
  if (next->job.program.has_input) {
    next->child->write(std::move(next->job.input));
    next->child->close_input();
  }
  if (next->job.timeout.count() == 0) return;
  next->deadline_timer = timers_.after(next->job.timeout, [self = weak_from_this(),
                                                           of = std::weak_ptr(next)] {
    const auto pool = self.lock();
    const auto run = of.lock();
    if (!pool || !run) return;
    pool->answer(*run, backend_reply::error(response_code::gateway_timeout,
                                            "the program did not end within " + to_string(run->job.timeout) +
                                                may_have_run(run->job.verb)));
  });
}

/// Cancels a program whose caller no longer waits.
void exec_pool::cancel(const run_ptr& gone) {
  gone->is_answered = true;
  gone->job.done = {};
  gone->deadline_timer.cancel();
  if (gone->child)
    gone->child->end();
  else
    std::erase(waiting_, gone);
}

void exec_pool::on_output(run_state& of, std::string_view piece) {
  if (of.output.size() + piece.size() <= of.job.most) {
    of.output += piece;
    return;
  }
  answer(of, backend_reply::error(response_code::internal_server_error,
                                  "the program wrote more than " + size_to_string(of.job.most)));
}

void exec_pool::on_errors(run_state& of, std::string_view piece) {
  of.errors_size += piece.size();
  of.errors += piece;
  if (of.errors.size() > 4 * most_said) of.errors.erase(0, of.errors.size() - 2 * most_said);
  if (of.errors_size > of.job.most)
    answer(of, backend_reply::error(
                   response_code::internal_server_error,
                   "the program wrote more than " + size_to_string(of.job.most) + " to its standard error"));
}

/// Answers before the program has exited, and terminates it.
void exec_pool::answer(run_state& of, backend_reply reply) {
  of.deadline_timer.cancel();
  of.child->end();
  if (std::exchange(of.is_answered, true)) return;
  const auto done = std::move(of.job.done);
  done(std::move(reply));
}

void exec_pool::on_end(const run_ptr& ended, const child_end& how) {
  ended->deadline_timer.cancel();
  ended->child.reset();
  running_.remove(ended);
  if (!std::exchange(ended->is_answered, true)) {
    auto message = how.message();
    if (const auto said = last_error(ended->errors); !said.empty()) message += ": " + said;
    const auto done = std::move(ended->job.done);
    done(how.is_good() ? backend_reply::of_text(std::move(ended->output))
                       : backend_reply::error(response_code::internal_server_error, std::move(message)));
  }
  begin_what_may();
}

}  // namespace mqcoap
