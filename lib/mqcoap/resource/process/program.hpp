#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/exchange/backoff.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/backend/child_process.hpp>
#include <mqcoap/resource/process/process.hpp>
#include <mqcoap/resource/process/program_lines.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <optional>
#include <string>
#include <unordered_map>

namespace mqcoap {

/// A program that is kept running: whenever it exits, it is started again, after growing pauses. Requests go
/// to its standard input, and its standard error goes to the log. A slow program delays only its own callers.
class program final : public std::enable_shared_from_this<program> {
 public:
  /// The limit of outstanding requests; a further one gets 503.
  static constexpr std::size_t most_open = 128;
  /// The limit in bytes of lines that answer no request, since the last answer; beyond it, the
  /// program is terminated.
  static constexpr std::size_t most_useless = 1 << 20;
  /// The limit in bytes of its standard error in a second; beyond it, reading pauses for a second.
  static constexpr std::size_t most_errors = 1 << 16;

  /// @param name  its name in the log
  program(const process_options& options, std::string name, const resource_services& services);
  /// Starts the program. The owner calls this once.
  void start();
  backend::running ask(const backend_request& what, std::chrono::milliseconds timeout,
                       backend::reply_handler done);

  /// Returns the number of lines that were not answers, or answered no outstanding request.
  std::uint64_t useless_lines() const noexcept { return useless_lines_; }

 private:
  struct inquiry {
    std::string line;
    backend::reply_handler done;
    method verb = method::get;
    timer_queue::timer deadline_timer{};
    bool is_sent = false;
  };

  void answer(std::uint64_t id, backend_reply reply);
  std::optional<inquiry> take(std::uint64_t id);
  void end_all(const std::string& why);
  void send_what_waits();
  void on_output(std::string_view piece);
  void on_line(std::string_view line);
  void on_useless(std::string_view line);
  void on_errors(std::string_view piece);
  void take_errors();
  void report_errors(std::string_view line);
  void on_end(const child_end& how);
  void log(log_level level, const std::string& message) const;
  void end_because(const std::string& why);

  const child_options options_;
  const std::size_t max_depth_;
  const std::string name_;
  const clock& time_;
  timer_queue& timers_;
  const log_sink log_;
  backend_services& services_;
  std::unique_ptr<child_process> child_;  ///< null while it does not run
  steady_time started_{};
  timer_queue::timer next_start_{};
  steady_time starts_at_{};
  std::string last_end_;    ///< why it ended last
  std::string last_error_;  ///< the last line of its standard error, which is usually the reason why it exits
  backoff pauses_;
  line_splitter output_;
  line_splitter errors_;
  timer_queue::timer errors_held_{};
  std::size_t errors_size_ = 0;  ///< bytes in this second
  steady_time errors_since_{};
  std::size_t errors_reported_ = 0;  ///< lines that were logged in this second
  std::uint64_t errors_left_out_ = 0;
  bool has_spoken_ = false;
  bool is_ending_ = false;   ///< it is being terminated
  std::size_t useless_ = 0;  ///< bytes since the last answer
  std::uint64_t useless_lines_ = 0;
  throttle useless_throttle_{std::chrono::seconds(1)};
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, inquiry> open_;
  std::deque<std::uint64_t> unsent_;
  bool is_writing_ = false;  ///< the last write is not complete
};

}  // namespace mqcoap
