#pragma once

#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <stdexcept>
#include <string>

namespace mqcoap::store {

/// Why reading from a store or writing to it failed.
class storage_fault final : public std::runtime_error {
 public:
  enum class kind : std::uint8_t {
    failed,   ///< the system failed to read or to write
    full,     ///< there is no space left
    damaged,  ///< the file is not a database, or a corrupt one
    foreign,  ///< it belongs to another program, or to a newer version
    in_use,   ///< another process uses it
  };

  storage_fault(kind what, const std::string& message) : std::runtime_error(message), what_(what) {}

  kind what_happened() const noexcept { return what_; }
  error_code code() const noexcept { return what_ == kind::full ? errc::storage_full : errc::storage_failed; }

 private:
  const kind what_;
};

}  // namespace mqcoap::store
