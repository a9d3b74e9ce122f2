#pragma once

#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <string>

namespace mqcoap::store {

using mqcoap::throw_exception_from_error;  // a result looks for it in this namespace

/// Why a request to a PostgreSQL server failed.
struct pg_fault {
  enum class kind : std::uint8_t {
    refused,      ///< the server has rolled it back
    lost,         ///< the connection ended before the answer: the outcome is unknown
    unreachable,  ///< it was not sent
  };

  kind what = kind::unreachable;
  std::string state{};  ///< SQLSTATE of a rejected request
  std::string message{};
};

}  // namespace mqcoap::store
