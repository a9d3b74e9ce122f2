#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "options/completion.hpp"

// Parts shared by the scripts for all shells.
namespace mqcoap::cli {

inline void append_word(std::string& to, std::string_view word) {
  to.append(to.empty() ? "" : " ").append(word);
}

inline std::string joined(const std::vector<std::string>& words, char between = ' ') {
  std::string all;
  for (const auto& word : words) {
    if (!all.empty()) all += between;
    all += word;
  }
  return all;
}

/// Quotes text for a shell, with single quotes.
inline std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + '\'';
}

/// Returns the kind of an argument in the form that the scripts use: `file`, `words:bash,zsh,fish`.
std::string token_of(const argument_words& argument);

std::string fish_script(const std::vector<verb_words>& verbs);

}  // namespace mqcoap::cli
