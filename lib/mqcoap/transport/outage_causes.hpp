#pragma once

#include <mqcoap/transport/connection_fault.hpp>
#include <vector>

namespace mqcoap {

/// Decides which causes of an outage are worth a line of the log: each new one, and one that was told before
/// when it has come twice in a row, so that two causes that take turns do not fill the log.
class outage_causes {
 public:
  struct news {
    bool changed;  ///< another cause than that of the try before
    bool worth_telling;
  };

  /// The faults of a failed try, one for each server.
  using cause = std::vector<connection_fault>;
  /// @param why  not empty
  news note(const cause& why);
  /// The outage is over.
  void clear() noexcept;

 private:
  cause last_;                ///< empty: no try has failed yet
  cause told_;                ///< last
  std::vector<cause> known_;  ///< were told in this outage
};

}  // namespace mqcoap
