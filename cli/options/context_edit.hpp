#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

// Changes of cli.yaml's text that leave everything else in it as it is, comments included.
namespace mqcoap::cli {

/// Key and value of one line of a context.
using context_lines = std::vector<std::pair<std::string, std::string>>;

/// The text with another `default:`; without one for an empty name.
std::string with_preferred(const std::string& text, const std::string& name);

/// The text with one more context behind the others.
/// @return nothing if `contexts:` is not written in block style, a line for each key
std::optional<std::string> with_context(const std::string& text, const std::string& name,
                                        const context_lines& lines);

/// The text without a context, and without a `default:` that names it.
/// @return nothing if it does not stand on lines of its own
std::optional<std::string> without_context(const std::string& text, const std::string& name);

}  // namespace mqcoap::cli
