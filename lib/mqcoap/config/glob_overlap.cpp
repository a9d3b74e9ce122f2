#include <mqcoap/config/glob_overlap.hpp>

#include <vector>

namespace mqcoap::config {
namespace {

/// Returns true if the parts before the first wildcard differ, as in most patterns: there may be
/// thousands to compare.
bool differ_at_once(std::string_view a, std::string_view b) {
  const std::string_view wild = "*?";
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (wild.find(a[i]) != std::string_view::npos || wild.find(b[i]) != std::string_view::npos) return false;
    if (a[i] != b[i]) return true;
  }
  return false;
}

}  // namespace

bool globs_overlap(std::string_view a, std::string_view b) {
  if (differ_at_once(a, b)) return false;
  // overlap[i][j]: the remainders of `a` from i and of `b` from j match a common text
  std::vector<std::vector<char>> overlap(a.size() + 1, std::vector<char>(b.size() + 1, 0));
  for (std::size_t i = a.size() + 1; i-- > 0;) {
    for (std::size_t j = b.size() + 1; j-- > 0;) {
      const bool a_ended = i == a.size(), b_ended = j == b.size();
      bool found = a_ended && b_ended;
      if (!a_ended && a[i] == '*') found = overlap[i + 1][j] || (!b_ended && overlap[i][j + 1]);
      if (!found && !b_ended && b[j] == '*') found = overlap[i][j + 1] || (!a_ended && overlap[i + 1][j]);
      if (!found && !a_ended && !b_ended && (a[i] == b[j] || a[i] == '?' || b[j] == '?') && a[i] != '*' &&
          b[j] != '*')
        found = overlap[i + 1][j + 1];
      overlap[i][j] = found;
    }
  }
  return overlap[0][0] != 0;
}

}  // namespace mqcoap::config
