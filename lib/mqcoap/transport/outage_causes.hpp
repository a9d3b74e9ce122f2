#pragma once

#include <string>
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

  /// @param why  the cause of a failed try
  news note(const std::string& why);
  /// The outage is over.
  void clear() noexcept;

 private:
  std::string last_;                ///< empty: no try has failed yet
  std::string told_;                ///< last
  std::vector<std::string> known_;  ///< were told in this outage
};

}  // namespace mqcoap
