#include "log_destination.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/pattern_formatter.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "journal.hpp"

namespace mqcoap {
namespace {

constexpr char with_time[] = "%Y-%m-%d %H:%M:%S.%e %^%l%$: %v";

/// Formats `%N` of a pattern: the priority as in sd-daemon(3).
class priority_flag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& m, const std::tm&, spdlog::memory_buf_t& to) override {
    to.push_back('<');
    to.push_back(static_cast<char>('0' + journal_priority(m.level)));
    to.push_back('>');
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<priority_flag>(); }
};

std::unique_ptr<spdlog::formatter> make_formatter(line_style style) {
  if (style != line_style::priority) return std::make_unique<spdlog::pattern_formatter>(with_time);
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<priority_flag>('N').set_pattern("%N%v");
  return formatter;
}

std::string_view color_of(spdlog::level::level_enum level) noexcept {
  switch (level) {
    case spdlog::level::critical: return "\033[1m\033[41m";
    case spdlog::level::err: return "\033[31m\033[1m";
    case spdlog::level::warn: return "\033[33m\033[1m";
    case spdlog::level::info: return "\033[32m";
    case spdlog::level::debug: return "\033[36m";
    default: return "\033[37m";
  }
}

void wait_writable(int descriptor) noexcept {
  pollfd wanted{descriptor, POLLOUT, 0};
  ::poll(&wanted, 1, -1);
}

int open_to_add(const std::string& file) {
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const int descriptor = ::open(file.c_str(), flags, 0640);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category());
  return descriptor;
}

}  // namespace

descriptor_log::descriptor_log(line_style style)
    : descriptor_(STDERR_FILENO), colored_(style == line_style::colored), formatter_(make_formatter(style)) {}

descriptor_log::descriptor_log(const std::string& file)
    : descriptor_(open_to_add(file)), colored_(false), formatter_(make_formatter(line_style::timed)) {}

descriptor_log::~descriptor_log() {
  if (!is_standard_error()) ::close(descriptor_);
}

bool descriptor_log::is_standard_error() const noexcept { return descriptor_ == STDERR_FILENO; }

void descriptor_log::add(const spdlog::details::log_msg& line) {
  spdlog::memory_buf_t text;
  formatter_->format(line, text);
  const std::string_view all(text.data(), text.size());
  if (colored_ && line.color_range_end > line.color_range_start) {
    waiting_ += all.substr(0, line.color_range_start);
    waiting_ += color_of(line.level);
    waiting_ += all.substr(line.color_range_start, line.color_range_end - line.color_range_start);
    waiting_ += "\033[m";
    waiting_ += all.substr(line.color_range_end);
  } else {
    waiting_ += all;
  }
}

void descriptor_log::add(const request_record& r, spdlog::log_clock::time_point when) {
  const auto line = to_line(r);
  add(spdlog::details::log_msg(when, {}, log_name, spdlog::level::debug, line));
}

void descriptor_log::flush() {
  auto text = std::exchange(waiting_, {});
  if (text.empty()) return;
  if (line_broken_) text.insert(text.begin(), '\n');
  for (std::string_view rest = text; !rest.empty();) {
    const auto count = ::write(descriptor_, rest.data(), rest.size());
    if (count > 0) {
      line_broken_ = rest[static_cast<std::size_t>(count) - 1] != '\n';
      rest.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EAGAIN) {
      wait_writable(descriptor_);
    } else if (count == 0 || errno != EINTR) {
      throw std::system_error(count == 0 ? EIO : errno, std::generic_category());
    }
  }
}

void say_without_waiting(std::string_view text) noexcept {
  // A pipe that is ready accepts this many bytes without blocking; enough for a line of text.
  constexpr std::size_t surely_taken = 512;
  pollfd wanted{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&wanted, 1, 0) != 1 || (wanted.revents & POLLOUT) == 0) return;
  [[maybe_unused]] const auto count =
      ::write(STDERR_FILENO, text.data(), std::min(text.size(), surely_taken));
}

}  // namespace mqcoap
