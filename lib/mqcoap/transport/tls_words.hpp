#pragma once

#include <string>

namespace mqcoap {

/// Why a file cannot be read; empty if it can.
std::string unreadable(const std::string& file);

/// What OpenSSL said last, in brackets after a blank; empty if nothing.
std::string last_reason();

}  // namespace mqcoap
