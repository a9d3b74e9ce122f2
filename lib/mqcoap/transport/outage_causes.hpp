#pragma once

#include <mqcoap/transport/connection_fault.hpp>
#include <vector>

namespace mqcoap {

/// Decides which causes of an outage are logged: each new one, and one that was already reported when it has
/// occurred twice in a row, so that two alternating causes do not fill the log.
class outage_causes {
 public:
  struct news {
    bool changed;  ///< the cause differs from that of the last attempt
    bool worth_reporting;
  };

  /// The faults of a failed attempt, one for each server.
  using cause = std::vector<connection_fault>;
  /// Notes the cause of a failed attempt.
  /// @param why  not empty
  news note(const cause& why);
  /// Notes the end of the outage.
  void clear() noexcept;

 private:
  cause last_;                ///< of the last attempt; empty: no attempt has failed yet
  cause last_reported_;       ///< the last one that was reported
  std::vector<cause> known_;  ///< those reported in this outage
};

}  // namespace mqcoap
