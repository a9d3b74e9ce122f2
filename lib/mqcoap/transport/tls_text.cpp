#include <mqcoap/transport/tls_text.hpp>

#include <openssl/err.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace mqcoap {

std::string unreadable(const std::string& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) return file + " is a directory, not a file";
  if (::access(file.c_str(), R_OK) == 0) return {};
  return "cannot read " + file + ": " + std::generic_category().message(errno);
}

std::string last_reason() {
  const auto* text = ERR_reason_error_string(ERR_peek_last_error());
  return text == nullptr ? "" : std::string(" (") + text + ')';
}

}  // namespace mqcoap
