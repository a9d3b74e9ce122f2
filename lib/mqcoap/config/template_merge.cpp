#include <mqcoap/config/template_merge.hpp>

#include <algorithm>
#include <mqcoap/resource/kinds.hpp>
#include <string_view>

namespace mqcoap::config {
namespace {

/// Returns the key of a path with or without a leading slash.
std::string_view path_key(const node& key) {
  std::string_view path = key.text;
  if (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

/// Returns the value of the single key of a kind in a resource; null if there is none, or more than one.
const node* kind_of(const node& resource) {
  const node* found = nullptr;
  for (const node* value : resource.items) {
    if (find_kind(value->key->text) == nullptr) continue;
    if (found != nullptr) return nullptr;
    found = value;
  }
  return found;
}

const node* map_at(const node& n, std::string_view key) {
  const node* found = n.find(key);
  return found != nullptr && found->is_map() ? found : nullptr;
}

/// Copies the nodes on the path from the root to the changed resources.
class merger {
 public:
  explicit merger(node_arena& arena) : arena_(arena) {}

  const node* root(const node& n) {
    const node* templates = map_at(n, "templates");
    const node* devices = map_at(n, "devices");
    if (templates == nullptr || devices == nullptr) return &n;
    const node* changed = changed_map(*devices, [&](const node& d) { return device(d, *templates); });
    return changed_map(n, [&](const node& value) { return &value == devices ? changed : &value; });
  }

 private:
  const node* device(const node& n, const node& templates) {
    const node* like = n.find("like");
    const node* base = like != nullptr && like->is_scalar() ? map_at(templates, like->text) : nullptr;
    const node* under = base != nullptr ? map_at(*base, "resources") : nullptr;
    const node* own = map_at(n, "resources");
    if (under == nullptr || own == nullptr) return &n;
    const node* changed = changed_map(*own, [&](const node& r) { return resource(r, *under); });
    return changed_map(n, [&](const node& value) { return &value == own ? changed : &value; });
  }

  const node* resource(const node& own, const node& template_resources) {
    const auto& all = template_resources.items;
    const auto same = std::find_if(all.begin(), all.end(), [&own](const node* value) {
      return path_key(*value->key) == path_key(*own.key);
    });
    if (same == all.end() || !(*same)->is_map() || !own.is_map()) return &own;
    const node& base = **same;
    const node* kind = kind_of(own);
    const node* base_kind = kind_of(base);
    if (kind == nullptr || base_kind == nullptr || kind->key->text != base_kind->key->text) return &own;
    const bool has_keys = find_kind(kind->key->text)->key().section != nullptr;
    const node* merged = has_keys ? with_rest(own, *kind, *base_kind) : &own;
    return with_keys_of(*merged, base);
  }

  /// Returns the resource with the keys added that only the template has within the key of its kind.
  const node* with_rest(const node& own, const node& kind, const node& base_kind) {
    // `collection:` without a value names the kind, but no keys.
    if (kind.is_null() && base_kind.is_map()) {
      node& filled = arena_.emplace_back(base_kind);
      filled.key = kind.key;
      filled.parent = kind.parent;
      filled.base = &base_kind;
      return replaced(own, kind, filled);
    }
    if (!kind.is_map() || !base_kind.is_map()) return &own;
    const node* filled = with_keys_of(kind, base_kind);
    return filled == &kind ? &own : replaced(own, kind, *filled);
  }

  const node* replaced(const node& map, const node& old_value, const node& new_value) {
    return changed_map(map, [&](const node& v) { return &v == &old_value ? &new_value : &v; });
  }

  /// Returns a map with the missing keys of another one added.
  const node* with_keys_of(const node& own, const node& base) {
    node* merged = nullptr;
    for (const node* value : base.items) {
      if (own.find(value->key->text) != nullptr) continue;
      if (merged == nullptr) merged = &arena_.emplace_back(own);
      merged->items.push_back(value);
      merged->base = &base;
    }
    return merged != nullptr ? merged : &own;
  }

  /// Returns a map with values replaced by a function of them; the map itself if nothing changes.
  template <class Change>
  const node* changed_map(const node& map, const Change& change) {
    node* copy = nullptr;
    for (std::size_t i = 0; i < map.items.size(); ++i) {
      const node* changed = change(*map.items[i]);
      if (changed == map.items[i]) continue;
      if (copy == nullptr) copy = &arena_.emplace_back(map);
      copy->items[i] = changed;
    }
    return copy != nullptr ? copy : &map;
  }

  node_arena& arena_;
};

}  // namespace

const node* with_templates(const node& root, node_arena& arena) { return merger(arena).root(root); }

}  // namespace mqcoap::config
