#pragma once

#include <mqcoap/settings/value_type.hpp>
#include <string>
#include <string_view>

namespace mqcoap::config {

/// Reads a tag or subsystem, in which `*` stands for any number of characters and `?` for one.
value_type<std::string> name_pattern(const std::string& what);

/// Reads a path, in which `*` stands for one segment and a final `**` for all further segments.
value_type<std::string> path_pattern();

/// Reads a tag or subsystem, in which `{tag}` and `{subsystem}` stand for those of the request.
value_type<std::string> name_template(const std::string& what);

/// Reads a path, in which `{tag}`, `{subsystem}` and `{path}` stand for those of the request.
value_type<std::string> path_template();

/// Returns the text with each `{name}` replaced by the result of the function.
template <class Value>
std::string fill_template(std::string_view text, Value value_of) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    out += value_of(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close == std::string_view::npos ? text.size() : close + 1);
  }
  return out;
}

}  // namespace mqcoap::config
