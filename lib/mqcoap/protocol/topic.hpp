#pragma once

#include <array>
#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// A request or response topic, `{namespace}/{subsystem}/{kind}/{tag}/{request_id}`: exactly five levels,
/// each checked (docs/protocol.md, "Topics"). The id is any `[A-Za-z0-9_.-]{1,64}`; whether it is a request
/// id under the rules in force is left to the decoder.
class exchange_topic {
 public:
  enum class kind : std::uint8_t { request, response };

  /// @par Errors  errc::invalid_topic
  static result<exchange_topic> parse(std::string_view text);
  static exchange_topic make(const namespace_name& ns, const subsystem_name& subsystem, kind k,
                             const device_tag& tag, const request_id& id);

  const std::string& text() const noexcept { return text_; }
  kind which() const noexcept { return kind_; }
  std::string_view ns() const noexcept { return level(0); }
  std::string_view subsystem() const noexcept { return level(1); }
  std::string_view tag() const noexcept { return level(3); }
  std::string_view id() const noexcept { return level(4); }

  /// Returns the topic of the answer: `request` replaced by `response`.
  std::string response_topic() const;
  /// Writes the topic of the answer into a string whose allocation is reused.
  void write_response_topic(std::string& out) const;

 private:
  exchange_topic() = default;
  std::string_view level(std::size_t index) const noexcept;

  std::string text_;
  std::array<std::uint16_t, 6> start_{};  ///< where each level begins; the last entry is the length plus one
  kind kind_ = kind::request;
};

/// Returns the filter that a device, or a gateway for it, subscribes to: `{ns}/+/request/{tag}/+`.
std::string request_filter(const namespace_name& ns, const device_tag& tag);
/// Returns the filter for the requests to every tag: `{ns}/+/request/+/+`.
std::string all_requests_filter(const namespace_name& ns);
/// Returns the filter of a shared subscription (MQTT 5.0, section 4.8.2), which delivers each message to one
/// member of the group. If the group is empty, returns the filter itself.
std::string shared_filter(std::string_view group, const std::string& filter);
/// Returns the filter for the answers of one device: `{ns}/+/response/{tag}/+`.
std::string response_filter(const namespace_name& ns, const device_tag& tag);

}  // namespace mqcoap
