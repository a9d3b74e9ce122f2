#pragma once

#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/section.hpp>
#include <optional>
#include <string>
#include <utility>

// Keys that several kinds share.
namespace mqcoap {

/// Returns the key `methods`. @param absent  what its absence means for this kind
template <class Keys>
table_row<Keys> methods_key(std::string absent, std::optional<located<method_set>> Keys::*target) {
  return key<Keys>("methods", with_place(methods(method_set::all())), presence::optional(std::move(absent)),
                   "The allowed methods", target);
}

/// Returns the key `persist`.
template <class Keys>
table_row<Keys> persist_key(std::optional<located<bool>> Keys::*target) {
  return key<Keys>("persist", with_place(boolean()), presence::optional("`false`"),
                   "Whether changes are on disk before they are answered, and survive a restart; see `state`",
                   target);
}

/// Returns the presence of a key that names a kind: if it is absent, the resource is of another kind.
inline presence another_kind() { return presence::optional("another kind"); }

}  // namespace mqcoap
