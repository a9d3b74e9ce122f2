#pragma once

#include <cstddef>
#include <mqcoap/ask/outgoing_request.hpp>

namespace mqcoap::ask {

/// The waiting requests of a device, in order. Owns none of them, and allocates nothing.
class request_queue {
 public:
  outgoing_request* front() const noexcept { return first_; }
  std::size_t size() const noexcept { return size_; }

  void append(outgoing_request& q) noexcept {
    q.before_ = last_;
    q.behind_ = nullptr;
    (last_ == nullptr ? first_ : last_->behind_) = &q;
    last_ = &q;
    ++size_;
  }
  /// Precondition: the request is in this queue.
  void remove(outgoing_request& q) noexcept {
    (q.before_ == nullptr ? first_ : q.before_->behind_) = q.behind_;
    (q.behind_ == nullptr ? last_ : q.behind_->before_) = q.before_;
    --size_;
  }

 private:
  outgoing_request* first_ = nullptr;
  outgoing_request* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace mqcoap::ask
