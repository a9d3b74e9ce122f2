#include <mqcoap/gateway/route_table.hpp>

#include <algorithm>
#include <mqcoap/base/glob.hpp>

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

/// A template with its placeholders filled in; `unchanged` where there is no template.
std::string fill_in(const std::string& pattern, std::string_view unchanged, const address& asked) {
  if (pattern.empty()) return std::string(unchanged);
  std::string text;
  for (std::size_t at = 0; at < pattern.size();) {
    const auto rest = std::string_view(pattern).substr(at);
    const auto put = [&](std::string_view placeholder, std::string_view value) {
      if (!rest.starts_with(placeholder)) return false;
      text += value;
      at += placeholder.size();
      return true;
    };
    if (put("{tag}", asked.tag.text()) || put("{subsystem}", asked.subsystem.text()) ||
        put("{path}", asked.path.key()))
      continue;
    text += pattern[at++];
  }
  return text;
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
         b != by_pattern_.end()) {  // both lists ascend: this visits routes in their order
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

result<route_destination> rewrite(const route_target& target, const address& asked, std::size_t path_limit) {
  auto tag = device_tag::parse(fill_in(target.tag, asked.tag.text(), asked));
  auto subsystem = subsystem_name::parse(fill_in(target.subsystem, asked.subsystem.text(), asked));
  auto path = resource_path::parse(fill_in(target.path, asked.path.key(), asked), path_limit);
  if (!tag || !subsystem || !path) return errc::invalid_address;
  return route_destination{
      target.broker, target.ns, {*std::move(tag), *std::move(subsystem), *std::move(path)}};
}

}  // namespace mqcoap
