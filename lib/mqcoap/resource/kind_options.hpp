#pragma once

#include <concepts>
#include <memory>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/name.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

class common_resource;
class resource_site;

/// The ordinary MQTT topics that a resource uses; empty if none.
struct used_topics {
  std::string read{};     ///< the topic whose messages are its value
  std::string written{};  ///< the topic on which it publishes
};

/// The only request that a resource sends to another one.
struct fixed_request {
  address to;
  method verb = method::get;
  /// JSON Pointer to the address in the configuration, from the value of the kind's key.
  std::string_view key{};
};

/// The requirements for the options of a kind, besides equality: the kind's name, a literal, which discovery
/// shows and which identifies its cells; the methods for discovery; and a function that creates the resource.
/// Kinds may have more:
/// - `std::vector<std::string> conditions() const`: paths of the device whose values are its conditions
/// - `const device_tag* target_device() const`: the other device to which it sends requests
/// - `std::optional<fixed_request> sent_request() const`: the only request that it sends; its device may be
///   one of the gateway's own
/// - `bool reports_changes() const`: the gateway is notified when its value changes
/// - `bool is_host_bound() const`: it exists only on this host, or depends on when the process was started
/// - `bool keeps_state() const`: requests change state that this process stores for it
/// - `bool persists() const`: its state outlives the process
/// - `used_topics topics() const`: the MQTT topics that it reads and writes
/// - `std::shared_ptr<const common_resource> make_common() const`: the resource, if all devices with these
///   options can share it; otherwise null
template <class T>
concept kind_of_resource = requires(const T& options, const T& others, resource_site& at) {
  { T::kind_name } -> std::convertible_to<std::string_view>;
  { options.offered() } -> std::same_as<method_set>;
  { options.make(at) } -> std::same_as<void>;
  { options == others } -> std::convertible_to<bool>;
};

/// The options of one resource, of any kind. A value, immutable and shared by its copies.
class kind_options {
 public:
  template <class T>
  requires kind_of_resource<T> kind_options(T options)
      : options_(std::make_shared<const model<T>>(std::move(options))) {}

  std::string_view name() const noexcept { return options_->name(); }
  method_set offered() const { return options_->offered(); }
  /// Creates the handlers and registers them.
  void make(resource_site& at) const { options_->make(at); }
  /// Returns the resource that all devices with these options share; null if each has its own (`make`). Must
  /// not be used for a resource whose value is a condition of another one.
  std::shared_ptr<const common_resource> make_common() const { return options_->make_common(); }
  /// Returns the paths of the device whose values are its conditions.
  std::vector<std::string> conditions() const { return options_->conditions(); }
  /// Returns the other device to which it sends requests; null if none.
  const device_tag* target_device() const noexcept { return options_->target_device(); }

  /// Returns the only request that it sends to that device, which may then be one of the gateway's own;
  /// nothing if it forwards the requests that it gets.
  std::optional<fixed_request> sent_request() const { return options_->sent_request(); }

  /// Returns true if changes of its value are published on the feed (feed::values, feed::readings); otherwise
  /// it has to be read.
  bool reports_changes() const noexcept { return options_->reports_changes(); }
  /// Returns true if another gateway would answer differently, because the resource belongs to this host
  /// or this process.
  bool is_host_bound() const noexcept { return options_->is_host_bound(); }
  /// Returns true if requests change state that the gateway stores for the resource.
  bool keeps_state() const noexcept { return options_->keeps_state(); }
  /// Returns true if its state outlives the process, which requires a store.
  bool persists() const noexcept { return options_->persists(); }
  /// Returns the MQTT topics that it uses besides those of the protocol.
  used_topics topics() const { return options_->topics(); }

  /// Returns the options as a `T`; null if they are of another kind.
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
    virtual std::shared_ptr<const common_resource> make_common() const = 0;
    virtual std::vector<std::string> conditions() const = 0;
    virtual const device_tag* target_device() const noexcept = 0;
    virtual std::optional<fixed_request> sent_request() const = 0;
    virtual bool reports_changes() const noexcept = 0;
    virtual bool is_host_bound() const noexcept = 0;
    virtual bool keeps_state() const noexcept = 0;
    virtual bool persists() const noexcept = 0;
    virtual used_topics topics() const = 0;
    virtual bool equals(const any_kind& other) const = 0;
  };

  template <class T>
  class model final : public any_kind {
   public:
    explicit model(T given) : options(std::move(given)) {}
    std::string_view name() const noexcept override { return T::kind_name; }
    method_set offered() const override { return options.offered(); }
    void make(resource_site& at) const override { options.make(at); }
    std::shared_ptr<const common_resource> make_common() const override {
      if constexpr (requires { options.make_common(); })
        return options.make_common();
      else
        return nullptr;
    }
    std::vector<std::string> conditions() const override {
      if constexpr (requires { options.conditions(); })
        return options.conditions();
      else
        return {};
    }
    const device_tag* target_device() const noexcept override {
      if constexpr (requires { options.target_device(); })
        return options.target_device();
      else
        return nullptr;
    }
    std::optional<fixed_request> sent_request() const override {
      if constexpr (requires { options.sent_request(); })
        return options.sent_request();
      else
        return std::nullopt;
    }
    bool reports_changes() const noexcept override {
      if constexpr (requires { options.reports_changes(); })
        return options.reports_changes();
      else
        return false;
    }
    bool is_host_bound() const noexcept override {
      if constexpr (requires { options.is_host_bound(); })
        return options.is_host_bound();
      else
        return false;
    }
    bool keeps_state() const noexcept override {
      if constexpr (requires { options.keeps_state(); })
        return options.keeps_state();
      else
        return false;
    }
    bool persists() const noexcept override {
      if constexpr (requires { options.persists(); })
        return options.persists();
      else
        return false;
    }
    used_topics topics() const override {
      if constexpr (requires { options.topics(); })
        return options.topics();
      else
        return {};
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
