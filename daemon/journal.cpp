#include "journal.hpp"

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace mqcoap {
namespace {

const std::string own_identifier = std::string("SYSLOG_IDENTIFIER=") + log_name;

/// Sends an entry, whose values may contain any bytes and have any length.
void send(const std::vector<std::string>& fields) {
  std::vector<iovec> pieces;
  pieces.reserve(fields.size());
  for (const auto& f : fields) pieces.push_back({const_cast<char*>(f.data()), f.size()});
  const int result = sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size()));
  if (result < 0) throw std::system_error(-result, std::generic_category());
}

}  // namespace

bool is_journal_stream(int descriptor) noexcept {
  const char* named = std::getenv("JOURNAL_STREAM");
  struct stat there {};
  if (named == nullptr || fstat(descriptor, &there) != 0) return false;
  char* end = nullptr;
  const auto device = std::strtoull(named, &end, 10);
  if (end == named || *end != ':') return false;
  const char* const second = end + 1;
  const auto inode = std::strtoull(second, &end, 10);
  return end != second && *end == '\0' && device == there.st_dev && inode == there.st_ino;
}

std::error_code why_no_journal(const char* socket_path) noexcept {
  const auto last_error = [] { return std::error_code(errno, std::system_category()); };
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (std::strlen(socket_path) >= sizeof to.sun_path) return make_error_code(std::errc::filename_too_long);
  std::strcpy(to.sun_path, socket_path);
  const int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (s < 0) return last_error();
  const auto ec =
      connect(s, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? std::error_code() : last_error();
  close(s);
  return ec;
}

std::vector<std::string> journal_fields(const request_record& r) {
  std::vector<std::string> fields;
  const auto add = [&fields](const char* name, const std::string& value) {
    if (!value.empty()) fields.push_back(std::string(name) + '=' + value);
  };
  add("MESSAGE", to_line(r));
  add("PRIORITY", std::to_string(LOG_DEBUG));
  add("SYSLOG_IDENTIFIER", log_name);
  add("MQCOAP_REQUEST_ID", r.request_id);
  add("MQCOAP_SOURCE", r.source);
  add("MQCOAP_METHOD", r.method);
  add("MQCOAP_DEVICE", r.device);
  add("MQCOAP_SUBSYSTEM", r.subsystem);
  add("MQCOAP_PATH", r.path);
  add("MQCOAP_CODE", std::to_string(r.code));
  if (r.took) add("MQCOAP_DURATION_US", std::to_string(r.took->count()));
  add("MQCOAP_CORRELATION_ID", r.correlation_id);
  add("MQCOAP_TRACEPARENT", r.traceparent);
  return fields;
}

int journal_priority(spdlog::level::level_enum level) noexcept {
  switch (level) {
    case spdlog::level::critical: return LOG_CRIT;
    case spdlog::level::err: return LOG_ERR;
    case spdlog::level::warn: return LOG_WARNING;
    case spdlog::level::info: return LOG_INFO;
    default: return LOG_DEBUG;
  }
}

void journal_log::add(const spdlog::details::log_msg& line) {
  send({"MESSAGE=" + std::string(line.payload.data(), line.payload.size()),
        "PRIORITY=" + std::to_string(journal_priority(line.level)), own_identifier});
}

void journal_log::add(const request_record& r, spdlog::log_clock::time_point) { send(journal_fields(r)); }

}  // namespace mqcoap
