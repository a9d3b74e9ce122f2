#pragma once

#include <spdlog/logger.h>

#include <memory>

namespace mqcoap {

/// Where the library's floors log to: spdlog's logger `mqcoap` if the program has registered one, else its
/// default logger if it has set one, else warnings and errors to standard error. Standard output is the
/// program's.
/// @par Threads  Any.
std::shared_ptr<spdlog::logger> logger();

}  // namespace mqcoap
