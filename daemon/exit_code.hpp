#pragma once

namespace mqcoap {

/// The exit statuses of mqcoapd, after sysexits.h.
enum exit_code : int {
  exit_ok = 0,
  exit_usage = 64,          ///< EX_USAGE: the command line
  exit_internal = 70,       ///< EX_SOFTWARE: an error of the program or of the system
  exit_standby = 75,        ///< EX_TEMPFAIL: another gateway serves; a new process waits for the lease
  exit_configuration = 78,  ///< EX_CONFIG
};

}  // namespace mqcoap
