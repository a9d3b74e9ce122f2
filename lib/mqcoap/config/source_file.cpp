#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mqcoap/base/units.hpp>
#include <mqcoap/config/source_file.hpp>

namespace mqcoap {
namespace {

/// Where the secret that begins at `from` ends. Errs towards covering too much.
std::size_t secret_end(std::string_view line, std::size_t from, bool in_flow) {
  const char quote = line[from];
  if (quote == '"' || quote == '\'') {
    for (std::size_t i = from + 1; i < line.size(); ++i) {
      if (quote == '"' && line[i] == '\\')
        ++i;
      else if (line[i] == quote)
        return i + 1;
    }
    return line.size();
  }
  const auto comment = line.find(" #", from);
  const auto end = in_flow ? line.find_first_of(",}", from) : std::string_view::npos;
  return std::min({comment, end, line.size()});
}

void cover_values_of(std::string& line, std::string_view key) {
  for (std::size_t at = line.find(key); at != std::string::npos; at = line.find(key, at + key.size())) {
    std::size_t i = at + key.size();
    if (i < line.size() && (line[i] == '"' || line[i] == '\'')) ++i;
    while (i < line.size() && line[i] == ' ') ++i;
    if (i >= line.size() || line[i] != ':') continue;
    do ++i;
    while (i < line.size() && (line[i] == ' ' || line[i] == '\t'));
    if (i >= line.size() || std::strchr("{|>", line[i]) != nullptr) continue;
    const bool in_flow = line.find('{') < at;
    const std::size_t end = secret_end(line, i, in_flow);
    std::fill(line.begin() + static_cast<std::ptrdiff_t>(i), line.begin() + static_cast<std::ptrdiff_t>(end),
              '*');
  }
}

void cover_user_info(std::string& line) {
  const auto scheme = line.find("://");
  if (scheme == std::string::npos) return;
  const auto at = line.find('@', scheme);
  if (at == std::string::npos) return;
  std::fill(line.begin() + static_cast<std::ptrdiff_t>(scheme) + 3,
            line.begin() + static_cast<std::ptrdiff_t>(at), '*');
}

/// Length of the UTF-8 sequence at the beginning; 0: none (RFC 3629).
std::size_t sequence_length(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto tail = [&byte](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xc2 && a <= 0xdf) return tail(1) ? 2 : 0;
  if (a >= 0xe0 && a <= 0xef)
    return tail(1) && tail(2) && !(a == 0xe0 && b < 0xa0) && !(a == 0xed && b > 0x9f) ? 3 : 0;
  if (a >= 0xf0 && a <= 0xf4)
    return tail(1) && tail(2) && tail(3) && !(a == 0xf0 && b < 0x90) && !(a == 0xf4 && b > 0x8f) ? 4 : 0;
  return 0;
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

bool is_utf8(std::string_view text, std::size_t& bad_at) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text.substr(i, 4));
    if (length == 0) {
      bad_at = i;
      return false;
    }
    i += length;
  }
  return true;
}

std::optional<file_bytes> read_regular_file(const std::string& path, std::size_t limit, std::string& why) {
  // A FIFO or a device put in the file's place must not hold the gateway up: hence O_NONBLOCK.
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

std::string source_file::shown_line(int number) const {
  std::string shown(line(number));
  for (auto key : {"password", "token"}) cover_values_of(shown, key);
  cover_user_info(shown);
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }, '?');
  std::size_t bad_at = 0;
  while (!is_utf8(shown, bad_at)) shown[bad_at] = '?';
  return shown;
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
  found.words = control < bad_at ? "a control character" : "bytes that are not UTF-8";
  found.hint = control < bad_at ? R"(in a quoted text, write it as \xNN)" : "save the file as UTF-8";
  return found;
}

}  // namespace mqcoap
