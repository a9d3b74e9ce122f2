#pragma once

#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/gateway/reload_status.hpp>
#include <string>

namespace mqcoap {

/// What `systemctl status` shows of a gateway: its brokers, its devices, how much it does.
class status_words {
 public:
  /// Both outlive it.
  status_words(const gateway& of, const clock& time) : of_(of), time_(time), since_(time.now()) {}

  /// How the last reload came out.
  void set_reload(const reload_status& outcome);

  /// One line. The rate is that since the call before.
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
