#pragma once

#include <spdlog/common.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>

#include <cstdint>
#include <memory>
#include <mqcoap/gateway/request_record.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// The destination of the log: a terminal, a pipe, a file, the journal. All of them may block.
/// @par Threads  All functions on the thread of the log_queue.
class log_destination {
 public:
  virtual ~log_destination() = default;

  /// Adds a line. It may be buffered until `flush`.
  virtual void add(const spdlog::details::log_msg& line) = 0;
  /// Adds the line of a request that was answered at that time.
  virtual void add(const request_record& r, spdlog::log_clock::time_point when) = 0;
  /// Writes the buffered lines. @throws std::system_error  and discards them if that fails
  virtual void flush() = 0;
  /// Returns true if this is the standard error of the process.
  virtual bool is_standard_error() const noexcept { return false; }
};

/// The format of lines on a descriptor.
enum class line_style : std::uint8_t {
  timed,     ///< with date, time and level
  colored,   ///< the same, with the level in its color
  priority,  ///< with `<N>` in front, as in sd-daemon(3), and without a time
};

/// A file, a pipe or a terminal.
class descriptor_log final : public log_destination {
 public:
  /// Creates a destination for the standard error, which stays open.
  explicit descriptor_log(line_style style);
  /// Opens a file for appending; creates it if it does not exist. @throws std::system_error
  explicit descriptor_log(const std::string& file);
  ~descriptor_log() override;
  descriptor_log(const descriptor_log&) = delete;
  descriptor_log& operator=(const descriptor_log&) = delete;

  void add(const spdlog::details::log_msg& line) override;
  void add(const request_record& r, spdlog::log_clock::time_point when) override;
  void flush() override;
  bool is_standard_error() const noexcept override;

 private:
  const int descriptor_;
  const bool colored_;
  std::unique_ptr<spdlog::formatter> formatter_;
  std::string waiting_;
  bool line_broken_ = false;  ///< the last write ended within a line
};

/// Writes to the standard error as much as it accepts without blocking.
void say_without_waiting(std::string_view text) noexcept;

/// The program name in lines of the log.
inline constexpr char log_name[] = "mqcoapd";

}  // namespace mqcoap
