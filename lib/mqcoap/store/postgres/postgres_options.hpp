#pragma once

#include <chrono>
#include <mqcoap/base/secret.hpp>
#include <string>

namespace mqcoap::store {

/// The database in which several gateways store the state that they share.
struct postgres_options {
  std::string url{};  ///< `postgresql://USER@HOST/DATABASE`, with further options of libpq; no password
  secret password{};
  /// The timeout for the database's answer to a request, and for each attempt to connect.
  std::chrono::milliseconds timeout{3000};
  /// How long a commit whose answer was lost waits for a new connection, over which its outcome
  /// can be queried.
  std::chrono::milliseconds certainty{10'000};

  std::chrono::milliseconds longest_pause{5000};  ///< between attempts to connect; the first ones are 0.1 s

  friend bool operator==(const postgres_options&, const postgres_options&) = default;
};

}  // namespace mqcoap::store
