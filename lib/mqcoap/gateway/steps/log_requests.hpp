#pragma once

#include <cstddef>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/request_log.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

struct log_requests_options {
  std::size_t body_bytes = 0;  ///< of the answer's body shown; 0: none
  friend bool operator==(const log_requests_options&, const log_requests_options&) = default;
};

/// A record for each answer, in the request log.
class log_requests final : public composed_step<log_requests_options> {
 public:
  log_requests(log_requests_options given, const request_sink& sink, const clock& time)
      : composed_step(given), log_(given.body_bytes, sink), time_(time) {}

  std::string_view name() const noexcept override { return "request log"; }
  void process(responder&) override {}
  void on_sent(const call& c, const answer& what) override { log_.answer(c, what, time_); }

 private:
  const request_log log_;
  const clock& time_;
};

}  // namespace mqcoap
