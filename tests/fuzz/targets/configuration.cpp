#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/json/json_text.hpp>
#include <string>

#include "../property.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

/// A file in memory that only its owner can read.
class memory_file {
 public:
  explicit memory_file(std::string_view text) : fd_(::memfd_create("mqcoap", MFD_CLOEXEC)) {
    HOLDS(fd_ >= 0);
    HOLDS(::fchmod(fd_, 0600) == 0);
    HOLDS(::write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;
  ~memory_file() { ::close(fd_); }

  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

/// Returns true if the text may refer to files with a pattern: searching the folders of this machine tells
/// nothing about the parser.
bool searches_folders(std::string_view yaml) {
  const auto include = yaml.find("include");
  return include != std::string_view::npos && yaml.find_first_of("*?[", include) != std::string_view::npos;
}

/// Checks that a diagnostic refers to a place within the file and can be shown.
void check_diagnostic(const diagnostic& d, std::string_view yaml, const std::string& path) {
  HOLDS(!d.message.empty());
  HOLDS(is_safe(d.message) && is_safe(d.hint) && is_safe(d.key_path));
  HOLDS(is_safe(to_string(d), line_ends::kept));
  if (d.file != path) return;
  const auto lines = 1 + std::count(yaml.begin(), yaml.end(), '\n');
  HOLDS(d.line >= 0 && d.line <= lines);
  if (d.line == 0) return;
  HOLDS(d.column >= 1);
  HOLDS(static_cast<std::size_t>(d.column) <= d.source_from + d.source.size() + 1);
}

/// Removes the comments that say from which template keys came: what is shown refers to no template for them.
std::string without_origins(std::string text) {
  for (std::size_t at = 0; (at = text.find("  # with keys of ", at)) != std::string::npos;)
    text.erase(at, text.find('\n', at) - at);
  return text;
}

/// Checks that a configuration, as it is shown, can be loaded and is shown in the same way again.
void check_shown(const std::string& shown) {
  const memory_file file(shown);
  const auto again = config::show_settings(file.path());
  const bool has_secrets = shown.find("***") != std::string::npos;
  HOLDS(again.yaml || has_secrets);
  if (again.yaml) HOLDS(without_origins(*again.yaml) == without_origins(shown));
}

}  // namespace

void run_configuration(std::string_view yaml) {
  if (searches_folders(yaml)) return;
  const memory_file file(yaml);
  const auto loaded = config::load_settings(file.path());
  const bool failed = std::any_of(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                                  [](const diagnostic& d) { return d.level == diagnostic::severity::error; });
  HOLDS(loaded.value.has_value() == !failed);
  for (const auto& d : loaded.diagnostics) check_diagnostic(d, yaml, file.path());

  const auto shown = config::show_settings(file.path());
  HOLDS(shown.yaml.has_value() == !failed);
  HOLDS(shown.diagnostics.size() == loaded.diagnostics.size());
  if (failed) return;
  HOLDS(!validate_json(loaded.value->shown.text(), 1000));
  HOLDS(is_utf8(*shown.yaml));
  check_shown(*shown.yaml);
}

}  // namespace mqcoap::fuzz
