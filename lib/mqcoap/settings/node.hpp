#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mqcoap/settings/source_file.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// A value or a key of a configuration file, with its place. Owned by a node_arena; everything
/// else holds pointers.
struct node {
  enum class kind : std::uint8_t { null, scalar, list, map };

  kind what = kind::null;
  bool quoted = false;  ///< a scalar in quotes or a block: always text
  bool hidden = false;  ///< may be a secret, so that no diagnostic shows its text
  bool is_key = false;
  int line = 0;
  int column = 0;            ///< in bytes, from 1
  std::uint32_t length = 1;  ///< bytes to mark
  std::uint32_t index = 0;   ///< the index of an item in a list
  std::string text;          ///< text of a scalar, or of null as written
  /// The items of a list, or the values of a map; each value has its key.
  std::vector<const node*> items;

  const source_file* file = nullptr;  ///< null for a default of a field table
  const node* parent = nullptr;
  const node* key = nullptr;   ///< the key of a value in a map
  const node* base = nullptr;  ///< the resource of a template whose keys are in the map

  bool is_null() const noexcept { return what == kind::null; }
  bool is_scalar() const noexcept { return what == kind::scalar; }
  bool is_list() const noexcept { return what == kind::list; }
  bool is_map() const noexcept { return what == kind::map; }

  /// Returns the value of a key of a map; null if there is none.
  const node* find(std::string_view name) const noexcept;
};

/// Owns nodes, whose addresses do not change.
using node_arena = std::deque<node>;

/// Returns the path of a value: `devices.GW_XX_0_0001.resources.gains`, `proxy.routes[0].match`. For a key,
/// returns the path of its map.
std::string key_path(const node& n);

/// Returns the place of a node, relative to another one: `line 7`, or `conf.d/a.yaml:7` in another file.
std::string place_text(const node& n, const node& seen_from);

/// Describes a node for an error message: `the number 5`, `'yes'`, `a list`.
std::string describe(const node& n);

/// Follows a JSON Pointer (RFC 6901) as far as possible, and returns the last node.
const node& follow_pointer(const node& from, std::string_view pointer);

}  // namespace mqcoap
