#include <mqcoap/client/coroutine_calls.hpp>

#include <mqcoap/client/coroutine_call.hpp>
#include <utility>

namespace mqcoap {

coroutine_calls::coroutine_calls(executor serial, client_environment& in,
                                 std::shared_ptr<failed_step> failures)
    : serial_(std::move(serial)), in_(in), failures_(std::move(failures)) {}

void coroutine_calls::begin(const std::shared_ptr<const request_handler>& h, responder& r) {
  if (running_.size() >= tidy_at_) {
    std::erase_if(running_, [](const auto& c) { return c.expired(); });
    tidy_at_ = 2 * running_.size() + 16;
  }
  const auto begun = std::make_shared<coroutine_call>(h, *r, failures_);
  running_.push_back(begun);
  begun->begin(serial_, in_, r);
}

void coroutine_calls::cancel(std::string_view why) {
  for (const auto& each : std::exchange(running_, {}))
    if (const auto c = each.lock()) c->give_up(why);
}

}  // namespace mqcoap
