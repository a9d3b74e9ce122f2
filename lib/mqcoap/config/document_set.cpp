#include <mqcoap/config/document_set.hpp>

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mqcoap/base/glob.hpp>
#include <mqcoap/config/yaml_reader.hpp>
#include <mqcoap/settings/scalar.hpp>
#include <optional>
#include <system_error>

namespace mqcoap::config {
namespace {

/// Returns true for a section to which included files add entries.
bool is_extended(std::string_view name) {
  constexpr std::string_view sections[] = {"brokers", "templates", "devices", "proxy"};
  return std::find(std::begin(sections), std::end(sections), name) != std::end(sections);
}

/// Returns the files of a pattern, sorted by name; nothing if a folder cannot be read. A missing folder is
/// empty.
std::optional<std::vector<std::string>> expand(const std::string& pattern) {
  const auto stops = [](const char*, int error) { return error == ENOENT || error == ENOTDIR ? 0 : 1; };
  std::vector<std::string> paths;
  glob_t found{};
  const int failed = ::glob(pattern.c_str(), 0, stops, &found);
  if (failed == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  if (failed != 0 && failed != GLOB_NOMATCH) return std::nullopt;
  return paths;
}

/// Returns why the files of a folder cannot be listed; empty if they can, or if its name is itself a pattern.
std::string why_not_listed(const std::filesystem::path& folder) {
  std::error_code ec;
  const std::filesystem::directory_iterator list(folder, ec);
  if (!ec || ec == std::errc::no_such_file_or_directory) return {};
  return folder.string() + ": " + ec.message();
}

}  // namespace

document_set::document_set(const std::string& path, report& faults)
    : faults_(faults), folder_(std::filesystem::path(path).parent_path().string()) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) main_ = {found.st_dev, found.st_ino};
  const node* main = read(path, when_empty::is_fault);
  if (main == nullptr) return;
  node& merged = arena_.emplace_back(*main);
  root_ = &merged;
  if (!main->is_map()) return;
  for (auto& value : merged.items)  // nodes that are extended are copied; places and paths are kept
    if (is_extended(value->key->text) && value->is_map()) value = &arena_.emplace_back(*value);
  if (const node* patterns = main->find("include")) include(*patterns);
}

std::vector<std::string> document_set::files() const {
  std::vector<std::string> paths;
  for (const auto& file : files_) paths.push_back(file->path());
  return paths;
}

const node* document_set::read(const std::string& path, when_empty empty) {
  std::string why;
  auto bytes = read_regular_file(path, source_file::largest, why);
  files_.push_back(std::make_unique<source_file>(path, bytes ? std::move(bytes->bytes) : std::string(),
                                                 bytes ? bytes->mode : 0u));
  auto& file = *files_.back();
  if (!bytes) {
    faults_.error(file, 0, 0, 1, "cannot be read: " + why);
    return nullptr;
  }
  // Anyone who can write to this file controls the gateway, including where it sends its passwords.
  if (file.everybody_can_write())
    faults_.error(file, 0, 0, 1, "everybody may write to this file (mode " + octal(file.permissions()) + ')',
                  "chmod o-w " + path);
  return read_yaml(file, arena_, faults_, empty);
}

void document_set::include(const node& patterns) {
  const auto all = patterns.is_list() ? patterns.items : std::vector<const node*>{&patterns};
  for (const node* pattern : all) {
    if (!pattern->is_scalar() || classify(*pattern) != scalar_kind::string || pattern->text.empty())
      continue;  // the field table reports it
    const std::string path = (std::filesystem::path(folder_) / pattern->text).string();
    if (!is_glob(pattern->text) && pattern->text.find('[') == std::string::npos) {
      include_file(path, *pattern);
      continue;
    }
    const auto found = expand(path);
    if (!found) {
      const auto why = why_not_listed(std::filesystem::path(path).parent_path());
      faults_.error(*pattern, "a folder cannot be read" + (why.empty() ? "" : ": " + why));
      continue;
    }
    if (found->empty())
      faults_.warning(*pattern, "no file matches " + path, "a file with comments only is enough");
    for (const auto& each : *found) include_file(each, *pattern);
  }
}

void document_set::include_file(const std::string& path, const node& pattern) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    const std::error_code why(errno, std::system_category());
    const bool is_missing = why == std::errc::no_such_file_or_directory || why == std::errc::not_a_directory;
    faults_.error(pattern,
                  is_missing ? "there is no file " + path : path + " cannot be read: " + why.message());
    return;
  }
  if (!S_ISREG(found.st_mode)) {
    faults_.error(pattern, path + (S_ISDIR(found.st_mode) ? " is a directory" : " is not a regular file"));
    return;
  }
  const file_identity identity{found.st_dev, found.st_ino};
  if (identity == main_) {
    faults_.error(pattern, "this includes the file itself");
    return;
  }
  if (!included_.insert(identity).second) return;  // two patterns may match the same file
  const node* added = read(path, when_empty::is_nothing);
  if (added == nullptr) return;
  if (added->is_map())
    merge(*added);
  else
    faults_.error(*added, "expected a map with the keys of a configuration, found " + describe(*added));
}

void document_set::merge(const node& added) {
  for (const node* value : added.items) {
    const auto& name = value->key->text;
    if (name == "include") {
      faults_.error(*value->key, "an included file cannot include others",
                    "name the file in " + files_.front()->path());
    } else if (name == "version" && root_->find(name) != nullptr) {
      if (to_int64(*value) != 1) faults_.error(*value, "expected 1, found " + describe(*value), "version: 1");
    } else {
      merge_section(*value);
    }
  }
}

const node** document_set::find_slot(node& map, std::string_view name) {
  auto& known = keys_[&map];
  // The first of two equal keys counts: the table of the map's fields reports the second one.
  for (auto i = known.read; i < map.items.size(); ++i) known.places.try_emplace(map.items[i]->key->text, i);
  known.read = map.items.size();
  const auto found = known.places.find(name);
  return found == known.places.end() ? nullptr : &map.items[found->second];
}

void document_set::merge_section(const node& added) {
  const auto& name = added.key->text;
  const node** present = find_slot(*root_, name);
  if (present == nullptr) {
    root_->items.push_back(added.is_map() ? &arena_.emplace_back(added) : &added);
    return;
  }
  const bool adds = is_extended(name);
  if (adds && added.is_null()) return;
  if (adds && (*present)->is_null()) {
    *present = &arena_.emplace_back(added);
    return;
  }
  if (!adds || !added.is_map() || !(*present)->is_map()) {
    faults_.error(*added.key,
                  adds ? "expected a map, found " + describe(added) : "'" + name + "' is defined twice",
                  "first: " + place_text(*(*present)->key, *added.key));
    return;
  }
  auto& into = const_cast<node&>(**present);  // one of the copies that may be extended
  for (const node* value : added.items) {
    const node** first = find_slot(into, value->key->text);
    const bool are_routes = name == "proxy" && value->key->text == "routes";
    if (first == nullptr) {
      into.items.push_back(value);
    } else if (are_routes && value->is_null()) {
      continue;  // an empty list
    } else if (are_routes && (*first)->is_null()) {
      *first = value;
    } else if (are_routes && (*first)->is_list() && value->is_list()) {
      node& routes = arena_.emplace_back(**first);
      routes.items.insert(routes.items.end(), value->items.begin(), value->items.end());
      *first = &routes;
    } else {
      faults_.error(*value->key, "'" + value->key->text + "' is defined twice",
                    "first: " + place_text(*(*first)->key, *value->key));
    }
  }
}

}  // namespace mqcoap::config
