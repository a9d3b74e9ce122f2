#include <mqcoap/settings/node.hpp>

#include <algorithm>
#include <mqcoap/base/utf8.hpp>
#include <mqcoap/settings/scalar.hpp>

namespace mqcoap {
namespace {

/// Quotes a key that could be mistaken for several keys, or for none.
std::string path_step(const std::string& key) {
  return key.empty() || key.find_first_of(". []:") != std::string::npos ? '"' + key + '"' : key;
}

const node* child(const node& n, const std::string& step) {
  if (n.is_map()) return n.find(step);
  if (!n.is_list() || step.empty() || step.size() > 9 ||
      step.find_first_not_of("0123456789") != std::string::npos)
    return nullptr;
  const auto index = static_cast<std::size_t>(std::stoul(step));
  return index < n.items.size() ? n.items[index] : nullptr;
}

}  // namespace

const node* node::find(std::string_view name) const noexcept {
  const auto found = std::find_if(items.begin(), items.end(), [name](const node* value) {
    return value->key != nullptr && value->key->text == name;
  });
  return found == items.end() ? nullptr : *found;
}

std::string key_path(const node& n) {
  if (n.parent == nullptr) return {};
  std::string path = key_path(*n.parent);
  if (n.is_key) return path;
  if (n.key == nullptr) return path + '[' + std::to_string(n.index) + ']';
  if (!path.empty()) path += '.';
  return path + (n.key->hidden ? "***" : path_step(n.key->text));
}

std::string place_text(const node& n, const node& seen_from) {
  const auto number = std::to_string(n.line);
  return n.file == seen_from.file ? "line " + number : n.file->path() + ':' + number;
}

std::string describe(const node& n) {
  constexpr std::size_t shown = 60;
  if (n.hidden && (n.is_scalar() || n.is_null())) return "a text that is not shown here";
  switch (n.what) {
    case node::kind::null: return n.text.empty() ? "nothing" : n.text;
    case node::kind::list: return n.items.empty() ? "an empty list" : "a list";
    case node::kind::map: return "a map";
    case node::kind::scalar: break;
  }
  switch (classify(n)) {
    case scalar_kind::integer:
    case scalar_kind::floating: return "the number " + n.text;
    case scalar_kind::boolean: return n.text;
    default: return '\'' + std::string(cut_utf8(n.text, shown)) + (n.text.size() > shown ? "...'" : "'");
  }
}

const node& follow_pointer(const node& from, std::string_view pointer) {
  const node* at = &from;
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    std::string step(pointer.substr(0, pointer.find('/')));
    pointer.remove_prefix(step.size());
    for (std::size_t i = step.find('~'); i != std::string::npos && i + 1 < step.size();
         i = step.find('~', i + 1))
      step.replace(i, 2, step[i + 1] == '1' ? "/" : "~");
    const node* next = child(*at, step);
    if (next == nullptr) break;
    at = next;
  }
  return *at;
}

}  // namespace mqcoap
