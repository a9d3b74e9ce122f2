#pragma once

#include <string>

namespace mqcoap {

/// Returns why a file cannot be read; empty if it can.
std::string unreadable(const std::string& file);

/// Returns OpenSSL's last error in parentheses, after a space; empty if there is none.
std::string last_reason();

}  // namespace mqcoap
