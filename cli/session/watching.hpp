#pragma once

#include <map>
#include <string>

#include "session/session.hpp"

// What `watch` shows.
namespace mqcoap::cli {

/// Turns polled outcomes into lines, and tells those that say something new.
class watch_log {
 public:
  /// @param all  every outcome is shown, not only changes  @param several  each line has the address
  watch_log(const output_format& how, bool all, bool several = false)
      : how_(how), all_(all), several_(several) {}

  struct lines {
    std::string out{};      ///< for standard output, with line feeds; empty: nothing
    std::string problem{};  ///< for standard error, without; empty: nothing
  };
  lines add(const request_outcome& outcome, const request_spec& asked, unix_millis now);

 private:
  struct state {
    error_code error;
    json_text body;
  };

  bool is_news(const request_outcome& outcome, const std::string& address);
  lines answered(const exchange_record& e, unix_millis now);
  std::string csv(const exchange_record& e, unix_millis now);
  /// The time and, of several, the address.
  std::string begin(const std::string& address, unix_millis now) const;

  const output_format& how_;
  const bool all_;
  const bool several_;
  std::map<std::string, state> last_;  ///< by address
  std::string csv_header_;
};

/// The time, as people or programs read it, and what stands behind it.
std::string stamp(unix_millis now, const output_format& how);

}  // namespace mqcoap::cli
