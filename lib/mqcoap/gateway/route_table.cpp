#include <mqcoap/gateway/route_table.hpp>

#include <algorithm>
#include <mqcoap/base/glob.hpp>
#include <type_traits>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::size_t most_single_subscriptions = 1000;

bool any_matches(const std::vector<std::string>& globs, std::string_view text) noexcept {
  return std::any_of(globs.begin(), globs.end(), [text](const auto& glob) { return glob_match(glob, text); });
}

bool has_glob(const std::vector<std::string>& tags) noexcept {
  return std::any_of(tags.begin(), tags.end(), [](const auto& tag) { return is_glob(tag); });
}

bool takes(const route_options& route, const address& to, method verb) noexcept {
  return route.match.methods.contains(verb) && any_matches(route.match.tags, to.tag.text()) &&
         any_matches(route.match.subsystems, to.subsystem.text()) &&
         path_matches(route.match.path, to.path.key());
}

/// Replaces the placeholders of a template.
std::string fill_in(const std::string& pattern, const address& requested) {
  std::string text;
  for (std::size_t at = 0; at < pattern.size();) {
    const auto rest = std::string_view(pattern).substr(at);
    const auto put = [&](std::string_view placeholder, std::string_view value) {
      if (!rest.starts_with(placeholder)) return false;
      text += value;
      at += placeholder.size();
      return true;
    };
    if (put("{tag}", requested.tag.text()) || put("{subsystem}", requested.subsystem.text()) ||
        put("{path}", requested.path.key()))
      continue;
    text += pattern[at++];
  }
  return text;
}

/// Returns the value of `{path}` in a text that may have been created from a template; several occurrences
/// must have the same value. Empty if the text does not match.
std::string_view take_out(std::string pattern, std::string_view made, const address& requested) {
  constexpr std::string_view placeholder = "{path}";
  if (pattern.empty()) return made;
  if (pattern.front() == '/') pattern.erase(0, 1);
  const auto begin = pattern.find(placeholder);
  if (begin == std::string::npos) return {};
  auto rest = pattern;
  std::size_t times = 0;
  for (auto at = begin; at != std::string::npos; at = rest.find(placeholder, at), ++times)
    rest.erase(at, placeholder.size());
  const auto fixed = fill_in(rest, requested).size();
  if (made.size() < fixed || (made.size() - fixed) % times != 0) return {};
  const auto before = std::min(fill_in(pattern.substr(0, begin), requested).size(), made.size());
  return made.substr(before, (made.size() - fixed) / times);
}

}  // namespace

bool path_matches(std::string_view pattern, std::string_view path) noexcept {
  for (;;) {
    const auto slash_in_pattern = pattern.find('/');
    const auto slash_in_path = path.find('/');
    if (pattern == "**") return !path.empty();
    if (!glob_match(pattern.substr(0, slash_in_pattern), path.substr(0, slash_in_path))) return false;
    const bool pattern_ends = slash_in_pattern == std::string_view::npos;
    const bool path_ends = slash_in_path == std::string_view::npos;
    if (pattern_ends || path_ends) return pattern_ends && path_ends;
    pattern.remove_prefix(slash_in_pattern + 1);
    path.remove_prefix(slash_in_path + 1);
  }
}

route_table::route_table(std::vector<route_options> routes) : routes_(std::move(routes)) {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const auto& tags = routes_[i].match.tags;
    if (has_glob(tags)) {
      by_pattern_.push_back(i);
      continue;
    }
    for (const auto& tag : tags) {
      auto& list = by_tag_[tag];
      if (list.empty() || list.back() != i) list.push_back(i);
    }
  }
}

const route_options* route_table::find(const address& to, method verb, bool serving_only) const noexcept {
  static const index_list none;
  const auto with_tag = by_tag_.find(to.tag.text());
  const auto& exact = with_tag == by_tag_.end() ? none : with_tag->second;
  auto a = exact.begin();
  auto b = by_pattern_.begin();
  while (a != exact.end() ||
         b != by_pattern_.end()) {  // both lists ascend, so this visits the routes in order
    const bool first = b == by_pattern_.end() || (a != exact.end() && *a < *b);
    const auto& route = routes_[first ? *a++ : *b++];
    if ((route.serve || !serving_only) && takes(route, to, verb)) return &route;
  }
  return nullptr;
}

bool route_table::serves(std::string_view tag) const noexcept {
  const auto is_serving = [this, tag](std::size_t i) {
    return routes_[i].serve && any_matches(routes_[i].match.tags, tag);
  };
  const auto with_tag = by_tag_.find(tag);
  return (with_tag != by_tag_.end() &&
          std::any_of(with_tag->second.begin(), with_tag->second.end(), is_serving)) ||
         std::any_of(by_pattern_.begin(), by_pattern_.end(), is_serving);
}

std::optional<std::vector<std::string>> route_table::served_tags() const {
  std::vector<std::string> tags;
  for (const auto& route : routes_) {
    if (!route.serve) continue;
    if (has_glob(route.match.tags)) return std::nullopt;
    tags.insert(tags.end(), route.match.tags.begin(), route.match.tags.end());
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  if (tags.size() > most_single_subscriptions) return std::nullopt;
  return tags;
}

bool route_table::has(std::string_view name) const noexcept {
  return std::any_of(routes_.begin(), routes_.end(), [name](const auto& r) { return r.name == name; });
}

result<route_destination> rewrite(const route_target& target, const address& requested,
                                  std::size_t path_limit) {
  auto to = requested;
  const auto put = [&](auto& part, const std::string& pattern, auto... limit) {
    if (pattern.empty()) return true;
    auto made = std::remove_reference_t<decltype(part)>::parse(fill_in(pattern, requested), limit...);
    if (!made) return false;
    part = *std::move(made);
    return true;
  };
  if (!put(to.tag, target.tag) || !put(to.subsystem, target.subsystem) ||
      !put(to.path, target.path, path_limit))
    return errc::invalid_address;
  if (target.path.empty() && to.path.text().front() == '/')
    to.path = *resource_path::parse(requested.path.key(), requested.path.text().size());
  return route_destination{target.broker, target.ns, std::move(to)};
}

bool rewrites(const route_target& target) noexcept {
  return !target.tag.empty() || !target.subsystem.empty() || !target.path.empty();
}

std::optional<std::string> rewrite_back(const route_options& route, const address& requested,
                                        std::string_view device_path, std::size_t path_limit) {
  if (!rewrites(route.to)) return std::string(device_path);
  auto from = resource_path::parse(take_out(route.to.path, device_path, requested), path_limit);
  if (!from || !path_matches(route.match.path, from->key())) return std::nullopt;
  // Checks the result by applying the template to it.
  const auto here = rewrite(route.to, requested, path_limit);
  const auto there = rewrite(route.to, {requested.tag, requested.subsystem, *from}, path_limit);
  const bool leads_there = here && there && there->to.tag == here->to.tag &&
                           there->to.subsystem == here->to.subsystem && there->to.path.key() == device_path;
  return leads_there ? std::optional<std::string>(from->key()) : std::nullopt;
}

}  // namespace mqcoap
