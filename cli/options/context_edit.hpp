#pragma once

#include <optional>
#include <string>
#include <vector>

// Edits of the text of cli.yaml that preserve everything else in it, including comments. They know the usual
// ways to write YAML, not all: the caller has to check the text before it is written.
namespace mqcoap::cli {

/// A key of a context and its value.
struct context_line {
  std::string key;
  std::string value;
  bool is_text = true;  ///< false: a number or a boolean, which is not quoted
};
using context_lines = std::vector<context_line>;

/// Returns the text with its `default:` replaced, or removed if the name is empty. A new `default:` is put
/// before everything else, but behind a byte order mark and a line `---`.
std::string with_preferred(const std::string& text, const std::string& name);

/// Returns the text with another context appended.
/// @return nothing if `contexts:` is not written in block style, with one line for each key
std::optional<std::string> with_context(const std::string& text, const std::string& name,
                                        const context_lines& lines);

/// Returns the text without a context, and without a `default:` that names it.
/// @return nothing if the context is not written in block style
std::optional<std::string> without_context(const std::string& text, const std::string& name);

}  // namespace mqcoap::cli
