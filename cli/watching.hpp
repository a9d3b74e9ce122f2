#pragma once

#include <string>

#include "session.hpp"

// What `watch` shows.
namespace mqcoap::cli {

/// Turns polled outcomes into lines, and tells those that say something new.
class watch_log {
 public:
  /// @param all  every outcome is shown, not only changes
  watch_log(const output_format& how, bool all) : how_(how), all_(all) {}

  struct lines {
    std::string out{};      ///< for standard output, with line feeds; empty: nothing
    std::string problem{};  ///< for standard error, without; empty: nothing
  };
  lines add(const request_outcome& outcome, const request_spec& asked, unix_millis now);

 private:
  bool is_news(const request_outcome& outcome);
  lines answered(const exchange_record& e, unix_millis now);
  std::string csv(const json_text& body, unix_millis now);

  const output_format& how_;
  const bool all_;
  bool first_ = true;
  error_code last_error_;
  json_text last_body_;
  std::string csv_header_;
};

/// The time, as people or programs read it, and what stands behind it.
std::string stamp(unix_millis now, const output_format& how);

}  // namespace mqcoap::cli
