#pragma once

#include <mqcoap/gateway/request_record.hpp>
#include <string>
#include <system_error>
#include <vector>

namespace mqcoap {

/// True if this descriptor is the stream to the journal that $JOURNAL_STREAM names (systemd.exec(5)): what is
/// written there becomes entries, and `<N>` at the beginning of a line its priority.
bool is_journal_stream(int descriptor) noexcept;

inline constexpr char journal_socket[] = "/run/systemd/journal/socket";
/// Why the journal takes no entries; no error if it does.
std::error_code why_no_journal(const char* socket_path = journal_socket) noexcept;

/// The entry of a request, as `NAME=value` each. What is not known has no field.
std::vector<std::string> journal_fields(const request_record& r);

/// Sends one entry. Values may be of any bytes and lengths. An entry that the journal does not take is lost.
void send_to_journal(const std::vector<std::string>& fields) noexcept;

}  // namespace mqcoap
