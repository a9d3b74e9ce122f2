#include <mqcoap/ask/outgoing_request.hpp>

#include <mqcoap/ask/device.hpp>
#include <utility>

namespace mqcoap::ask {

/// Frees the place at the device. Has no effect the second time.
void outgoing_request::leave() noexcept {
  if (!std::exchange(has_place_, false)) return;
  if (sent_)
    --device_->in_flight_;
  else
    device_->waiting_.remove(*this);
}

}  // namespace mqcoap::ask
