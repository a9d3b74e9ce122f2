#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/channel.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// The latest message of an ordinary MQTT topic, and what is known about its subscription. Resources that
/// read the same topic share it. Does no I/O: its owner reports messages and the broker's answers.
/// @par Threads  Used by one thread.
class followed_topic {
 public:
  explicit followed_topic(std::string name) : name_(std::move(name)) {}
  virtual ~followed_topic() = default;
  followed_topic(const followed_topic&) = delete;
  followed_topic& operator=(const followed_topic&) = delete;

  const std::string& name() const noexcept { return name_; }
  /// Returns the payload; null if there is none.
  const std::string* message() const noexcept { return message_ ? &*message_ : nullptr; }
  steady_time arrived() const noexcept { return arrived_; }
  /// Returns a number that changes with the message, so that results can be cached.
  std::uint64_t revision() const noexcept { return revision_; }
  /// Returns why no message can be read; nothing if there is one.
  std::optional<std::string> why_none() const;
  /// Returns `; a message of ...` if one was ignored after the latest; else nothing.
  std::string ignored_text() const;
  /// Calls `hear` after each change of the message, until the subscription ends.
  [[nodiscard]] subscription on_change(std::function<void()> hear);

  /// Stores a message; an empty one removes the stored message. A retained one that is the same as before was
  /// delivered only because of a new subscription, and does not restart the age.
  void take(std::string_view payload, bool retained, steady_time when);
  /// Records a message that was too large to be stored. Returns true for the first one since
  /// the last message.
  bool ignore(std::size_t bytes) noexcept;
  /// Removes the message, for example because it came from another broker.
  void forget();
  /// @param why  the reason why the broker denied the subscription; empty if it has confirmed it
  void set_refusal(std::string why) { refusal_ = std::move(why); }

 private:
  struct changed {};

  void replace(std::optional<std::string> message);

  const std::string name_;
  std::optional<std::string> message_;
  steady_time arrived_{};
  std::uint64_t revision_ = 0;
  std::size_t ignored_ = 0;  ///< bytes of the last message that was too large; 0 if there was none
  bool was_removed_ = false;
  std::string refusal_;
  channel<changed> changes_;
};

}  // namespace mqcoap
