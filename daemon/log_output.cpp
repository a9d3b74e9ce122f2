#include "log_output.hpp"

#include <fcntl.h>
#include <spdlog/details/os.h>
#include <spdlog/sinks/sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "journal.hpp"

namespace mqcoap {
namespace {

using place = config::log_target::place;

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::error: return spdlog::level::err;
    case log_level::warning: return spdlog::level::warn;
    case log_level::info: return spdlog::level::info;
    case log_level::debug: return spdlog::level::debug;
  }
  return spdlog::level::info;
}

/// Passes lines to the queue, in the format of the destination.
class queued_sink final : public spdlog::sinks::sink {
 public:
  queued_sink(std::shared_ptr<log_queue> queue, std::shared_ptr<log_destination> to)
      : queue_(std::move(queue)), to_(std::move(to)) {}

  void log(const spdlog::details::log_msg& line) override { queue_->push(to_, line); }
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  const std::shared_ptr<log_queue> queue_;
  const std::shared_ptr<log_destination> to_;
};

bool goes_to_journal(const config::log_target& target) {
  if (target.where == place::automatic) return is_journal_stream(STDERR_FILENO) && !why_no_journal();
  if (target.where != place::journal) return false;
  if (const auto ec = why_no_journal())
    throw log_fault(std::string("the journal is not available: ") + journal_socket + ": " + ec.message() +
                    "; `target: auto` uses standard error instead");
  return true;
}

[[noreturn]] void refuse_file(const std::string& name, const std::string& why) {
  throw log_fault("cannot write to " + name + ": " + why);
}

/// Checks whether a file could be appended to or created, without creating it.
void check_file(const std::string& name) {
  const int file = ::open(name.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file >= 0) {
    ::close(file);
    return;
  }
  if (errno != ENOENT) refuse_file(name, std::strerror(errno));
  const auto parent = std::filesystem::path(name).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    refuse_file(name, std::strerror(errno));
}

line_style style_of_standard_error() {
  if (is_journal_stream(STDERR_FILENO)) return line_style::priority;
  const bool colored = spdlog::details::os::in_terminal(stderr) && spdlog::details::os::is_color_terminal();
  return colored ? line_style::colored : line_style::timed;
}

std::shared_ptr<log_destination> open(const config::log_target& target) {
  if (goes_to_journal(target)) return std::make_shared<journal_log>();
  if (target.where != place::file) return std::make_shared<descriptor_log>(style_of_standard_error());
  try {
    return std::make_shared<descriptor_log>(target.file);
  } catch (const std::system_error& e) {
    refuse_file(target.file, std::strerror(e.code().value()));
  }
}

}  // namespace

log_output::prepared log_output::prepare(const config::logging_options& options) {
  return {options, open(options.target)};
}

void log_output::check(const config::logging_options& options) {
  if (options.target.where == place::file)
    check_file(options.target.file);
  else
    goes_to_journal(options.target);
}

log_output::log_output() : queue_(std::make_shared<log_queue>()) {}

log_output::~log_output() { close(exit_timeout); }

void log_output::use(prepared next) {
  auto logger =
      std::make_shared<spdlog::logger>(log_name, std::make_shared<queued_sink>(queue_, next.destination));
  logger->set_level(to_spdlog(next.options.level));
  // Replaces spdlog's own error handler, which would write to the standard error and block.
  logger->set_error_handler([queue = queue_](const std::string&) { queue->count_dropped(); });
  spdlog::set_default_logger(std::move(logger));
  options_ = std::move(next.options);
  destination_ = std::move(next.destination);
}

void log_output::reopen() {
  if (options_.target.where != place::file) return;
  try {
    use(prepare(options_));
  } catch (const log_fault& e) {
    spdlog::error("the log keeps its destination: {}", e.what());
  }
}

void log_output::write(const request_record& r) noexcept {
  if (spdlog::should_log(spdlog::level::debug)) queue_->push(destination_, r);
}

}  // namespace mqcoap
