#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

// Edits of the text of cli.yaml that preserve everything else in it, including comments.
namespace mqcoap::cli {

/// The keys and values of a context, one pair for each line.
using context_lines = std::vector<std::pair<std::string, std::string>>;

/// Returns the text with its `default:` replaced, or removed if the name is empty.
std::string with_preferred(const std::string& text, const std::string& name);

/// Returns the text with another context appended.
/// @return nothing if `contexts:` is not written in block style, with one line for each key
std::optional<std::string> with_context(const std::string& text, const std::string& name,
                                        const context_lines& lines);

/// Returns the text without a context, and without a `default:` that names it.
/// @return nothing if the context is not written in block style
std::optional<std::string> without_context(const std::string& text, const std::string& name);

}  // namespace mqcoap::cli
