#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqcoap {

/// Insertions, deletions, replacements and swaps of neighbours that make one text of the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// How far a word may be from a known one to be taken for a slip of the pen.
constexpr std::size_t slip_limit(std::string_view word) noexcept { return word.size() < 4 ? 1 : 2; }

/// The known word that was probably meant, for "did you mean"; empty if none is near. Of several equally
/// near, the first.
template <class Words>
std::string_view closest(std::string_view word, const Words& known) {
  std::string_view best;
  std::size_t best_distance = slip_limit(word) + 1;
  for (const auto& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace mqcoap
