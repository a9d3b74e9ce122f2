#include <mqcoap/config/secret_marker.hpp>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/config/hidden_zones.hpp>
#include <mqcoap/config/secret_names.hpp>
#include <set>
#include <utility>

namespace mqcoap::config {
namespace {

/// Returns true for a map with user-defined keys, since a device may be called TOKEN_RING.
bool holds_names(const node& map) {
  constexpr std::string_view sections[] = {"brokers", "templates", "devices", "resources", "contexts"};
  return map.key != nullptr &&
         std::find(std::begin(sections), std::end(sections), map.key->text) != std::end(sections);
}

/// Returns true for {file: PATH}, {env: NAME} and {credential: NAME}.
bool is_reference(const node& n) {
  constexpr std::string_view sources[] = {"file", "env", "credential"};
  if (!n.is_map() || n.items.size() != 1) return false;
  const node& value = *n.items.front();
  return std::find(std::begin(sources), std::end(sources), value.key->text) != std::end(sources) &&
         value.is_scalar() && value.text.find('\n') == std::string::npos && !holds_a_secret(value.text);
}

bool is_empty_secret(const node& value) {
  return value.is_null() && value.text.empty() && value.key != nullptr && names_a_secret(value.key->text);
}

/// Returns true after `password:` without a value, which indicates that a text that is not a key is a value
/// in the wrong column.
bool follows_empty_secret(const node& key) {
  const auto& before = key.parent->items;
  if (before.empty()) return false;
  return is_empty_secret(*before.back());
}

/// Returns true after an entry whose last key is `password:` without a value. There, a text that is not a
/// key, or an item that is only a text, is probably the value, indented too little.
bool follows_entry_with_empty_secret(const node& text) {
  const auto& before = text.parent->items;
  if (before.empty()) return false;
  const node* last = before.back();
  while (!last->items.empty()) last = last->items.back();
  return is_empty_secret(*last);
}

/// Returns true for a key that is a name and has a ':' after it.
bool is_proper_key(const source_file& file, const node& key, std::size_t offset) {
  const auto& text = file.text();
  const auto end = text.find_first_not_of(" \t", std::min(offset + key.length, text.size()));
  return is_name(key.text) && end != std::string::npos && text[end] == ':';
}

std::size_t marked_end(const source_file& file, const node& n, std::size_t offset) {
  return std::min(offset + (n.is_scalar() || n.is_null() ? n.length : 0), file.text().size());
}

}  // namespace

bool secret_marker::is_secret(const node& n, const node* key) const {
  if (n.parent != nullptr && n.parent->hidden) return true;
  if (key != nullptr && key->hidden) return true;
  if (key != nullptr && names_a_secret(key->text) && !(n.is_map() && holds_names(*n.parent))) return true;
  if (n.is_key && gaps_.contains(n.parent) && !is_plain_field(n.text)) return true;  // also one like `null`
  if (!n.is_scalar()) return false;
  return holds_a_secret(n.text) || find_secret_value(n.text) != std::string_view::npos;
}

void secret_marker::see(node& n, std::size_t offset, const node* key) {
  const bool is_key_of_map = n.is_key && n.parent != nullptr && n.parent->is_map();
  if (is_key_of_map && !is_plain_field(n.text) && follows_empty_secret(n)) gaps_.insert(n.parent);
  const bool is_text_item = n.is_scalar() && n.parent != nullptr && n.parent->is_list();
  const bool is_stray_key = is_key_of_map && !is_plain_field(n.text) && !is_proper_key(file_, n, offset);
  n.hidden = is_secret(n, key) || ((is_text_item || is_stray_key) && follows_entry_with_empty_secret(n));
  seen_.push_back({&n, std::min(offset, file_.text().size())});
}

void secret_marker::close(node& container) {
  if (!container.hidden || (container.parent != nullptr && container.parent->hidden)) return;
  if (is_reference(container))
    show(container);
  else if (container.is_map() && container.key != nullptr && !container.key->hidden &&
           names_a_map_of_secrets(container.key->text))
    show_names(container);
}

void secret_marker::show(const node& container) {
  for (auto s = seen_.rbegin(); s != seen_.rend(); ++s) {
    s->what->hidden = false;
    if (s->what == &container) return;
  }
}

/// Shows the names, and the values that are references. Anything in the wrong place may be a secret and stays
/// hidden: a name without a value, the name after it, and a name that is not a single word.
void secret_marker::show_names(const node& map) {
  std::set<const node*> shown{&map};
  bool is_behind_gap = false;
  for (const node* value : map.items) {
    const bool is_gap = value->is_null() && value->text.empty();
    const bool is_behind = std::exchange(is_behind_gap, is_gap);
    if (is_gap || is_behind || !is_name(value->key->text)) continue;
    shown.insert(value->key);
    if (!is_reference(*value)) continue;
    shown.insert(value);
    shown.insert(value->items.front()->key);
    shown.insert(value->items.front());
  }
  for (auto s = seen_.rbegin(); s != seen_.rend(); ++s) {
    if (shown.contains(s->what)) s->what->hidden = false;
    if (s->what == &map) return;
  }
}

void secret_marker::finish(bool complete) {
  const auto& text = file_.text();
  std::size_t end_before = 0;  // end of the last visible text
  for (auto s = seen_.begin(); s != seen_.end();) {
    if (!s->what->hidden) {
      // A missing value is marked somewhere after its key.
      if (!s->what->is_null() || !s->what->text.empty())
        end_before = std::max(end_before, marked_end(file_, *s->what, s->offset));
      ++s;
      continue;
    }
    const auto next = std::find_if(s, seen_.end(), [](const seen& other) {
      return !other.what->hidden && !(other.what->is_null() && other.what->text.empty());
    });
    const auto begin = std::min(text.find_first_not_of(" \t\r\n:,{[?", end_before), text.size());
    const auto end = next == seen_.end() ? text.size() : next->offset;
    // Without a next node, a file that was not parsed to its end is hidden by its appearance.
    if (next != seen_.end() || complete) file_.hide({begin, std::max(begin, end)});
    s = std::find_if(s, seen_.end(), [](const seen& other) { return !other.what->hidden; });
  }
  if (complete) return;
  for (const auto& zone : zones_by_looks(text)) file_.hide(zone);
}

}  // namespace mqcoap::config
