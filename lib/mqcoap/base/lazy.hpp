#pragma once

#include <memory>
#include <utility>

namespace mqcoap {

/// Holds a value that is nearly always the default one, which needs only the space of a pointer.
template <class T>
class lazy {
 public:
  lazy() noexcept = default;
  lazy(T value) : value_(std::make_unique<T>(std::move(value))) {}
  lazy(const lazy& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  lazy(lazy&&) noexcept = default;
  lazy& operator=(lazy other) noexcept {
    value_ = std::move(other.value_);
    return *this;
  }

  const T& operator*() const noexcept {
    static const T none{};
    return value_ ? *value_ : none;
  }
  const T* operator->() const noexcept { return &**this; }

  /// Returns the value for modification, and allocates it first if necessary.
  T& edit() {
    if (!value_) value_ = std::make_unique<T>();
    return *value_;
  }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace mqcoap
