#pragma once

#include <mqcoap/json/json_members.hpp>
#include <string_view>
#include <vector>

// Views of parts of validated JSON text.
namespace mqcoap::cli {

struct json_member {
  std::string_view key;  ///< with its quotes
  std::string_view value;
};

/// Returns the members of an object in their order.
inline std::vector<json_member> members_of(std::string_view object) {
  std::vector<json_member> all;
  for (json_members m(object); m.next();) all.push_back({m.key(), m.value()});
  return all;
}

/// Returns the items of a list.
inline std::vector<std::string_view> items_of(std::string_view list) {
  std::vector<std::string_view> all;
  constexpr std::string_view between = " \t\r\n,";
  for (std::size_t at = list.find_first_not_of(between, 1); list[at] != ']';
       at = list.find_first_not_of(between, at)) {
    all.push_back(first_json_value(list.substr(at)));
    at += all.back().size();
  }
  return all;
}

/// Returns the value of a member, or an empty view if there is none. The name must not need escapes.
inline std::string_view member_of(std::string_view object, std::string_view name) {
  for (json_members m(object); m.next();)
    if (m.key().substr(1, m.key().size() - 2) == name) return m.value();
  return {};
}

}  // namespace mqcoap::cli
