#include <mqcoap/resource/path_router.hpp>

#include <algorithm>

namespace mqcoap {
namespace {

/// Compares a path with a pattern segment by segment. Returns false if the path does not match.
/// @param take  called with the segment that each `*` stands for
template <class Take>
bool walk_segments(std::string_view pattern, std::string_view path, Take&& take) {
  for (;;) {
    const auto wanted = pattern.substr(0, pattern.find('/'));
    const auto found = path.substr(0, path.find('/'));
    if (wanted == "*")
      take(found);
    else if (wanted != found)
      return false;
    const bool is_last = wanted.size() == pattern.size();
    if (is_last || found.size() == path.size()) return is_last && found.size() == path.size();
    pattern.remove_prefix(wanted.size() + 1);
    path.remove_prefix(found.size() + 1);
  }
}

bool matches(std::string_view pattern, std::string_view path) noexcept {
  return walk_segments(pattern, path, [](std::string_view) {});
}

/// Orders patterns by the place of their first `*`, and then by their spelling.
bool goes_before(std::string_view a, std::string_view b) noexcept {
  const auto segments_before = [](std::string_view pattern) {
    return std::count(pattern.begin(), pattern.begin() + static_cast<std::ptrdiff_t>(pattern.find('*')), '/');
  };
  return std::pair(-segments_before(a), a) < std::pair(-segments_before(b), b);
}

}  // namespace

bool has_single_wildcard(std::string_view path) noexcept {
  return path == "*" || path.starts_with("*/") || path.ends_with("/*") ||
         path.find("/*/") != std::string_view::npos;
}

std::optional<std::vector<std::string_view>> match_segments(std::string_view pattern, std::string_view path) {
  std::vector<std::string_view> found;
  if (!walk_segments(pattern, path, [&found](std::string_view segment) { found.push_back(segment); }))
    return std::nullopt;
  return found;
}

bool path_router::add(const std::string& path, std::shared_ptr<handler> target) {
  if (path == "**") return add_subtree("", std::move(target));
  if (path.ends_with("/**")) return add_subtree(path.substr(0, path.size() - 3), std::move(target));
  if (has_single_wildcard(path)) return add_pattern(path, std::move(target));
  return add_exact(path, std::move(target));
}

bool path_router::add_exact(std::string path, std::shared_ptr<handler> target) {
  return exact_.try_emplace(std::move(path), std::move(target)).second;
}

bool path_router::add_pattern(std::string pattern, std::shared_ptr<handler> target) {
  const auto at = std::lower_bound(
      patterns_.begin(), patterns_.end(), pattern,
      [](const auto& each, const std::string& added) { return goes_before(each.first, added); });
  if (at != patterns_.end() && at->first == pattern) return false;
  patterns_.insert(at, {std::move(pattern), std::move(target)});
  return true;
}

bool path_router::add_subtree(std::string prefix, std::shared_ptr<handler> target) {
  return subtrees_.try_emplace(std::move(prefix), std::move(target)).second;
}

path_router::found path_router::find(std::string_view path) const noexcept {
  if (const auto at = exact_.find(path); at != exact_.end()) return {at->second.get(), path.size()};
  for (const auto& [pattern, target] : patterns_)
    if (matches(pattern, path)) return {target.get(), path.size()};
  if (subtrees_.empty()) return {};
  for (auto slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1))
    if (const auto at = subtrees_.find(path.substr(0, slash)); at != subtrees_.end())
      return {at->second.get(), slash + 1};
  if (const auto all = subtrees_.find(std::string_view()); all != subtrees_.end())
    return {all->second.get(), 0};
  return {};
}

}  // namespace mqcoap
