#pragma once

#include <algorithm>
#include <mqcoap/transport/connection_fault.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mqcoap {

/// Why there is no connection to a broker: the fault of each of its servers that was tried, mostly one.
class outage_cause {
 public:
  using kind = connection_fault::kind;
  /// One server of the broker.
  struct attempt {
    connection_fault fault;
    std::string where;  ///< host, port and address

    friend bool operator==(const attempt&, const attempt&) = default;
  };

  /// There is no outage.
  outage_cause() = default;
  /// Makes the cause of a broker with one server.
  outage_cause(connection_fault fault);
  /// @param tried  in the order of the tries
  explicit outage_cause(std::vector<attempt> tried) : attempts_(std::move(tried)) {}

  /// False while there is a connection, or before the first try.
  explicit operator bool() const noexcept { return !attempts_.empty(); }
  /// True if a server failed in this way.
  bool is(kind k) const noexcept {
    return any([k](const connection_fault& f) { return f.what == k; });
  }
  /// True if the fault of a server is such.
  template <class Predicate>
  bool any(Predicate such) const {
    return std::any_of(attempts_.begin(), attempts_.end(), [&](const attempt& a) { return such(a.fault); });
  }
  /// The error code of the try that came furthest; none without an outage. Compare it with a `connect_errc`
  /// or an `outage_class`.
  error_code code() const noexcept;
  /// True if there is an outage that no further try ends before a person corrects something: `is_lasting`
  /// holds for each of the broker's servers.
  bool is_lasting() const noexcept;
  const std::vector<attempt>& attempts() const noexcept { return attempts_; }
  /// The attempts, but for where they were made.
  std::vector<connection_fault> faults() const;
  /// For people; names the servers if there are several. Empty without an outage.
  std::string words() const;
  /// The same, but names also the only server.
  std::string words_with_places() const;

  friend bool operator==(const outage_cause&, const outage_cause&) = default;

 private:
  std::vector<attempt> attempts_;
};

}  // namespace mqcoap
