#pragma once

#include <concepts>
#include <memory>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/name.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

class resource_site;

/// What the options of a kind of resources have beside being equal or not: the kind's name, a literal, by
/// which discovery tells it and its cells are found again; the methods that discovery tells; and what makes
/// the resource. Kinds may have three more:
/// - `std::vector<std::string> conditions() const`: paths of the device, by whose values it judges requests
/// - `const device_tag* asked_device() const`: the device elsewhere that it asks
/// - `bool tells_changes() const`: what it gives is a cell's, which tells its changes
template <class T>
concept kind_of_resource = requires(const T& options, const T& others, resource_site& at) {
  { T::kind_name } -> std::convertible_to<std::string_view>;
  { options.offered() } -> std::same_as<method_set>;
  { options.make(at) } -> std::same_as<void>;
  { options == others } -> std::convertible_to<bool>;
};

/// The options of one resource, of whatever kind. A value, immutable and shared by its copies.
class kind_options {
 public:
  template <class T>
  requires kind_of_resource<T> kind_options(T options)
      : options_(std::make_shared<const model<T>>(std::move(options))) {}

  std::string_view name() const noexcept { return options_->name(); }
  method_set offered() const { return options_->offered(); }
  /// Makes the handlers and puts them where they belong.
  void make(resource_site& at) const { options_->make(at); }
  /// Paths of the device by whose values it judges requests.
  std::vector<std::string> conditions() const { return options_->conditions(); }
  /// The device elsewhere that it asks; null: none.
  const device_tag* asked_device() const noexcept { return options_->asked_device(); }

  /// True if the state tells when its value changes (feed::values); else it has to be read.
  bool tells_changes() const noexcept { return options_->tells_changes(); }

  /// Null if it is of another kind.
  template <class T>
  const T* get_if() const noexcept {
    const auto* const same = dynamic_cast<const model<T>*>(options_.get());
    return same != nullptr ? &same->options : nullptr;
  }
  friend bool operator==(const kind_options& a, const kind_options& b) {
    return a.options_ == b.options_ || a.options_->equals(*b.options_);
  }

 private:
  class any_kind {
   public:
    virtual ~any_kind() = default;
    virtual std::string_view name() const noexcept = 0;
    virtual method_set offered() const = 0;
    virtual void make(resource_site& at) const = 0;
    virtual std::vector<std::string> conditions() const = 0;
    virtual const device_tag* asked_device() const noexcept = 0;
    virtual bool tells_changes() const noexcept = 0;
    virtual bool equals(const any_kind& other) const = 0;
  };

  template <class T>
  class model final : public any_kind {
   public:
    explicit model(T given) : options(std::move(given)) {}
    std::string_view name() const noexcept override { return T::kind_name; }
    method_set offered() const override { return options.offered(); }
    void make(resource_site& at) const override { options.make(at); }
    std::vector<std::string> conditions() const override {
      if constexpr (requires { options.conditions(); })
        return options.conditions();
      else
        return {};
    }
    const device_tag* asked_device() const noexcept override {
      if constexpr (requires { options.asked_device(); })
        return options.asked_device();
      else
        return nullptr;
    }
    bool tells_changes() const noexcept override {
      if constexpr (requires { options.tells_changes(); })
        return options.tells_changes();
      else
        return false;
    }
    bool equals(const any_kind& other) const override {
      const auto* const same = dynamic_cast<const model*>(&other);
      return same != nullptr && same->options == options;
    }

    const T options;
  };

  std::shared_ptr<const any_kind> options_;
};

}  // namespace mqcoap
