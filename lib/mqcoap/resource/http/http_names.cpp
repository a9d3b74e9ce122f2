#include <mqcoap/resource/http/http_names.hpp>

namespace mqcoap {

void http_names::find(std::weak_ptr<void> owner, handler done) {
  waiting_.remove_if([](const caller& each) { return each.owner.expired(); });
  waiting_.push_back({std::move(owner), std::move(done)});
  lookup_.begin(host_, [self = weak_from_this()](const resolved_name& found) {
    const auto names = self.lock();
    if (!names) return;
    for (const auto& each : std::exchange(names->waiting_, {}))
      if (!each.owner.expired()) each.done(found);
  });
}

}  // namespace mqcoap
