#pragma once

#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/run_loop.hpp"

// Checks for processes and descriptors that a test leaves behind.
namespace mqcoap::test {

inline std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// Returns true also if a child is a zombie.
inline bool has_children() {
  return ::waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

/// Returns false also if the process is a zombie.
inline bool is_alive(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, how;
  return in >> number >> name >> how && how != "Z";
}

/// Waits for the end of a killed process that is not a child of this one.
inline void await_death(pid_t pid) {
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  while (is_alive(pid)) {
    if (std::chrono::steady_clock::now() >= end) throw std::runtime_error("the process did not end in time");
    std::this_thread::yield();
  }
}

}  // namespace mqcoap::test
