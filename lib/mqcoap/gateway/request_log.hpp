#pragma once

#include <cstddef>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/request_record.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/resource/handler.hpp>

namespace mqcoap {

/// Writes one record for each request, at debug level: id, source, method, address, code, duration. Never
/// contains a token.
class request_log {
 public:
  /// @param body_bytes  how much of the answer's body is shown; 0: none
  /// @param sink  receives the records; empty: spdlog's default logger
  request_log(std::size_t body_bytes, request_sink sink);

  void answer(const call& c, const mqcoap::answer& what, const clock& time) const;
  void fault(const exchange_topic& topic, const decode_fault& f) const;

 private:
  void write(const request_record& r) const;

  std::size_t body_bytes_;
  request_sink sink_;
};

}  // namespace mqcoap
