#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqcoap {

/// Returns the number of insertions, deletions, replacements and swaps of neighbours that turn one text into
/// the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// Returns the largest distance between a word and a known one that counts as a typing error.
constexpr std::size_t slip_limit(std::string_view word) noexcept { return word.size() < 4 ? 1 : 2; }

/// Returns the known word that was probably meant, for "did you mean"; empty if none is close. If several are
/// equally close, returns the first.
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
