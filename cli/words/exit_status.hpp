#pragma once

#include <mqcoap/base/errc.hpp>

namespace mqcoap::cli {

/// The exit statuses of mqcoap.
enum exit_status : int {
  status_ok = 0,              ///< 2xx
  status_usage = 2,           ///< wrong command line
  status_unreachable = 3,     ///< the broker cannot be reached, refused the connection, or the
                              ///< connection was lost
  status_client_error = 4,    ///< 4xx
  status_server_error = 5,    ///< 5xx
  status_no_answer = 6,       ///< no answer in time, or an unusable one
  status_internal = 70,       ///< an error of the program or of the system
  status_configuration = 78,  ///< a faulty file: configuration, contexts, password, token
  status_interrupted = 130,   ///< SIGINT; 143 for SIGTERM
};

/// Returns the status for the outcome of a request.
exit_status status_of(const error_code& outcome) noexcept;

}  // namespace mqcoap::cli
