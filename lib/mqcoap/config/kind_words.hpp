#pragma once

#include <mqcoap/resource/kind_module.hpp>
#include <string>
#include <string_view>
#include <vector>

// Kinds of resources by their names, for texts.
namespace mqcoap {

/// `value, reply and signal`. @param mark  stands before and behind each word
std::string enumerated(const std::vector<std::string>& words, std::string_view mark = {});

std::vector<std::string> names_of(const std::vector<const kind_module*>& kinds);

/// Those whose paths may end in `**`, the ones first that must.
std::vector<std::string> names_of_subtree_kinds();

/// Those whose paths may have a `*` for a segment.
std::vector<std::string> names_of_pattern_kinds();

/// Those that are described by a map with keys of its own.
std::vector<std::string> names_of_kinds_with_keys();

}  // namespace mqcoap
