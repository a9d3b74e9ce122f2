#include "words/address_pattern.hpp"

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/glob.hpp>
#include <mqcoap/gateway/route_table.hpp>

#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

constexpr char example[] = "'GW_*', 'GW_*/axuv' or 'GW_*/axuv/supply/*'";

bool is_name_pattern(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_name_char(c) || c == '*' || c == '?';
  });
}

/// Removes the part before the next slash together with the slash, and returns the part.
std::string_view take_level(std::string_view& rest) {
  const auto level = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), level.size() + 1));
  return level;
}

}  // namespace

address_pattern address_pattern::parse(std::string_view text) {
  const std::string message = "'" + std::string(text) + "' is not a pattern of addresses: ";
  address_pattern out;
  std::string_view rest = text;
  for (auto* level : {&out.tag, &out.subsystem}) {
    if (rest.empty() && level != &out.tag) return out;
    *level = take_level(rest);
    if (!is_name_pattern(*level))
      throw usage_failure(
          message + "'" + *level + "' is not a tag or subsystem (letters, digits, _ . - and * or ?)",
          example);
  }
  if (!rest.empty()) out.path = rest;
  if (out.path.starts_with('/') || out.path.ends_with('/') || out.path.find("//") != std::string::npos)
    throw usage_failure(message + "the path '" + out.path + "' has an empty segment", example);
  return out;
}

bool address_pattern::matches(std::string_view tag_name, std::string_view subsystem_name,
                              std::string_view path_key) const {
  return glob_match(tag, tag_name) && glob_match(subsystem, subsystem_name) &&
         (path == "**" || path_matches(path, path_key));
}

std::string address_pattern::filter(const namespace_name& ns, std::string_view kind) const {
  const auto level = [](const std::string& name) { return is_glob(name) ? std::string("+") : name; };
  return ns.text() + '/' + level(subsystem) + '/' + std::string(kind) + '/' + level(tag) + "/+";
}

}  // namespace mqcoap::cli
