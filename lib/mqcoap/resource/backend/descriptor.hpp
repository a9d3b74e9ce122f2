#pragma once

#include <unistd.h>

#include <utility>

namespace mqcoap {

/// Owns a file descriptor.
class descriptor {
 public:
  descriptor() noexcept = default;
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(other.release()) {}
  descriptor& operator=(descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = other.release();
    }
    return *this;
  }
  ~descriptor() { close(); }

  explicit operator bool() const noexcept { return number_ >= 0; }
  int operator*() const noexcept { return number_; }
  /// Releases the descriptor to the caller.
  int release() noexcept { return std::exchange(number_, -1); }
  void close() noexcept {
    if (number_ >= 0) ::close(release());
  }

 private:
  int number_ = -1;
};

}  // namespace mqcoap
