#include <mqcoap/serve/run_once.hpp>

#include <algorithm>
#include <utility>

namespace mqcoap {

run_once::run_once(duplicate_filter_options given, environment env)
    : composed_step(given), env_(std::move(env)), seen_(given) {}

void run_once::process(responder& r) {
  using verdict = duplicate_filter::verdict;
  if (r.req().verb == method::get) return;
  const auto found = seen_.check(*r, env_.time.now());
  const bool repeat = found.what == verdict::running || found.what == verdict::answered;
  if (repeat && env_.repeated) env_.repeated();
  if (repeat) return env_.core.withdraw(r, found.first);
  if (auto refusal = refusal_of(found.what)) std::move(r).respond(*std::move(refusal));
}

/// Answers the repeats, too, through the origin of the first call: that of a repeat may be destroyed by now.
void run_once::on_answer(const call& c, const answer& what) {
  auto repeats = seen_.note(c, what);
  for (auto& repeat : repeats) {
    repeat.chain = c.chain;
    repeat.passed = std::min(repeat.passed, c.passed);
    if (c.origin && repeat.origin) env_.core.attempt(repeat.name(), [&] { c.origin->send(repeat, what); });
  }
}

}  // namespace mqcoap
