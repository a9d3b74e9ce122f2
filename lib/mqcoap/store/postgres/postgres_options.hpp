#pragma once

#include <chrono>
#include <mqcoap/base/secret.hpp>
#include <string>

namespace mqcoap::store {

/// Where several gateways keep the state that they share.
struct postgres_options {
  std::string url{};  ///< `postgresql://USER@HOST/DATABASE`, with what else libpq reads in it; no password
  secret password{};
  /// For the answer of the database to a request, and for each attempt to connect.
  std::chrono::milliseconds patience{3000};
  /// How long a commit whose answer was lost waits for a new connection that tells what became of it.
  std::chrono::milliseconds certainty{10'000};

  std::chrono::milliseconds longest_pause{5000};  ///< between attempts to connect; the first ones are 0.1 s

  friend bool operator==(const postgres_options&, const postgres_options&) = default;
};

}  // namespace mqcoap::store
