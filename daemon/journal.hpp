#pragma once

#include <mqcoap/gateway/request_record.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "log_destination.hpp"

namespace mqcoap {

/// True if this descriptor is the stream to the journal that $JOURNAL_STREAM names (systemd.exec(5)): what is
/// written there becomes entries, and `<N>` at the beginning of a line its priority.
bool is_journal_stream(int descriptor) noexcept;

inline constexpr char journal_socket[] = "/run/systemd/journal/socket";
/// Why the journal takes no entries; no error if it does.
std::error_code why_no_journal(const char* socket_path = journal_socket) noexcept;

/// The entry of a request, as `NAME=value` each. What is not known has no field.
std::vector<std::string> journal_fields(const request_record& r);

/// The priority of a line, as syslog(3) has it.
int journal_priority(spdlog::level::level_enum level) noexcept;

/// systemd's journal, which gets each line as an entry at once.
class journal_log final : public log_destination {
 public:
  void add(const spdlog::details::log_msg& line) override;
  void add(const request_record& r, spdlog::log_clock::time_point when) override;
  void flush() override {}
};

}  // namespace mqcoap
