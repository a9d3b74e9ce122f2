#include "log_output.hpp"

#include <fcntl.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/systemd_sink.h>
#include <spdlog/spdlog.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "journal.hpp"

namespace mqcoap {
namespace {

using namespace std::chrono_literals;
using place = log_target::place;

constexpr char program[] = "mqcoapd";
constexpr char with_time[] = "%Y-%m-%d %H:%M:%S.%e %^%l%$: %v";
/// What a file's buffer may keep back.
constexpr auto flush_interval = 1s;

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::error: return spdlog::level::err;
    case log_level::warning: return spdlog::level::warn;
    case log_level::info: return spdlog::level::info;
    case log_level::debug: return spdlog::level::debug;
  }
  return spdlog::level::info;
}

/// `%N` of a pattern: the priority as sd-daemon(3) has it.
class priority_flag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& m, const std::tm&, spdlog::memory_buf_t& to) override {
    to.push_back('<');
    to.push_back(static_cast<char>('0' + priority(m.level)));
    to.push_back('>');
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<priority_flag>(); }

 private:
  static int priority(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::critical: return LOG_CRIT;
      case spdlog::level::err: return LOG_ERR;
      case spdlog::level::warn: return LOG_WARNING;
      case spdlog::level::info: return LOG_INFO;
      default: return LOG_DEBUG;
    }
  }
};

bool goes_to_journal(const log_target& target) {
  if (target.where == place::automatic) return is_journal_stream(STDERR_FILENO) && !why_no_journal();
  if (target.where != place::journal) return false;
  if (const auto ec = why_no_journal())
    throw log_fault(std::string("the journal is not there: ") + journal_socket + ": " + ec.message() +
                    "; `target: auto` takes the standard error then");
  return true;
}

/// Before spdlog does, which would make missing folders, and does not say why it failed.
void check_file(const std::string& name) {
  const int file =
      ::open(name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640);
  if (file < 0) throw log_fault("cannot write to " + name + ": " + std::strerror(errno));
  ::close(file);
}

spdlog::sink_ptr file_sink(const std::string& name) {
  check_file(name);
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(name);
    sink->set_pattern(with_time);
    return sink;
  } catch (const spdlog::spdlog_ex& e) {
    throw log_fault(e.what());
  }
}

spdlog::sink_ptr stderr_sink() {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  if (!is_journal_stream(STDERR_FILENO)) {
    sink->set_pattern(with_time);
    return sink;
  }
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<priority_flag>('N').set_pattern("%N%v");
  sink->set_formatter(std::move(formatter));
  return sink;
}

spdlog::sink_ptr make_sink(const log_target& target, bool to_journal) {
  if (to_journal) return std::make_shared<spdlog::sinks::systemd_sink_mt>(program);
  if (target.where == place::file) return file_sink(target.file);
  return stderr_sink();
}

}  // namespace

log_output::prepared log_output::prepare(const logging_options& options) {
  const bool to_journal = goes_to_journal(options.target);
  auto logger = std::make_shared<spdlog::logger>(program, make_sink(options.target, to_journal));
  logger->set_level(to_spdlog(options.level));
  logger->flush_on(spdlog::level::warn);
  return {options, std::move(logger), to_journal};
}

void log_output::use(prepared next) {
  spdlog::set_default_logger(std::move(next.logger));
  spdlog::flush_every(next.options.target.where == place::file ? flush_interval : 0s);
  options_ = std::move(next.options);
  to_journal_ = next.to_journal;
}

void log_output::reopen() {
  if (options_.target.where != place::file) return;
  try {
    use(prepare(options_));
  } catch (const log_fault& e) {
    spdlog::error("the log stays where it was: {}", e.what());
  }
}

void log_output::write(const request_record& r) const {
  if (to_journal_) return send_to_journal(journal_fields(r));
  spdlog::debug("{}", to_line(r));
}

}  // namespace mqcoap
