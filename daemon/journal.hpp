#pragma once

#include <mqcoap/gateway/request_record.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "log_destination.hpp"

namespace mqcoap {

/// Returns true if this descriptor is the stream to the journal that $JOURNAL_STREAM identifies
/// (systemd.exec(5)): lines written to it become entries, and `<N>` at the beginning of a line
/// sets its priority.
bool is_journal_stream(int descriptor) noexcept;

inline constexpr char journal_socket[] = "/run/systemd/journal/socket";
/// Returns why the journal accepts no entries; no error if it does.
std::error_code why_no_journal(const char* socket_path = journal_socket) noexcept;

/// Returns the journal entry of a request as a list of `NAME=value`. Unknown values have no field.
std::vector<std::string> journal_fields(const request_record& r);

/// Returns the priority of a line as in syslog(3).
int journal_priority(spdlog::level::level_enum level) noexcept;

/// systemd's journal, which receives each line as an entry at once.
class journal_log final : public log_destination {
 public:
  void add(const spdlog::details::log_msg& line) override;
  void add(const request_record& r, spdlog::log_clock::time_point when) override;
  void flush() override {}
};

}  // namespace mqcoap
