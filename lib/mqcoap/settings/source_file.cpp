#include <mqcoap/settings/source_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>

namespace mqcoap {
namespace {

/// Replaces control characters, byte by byte, so that marks below the line stay in place.
std::string same_length(std::string_view line) {
  std::string shown;
  while (!line.empty()) {
    std::size_t n = 1;
    while (n < line.size() && (static_cast<unsigned char>(line[n]) & 0xc0u) == 0x80u) ++n;
    const std::string clean = safe_text(line.substr(0, n), line_ends::kept);
    shown += clean.size() == n ? clean : std::string(n, '?');
    line.remove_prefix(n);
  }
  return shown;
}

bool is_refused_control(std::string_view text, std::size_t i) noexcept {
  const auto c = static_cast<unsigned char>(text[i]);
  if (c == '\r') return i + 1 >= text.size() || text[i + 1] != '\n';
  return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
}

class descriptor {
 public:
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

}  // namespace

std::optional<file_bytes> read_regular_file(const std::string& path, std::size_t limit, std::string& why) {
  // Opens with O_NONBLOCK, so that a FIFO or a device in place of the file does not block the gateway.
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0) {
    why = std::strerror(errno);
    return std::nullopt;
  }
  if (!S_ISREG(info.st_mode)) {
    why = S_ISDIR(info.st_mode) ? "it is a directory" : "it is not a regular file";
    return std::nullopt;
  }
  file_bytes result{{}, static_cast<unsigned>(info.st_mode)};
  char chunk[16384];
  for (;;) {
    const ssize_t n = ::read(file.get(), chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      why = std::strerror(errno);
      return std::nullopt;
    }
    if (n == 0) return result;
    result.bytes.append(chunk, static_cast<std::size_t>(n));
    if (result.bytes.size() > limit) {
      why = "it is larger than " + size_to_string(limit);
      return std::nullopt;
    }
  }
}

std::string octal(unsigned permissions) {
  std::string digits = "0";
  for (int shift : {6, 3, 0}) digits += static_cast<char>('0' + ((permissions >> shift) & 7u));
  return digits;
}

source_file::source_file(std::string path, std::string text, unsigned mode)
    : path_(std::move(path)), text_(std::move(text)), mode_(mode), line_starts_{0} {
  if (text_.starts_with("\xef\xbb\xbf")) text_.erase(0, 3);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
}

std::string_view source_file::line(int number) const noexcept {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return {};
  const std::size_t begin = line_starts_[static_cast<std::size_t>(number) - 1];
  auto found = std::string_view(text_).substr(begin);
  found = found.substr(0, found.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

bool source_file::is_hidden(int line, int column) const noexcept {
  if (line < 1 || static_cast<std::size_t>(line) > line_starts_.size()) return false;
  const std::size_t at =
      line_starts_[static_cast<std::size_t>(line) - 1] + static_cast<std::size_t>(std::max(column, 1)) - 1;
  return std::any_of(hidden_.begin(), hidden_.end(),
                     [at](const byte_range& r) { return r.begin <= at && at < r.end; });
}

std::string source_file::shown_line(int number) const {
  const auto whole = line(number);
  std::string shown(whole);
  const auto begin = static_cast<std::size_t>(whole.data() - text_.data());
  if (!whole.empty())
    for (const auto& r : hidden_) {
      const std::size_t from = std::max(r.begin, begin), to = std::min(r.end, begin + whole.size());
      for (std::size_t i = from; i < to; ++i)
        if (text_[i] != ' ' && text_[i] != '\t') shown[i - begin] = '*';
    }
  if (cover_ != nullptr) cover_(shown);
  return same_length(shown);
}

std::optional<source_file::fault> source_file::check_text() const {
  std::size_t bad_at = text_.size();
  is_utf8(text_, bad_at);
  const bool broken = bad_at < text_.size();
  std::size_t control = 0;
  while (control < bad_at && !is_refused_control(text_, control)) ++control;
  if (!broken && control == text_.size()) return std::nullopt;
  const std::size_t at = control < bad_at ? control : bad_at;
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), at);
  fault found;
  found.line = static_cast<int>(after - line_starts_.begin());
  found.column = static_cast<int>(at - *(after - 1)) + 1;
  found.message = control < bad_at ? "a control character" : "bytes that are not UTF-8";
  found.hint = control < bad_at ? R"(in a quoted text, write it as \xNN)" : "save the file as UTF-8";
  return found;
}

}  // namespace mqcoap
