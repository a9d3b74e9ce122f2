#pragma once

#include <map>
#include <string>

#include "session/session.hpp"

// The output of `watch`.
namespace mqcoap::cli {

/// Formats polled outcomes as lines, and skips those that equal the previous outcome for the address.
class watch_log {
 public:
  /// @param all  show every outcome, not only changes  @param several  show the address in each line
  watch_log(const output_format& how, bool all, bool several = false)
      : how_(how), all_(all), several_(several) {}

  struct lines {
    std::string out{};      ///< for standard output, with line feeds; may be empty
    std::string problem{};  ///< for standard error, without a line feed; may be empty
  };
  lines add(const request_outcome& outcome, const request_spec& spec, unix_millis now);

 private:
  struct state {
    error_code error;
    json_text body;
  };

  bool is_news(const request_outcome& outcome, const std::string& address);
  lines answered(const exchange_record& e, unix_millis now);
  std::string csv(const exchange_record& e, unix_millis now);
  /// Returns the time and, with several addresses, the address.
  std::string begin(const std::string& address, unix_millis now) const;

  const output_format& how_;
  const bool all_;
  const bool several_;
  std::map<std::string, state> last_;  ///< by address
  std::string csv_header_;
};

/// Returns the time and a separator, in the format for people or for programs.
std::string stamp(unix_millis now, const output_format& how);

}  // namespace mqcoap::cli
