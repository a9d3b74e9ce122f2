#pragma once

#include <algorithm>
#include <mqcoap/transport/connection_fault.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mqcoap {

/// Why there is no connection to a broker: the fault of each of its servers that was tried, usually one.
class outage_cause {
 public:
  using kind = connection_fault::kind;
  /// A failed attempt at one server of the broker.
  struct attempt {
    connection_fault fault;
    std::string where;  ///< host, port and address

    friend bool operator==(const attempt&, const attempt&) = default;
  };

  /// Creates the state without an outage.
  outage_cause() = default;
  /// Creates the cause for a broker with one server.
  outage_cause(connection_fault fault);
  /// @param tried  in the order of the attempts
  explicit outage_cause(std::vector<attempt> tried) : attempts_(std::move(tried)) {}

  /// Returns false while there is a connection, or before the first attempt.
  explicit operator bool() const noexcept { return !attempts_.empty(); }
  /// Returns true if a server failed with this kind of fault.
  bool is(kind k) const noexcept {
    return any([k](const connection_fault& f) { return f.what == k; });
  }
  /// Returns true if the predicate holds for the fault of any server.
  template <class Predicate>
  bool any(Predicate such) const {
    return std::any_of(attempts_.begin(), attempts_.end(), [&](const attempt& a) { return such(a.fault); });
  }
  /// Returns the error code of the attempt that got furthest; none without an outage. Compare it with a
  /// `connect_errc` or an `outage_class`.
  error_code code() const noexcept;
  /// Returns true if there is an outage that no further attempt can end until a person corrects something:
  /// `is_lasting` holds for each of the broker's servers.
  bool is_lasting() const noexcept;
  const std::vector<attempt>& attempts() const noexcept { return attempts_; }
  /// Returns the faults of the attempts, without the places.
  std::vector<connection_fault> faults() const;
  /// Returns a text for people; names the servers if there are several. Empty without an outage.
  std::string message() const;
  /// Returns the same text, but names the server even if there is only one.
  std::string message_with_places() const;

  friend bool operator==(const outage_cause&, const outage_cause&) = default;

 private:
  std::vector<attempt> attempts_;
};

}  // namespace mqcoap
