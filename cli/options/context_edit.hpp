#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

// Edits of cli.yaml's text that keep everything else in it, including comments.
namespace mqcoap::cli {

/// Key and value of one line of a context.
using context_lines = std::vector<std::pair<std::string, std::string>>;

/// Returns the text with another `default:`; without one for an empty name.
std::string with_preferred(const std::string& text, const std::string& name);

/// Returns the text with one more context at the end.
/// @return nothing if `contexts:` is not written in block style, a line for each key
std::optional<std::string> with_context(const std::string& text, const std::string& name,
                                        const context_lines& lines);

/// Returns the text without a context, and without a `default:` that names it.
/// @return nothing if the context is not written on lines of its own
std::optional<std::string> without_context(const std::string& text, const std::string& name);

}  // namespace mqcoap::cli
