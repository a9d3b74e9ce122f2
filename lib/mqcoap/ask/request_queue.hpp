#pragma once

#include <cstddef>
#include <mqcoap/ask/question.hpp>

namespace mqcoap::ask {

/// The waiting questions of a device, in order. Owns none of them, and allocates nothing.
class question_queue {
 public:
  question* front() const noexcept { return first_; }
  std::size_t size() const noexcept { return size_; }

  void append(question& q) noexcept {
    q.before_ = last_;
    q.behind_ = nullptr;
    (last_ == nullptr ? first_ : last_->behind_) = &q;
    last_ = &q;
    ++size_;
  }
  /// Precondition: the question is in this queue.
  void remove(question& q) noexcept {
    (q.before_ == nullptr ? first_ : q.before_->behind_) = q.behind_;
    (q.behind_ == nullptr ? last_ : q.behind_->before_) = q.before_;
    --size_;
  }

 private:
  question* first_ = nullptr;
  question* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace mqcoap::ask
