#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace mqcoap {

/// A copy-on-write vector: copies share their elements until one of them is changed. For lists that many
/// owners have in common and that rarely change. Every non-const function first makes the elements unshared,
/// so references into the list are valid only until it is copied and changed again.
/// @par Threads  Like a vector: several threads may read copies, and each copy is changed by one thread.
template <class T>
class shared_list {
 public:
  using value_type = T;
  using vector = std::vector<T>;
  using iterator = typename vector::iterator;
  using const_iterator = typename vector::const_iterator;

  shared_list() = default;
  shared_list(std::initializer_list<T> all) : shared_list(vector(all)) {}
  shared_list(vector all) : all_(all.empty() ? nullptr : std::make_shared<vector>(std::move(all))) {}

  /// Lists with the same identity share their elements. Null means that the list is empty.
  const void* identity() const noexcept { return all_.get(); }

  bool empty() const noexcept { return size() == 0; }
  std::size_t size() const noexcept { return all_ ? all_->size() : 0; }
  const_iterator begin() const noexcept { return all_ ? all_->cbegin() : const_iterator(); }
  const_iterator end() const noexcept { return all_ ? all_->cend() : const_iterator(); }
  const T& operator[](std::size_t at) const noexcept { return (*all_)[at]; }
  const T& at(std::size_t at) const { return std::as_const(*all_).at(at); }
  const T& front() const noexcept { return all_->front(); }
  const T& back() const noexcept { return all_->back(); }

  iterator begin() { return own().begin(); }
  iterator end() { return own().end(); }
  T& operator[](std::size_t at) { return own()[at]; }
  T& at(std::size_t at) { return own().at(at); }
  T& front() { return own().front(); }
  T& back() { return own().back(); }
  void push_back(T added) { own().push_back(std::move(added)); }
  void pop_back() { own().pop_back(); }
  iterator erase(const_iterator at) {
    const auto number = at - std::as_const(*this).begin();  // `own` may copy the elements
    return own().erase(own().begin() + number);
  }
  void clear() noexcept { all_ = nullptr; }

  friend bool operator==(const shared_list& a, const shared_list& b) {
    if (a.all_ == b.all_) return true;
    return a.all_ && b.all_ ? *a.all_ == *b.all_ : a.empty() && b.empty();
  }

 private:
  vector& own() {
    if (!all_)
      all_ = std::make_shared<vector>();
    else if (all_.use_count() > 1)
      all_ = std::make_shared<vector>(*all_);
    return *all_;
  }

  std::shared_ptr<vector> all_;  ///< null if the list is empty
};

}  // namespace mqcoap
