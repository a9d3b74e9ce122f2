#include <mqcoap/settings/suggest.hpp>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/closest.hpp>

namespace mqcoap {
namespace {

/// Returns the text in lower case, for comparisons that ignore case.
std::string lower(std::string_view text) {
  std::string low(text);
  std::transform(low.begin(), low.end(), low.begin(), to_lower);
  return low;
}

}  // namespace

std::string suggest(std::string_view written, const std::vector<std::string>& known) {
  constexpr std::size_t most_listed = 64;
  // A long file may have thousands of misspelled keys, each of which is compared with all known words.
  constexpr std::size_t most_compared = 1000;
  if (known.size() > most_compared) return {};
  // A longer word is hardly a typing error, and takes long to compare.
  constexpr std::size_t longest = 64;
  const std::string low = lower(written);
  const std::string* nearest = nullptr;
  std::size_t best = written.size() < 3 ? 1 : std::max<std::size_t>(2, (written.size() + 2) / 3);
  for (const auto& word : known) {
    if (written.size() > longest || word.size() > longest) continue;
    if (written.size() >= 3 && word.starts_with(written)) return "did you mean '" + word + "'?";
    const std::size_t changes = edit_distance(low, lower(word));
    if (changes >= best) continue;
    best = changes;
    nearest = &word;
  }
  if (nearest != nullptr) return "did you mean '" + *nearest + "'?";
  if (known.empty() || known.size() > most_listed) return {};
  std::string list = known.size() == 1 ? "only " : "one of ";
  for (const auto& word : known) list.append(&word == &known.front() ? "" : ", ").append(word);
  return list;
}

}  // namespace mqcoap
