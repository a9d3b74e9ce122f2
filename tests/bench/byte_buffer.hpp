#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace bench {

/// Bytes that are appended at the end and consumed from the front. Unlike std::vector, it does not initialize
/// new bytes, which would cost as much as receiving them.
class byte_buffer {
 public:
  /// Returns the bytes that were appended and not yet consumed; valid until the next prepare or append.
  std::string_view view() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
  std::size_t size() const noexcept { return end_ - begin_; }
  bool empty() const noexcept { return begin_ == end_; }

  /// Returns room for at least n bytes at the end; commit() reports how many of them were written.
  char* prepare(std::size_t n) {
    if (capacity_ - end_ < n) make_room(n);
    return data_.get() + end_;
  }
  /// Returns the number of bytes that fit without moving anything.
  std::size_t room() const noexcept { return capacity_ - end_; }
  void commit(std::size_t n) noexcept { end_ += n; }

  void consume(std::size_t n) noexcept {
    begin_ += n;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  void append(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(prepare(text.size()), text.data(), text.size());
    commit(text.size());
  }
  void append_byte(unsigned char byte) {
    *prepare(1) = static_cast<char>(byte);
    commit(1);
  }

 private:
  void make_room(std::size_t n) {
    const std::size_t used = size();
    if (capacity_ - used >= n && used <= capacity_ / 2) {
      std::memmove(data_.get(), data_.get() + begin_, used);
    } else {
      const std::size_t larger = std::max(capacity_ * 2, used + n);
      std::unique_ptr<char[]> grown(new char[larger]);
      if (used > 0) std::memcpy(grown.get(), data_.get() + begin_, used);
      data_ = std::move(grown);
      capacity_ = larger;
    }
    begin_ = 0;
    end_ = used;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace bench
