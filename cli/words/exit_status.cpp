#include "words/exit_status.hpp"

#include <mqcoap/protocol/response_code.hpp>
#include <mqcoap/transport/connect_errc.hpp>

namespace mqcoap::cli {

exit_status status_of(const error_code& outcome) noexcept {
  if (outcome.category() == response_category()) {
    if (outcome.value() < 400) return status_ok;
    return outcome.value() < 500 ? status_client_error : status_server_error;
  }
  if (!outcome) return status_ok;
  if (outcome.category() == connect_category()) return status_unreachable;
  if (outcome == errc::not_connected || outcome == errc::connection_lost || outcome == errc::denied ||
      outcome == errc::closed)
    return status_unreachable;
  if (outcome == errc::timed_out || outcome == errc::unusable_answer) return status_no_answer;
  if (outcome == errc::too_large) return status_usage;
  return status_internal;
}

}  // namespace mqcoap::cli
