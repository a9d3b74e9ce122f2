#include <mqcoap/transport/write_window.hpp>

namespace mqcoap {

void write_window::add(int id, std::size_t bytes) noexcept {
  at(used_) = {id, bytes, true};
  ++used_;
  ++count_;
  bytes_ += bytes;
}

bool write_window::done(int id) noexcept {
  for (std::size_t i = 0; i < used_; ++i) {
    auto& e = at(i);
    if (!e.open || e.id != id) continue;
    e.open = false;
    --count_;
    bytes_ -= e.bytes;
    while (used_ > 0 && !at(0).open) {
      first_ = (first_ + 1) % max_messages;
      --used_;
    }
    return true;
  }
  return false;
}

}  // namespace mqcoap
