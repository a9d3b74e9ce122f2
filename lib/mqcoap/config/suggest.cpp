#include <algorithm>
#include <mqcoap/config/suggest.hpp>
#include <mqcoap/protocol/ascii.hpp>

namespace mqcoap {
namespace {

/// Characters to add, drop, change or swap with their neighbour to get from one word to the other
/// (optimal string alignment); upper and lower case count as one.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool equal = to_lower(a[i - 1]) == to_lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (equal ? 0 : 1)});
      if (i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
          to_lower(a[i - 2]) == to_lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string suggest(std::string_view written, const std::vector<std::string>& known) {
  constexpr std::size_t most_listed = 12;
  constexpr std::size_t most_compared =
      1000;  // a long file may have thousands of slips, each compared with all
  if (known.size() > most_compared) return {};
  constexpr std::size_t longest = 64;  // a longer word is no slip of the finger, and costs time to compare
  const std::string* nearest = nullptr;
  std::size_t best = written.size() < 3 ? 1 : std::max<std::size_t>(2, (written.size() + 2) / 3);
  for (const auto& word : known) {
    if (written.size() > longest || word.size() > longest) continue;
    if (written.size() >= 3 && word.starts_with(written)) return "did you mean '" + word + "'?";
    const std::size_t changes = distance(written, word);
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
