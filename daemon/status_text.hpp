#pragma once

#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/gateway/reload_status.hpp>
#include <string>

namespace mqcoap {

/// The text that `systemctl status` shows: brokers, devices, load.
class status_text {
 public:
  /// Both arguments must outlive this object.
  status_text(const gateway& of, const clock& time) : of_(of), time_(time), since_(time.now()) {}

  /// Sets the outcome of the last reload.
  void set_reload(const reload_status& outcome);

  /// Returns the status on one line. The rate is measured since the last call.
  std::string now();

 private:
  double rate();

  const gateway& of_;
  const clock& time_;
  steady_time since_;
  std::uint64_t answered_ = 0;
  std::string reload_;
};

}  // namespace mqcoap
