#include <mqcoap/config/kind_text.hpp>

#include <mqcoap/resource/kinds.hpp>

namespace mqcoap::config {
namespace {

template <class Wanted>
void append_names(std::vector<std::string>& names, Wanted is_wanted) {
  for (const auto* kind : resource_kinds())
    if (is_wanted(*kind)) names.push_back(kind->name());
}

}  // namespace

std::string enumerated(const std::vector<std::string>& words, std::string_view mark) {
  std::string all;
  for (const auto& word : words) {
    if (&word != &words.front()) all += &word == &words.back() ? " and " : ", ";
    all.append(mark).append(word).append(mark);
  }
  return all;
}

std::vector<std::string> names_of(const std::vector<const kind_module*>& kinds) {
  std::vector<std::string> names;
  for (const auto* kind : kinds) names.push_back(kind->name());
  return names;
}

std::vector<std::string> names_of_subtree_kinds() {
  std::vector<std::string> names;
  for (const auto paths : {subtree_paths::required, subtree_paths::allowed})
    append_names(names, [paths](const kind_module& kind) { return kind.traits().paths == paths; });
  return names;
}

std::vector<std::string> names_of_pattern_kinds() {
  std::vector<std::string> names;
  append_names(names, [](const kind_module& kind) { return kind.traits().takes_patterns; });
  return names;
}

std::vector<std::string> names_of_kinds_with_keys() {
  std::vector<std::string> names;
  append_names(names, [](const kind_module& kind) { return kind.key().section != nullptr; });
  return names;
}

}  // namespace mqcoap::config
