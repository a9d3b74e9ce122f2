#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/resource/handler.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// Text from outside as it may stand in a log line: control characters become `?`, long text is cut.
std::string log_safe(std::string_view text, std::size_t longest = 256);

/// One line a request, at debug: id, from, method, address, code, milliseconds. Never a token.
class request_log {
 public:
  /// @param body_bytes  of the answer's body shown; 0: none
  explicit request_log(std::size_t body_bytes) : body_bytes_(body_bytes) {}

  void answer(const call& c, const mqcoap::answer& what, const clock& time) const;
  void fault(const exchange_topic& topic, const decode_fault& f) const;

 private:
  std::size_t body_bytes_;
};

}  // namespace mqcoap
