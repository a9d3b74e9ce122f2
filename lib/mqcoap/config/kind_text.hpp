#pragma once

#include <mqcoap/resource/kind_module.hpp>
#include <string>
#include <string_view>
#include <vector>

// Names of resource kinds, for texts.
namespace mqcoap::config {

/// Returns `value, reply and signal`. @param mark  written before and after each word
std::string enumerated(const std::vector<std::string>& words, std::string_view mark = {});

std::vector<std::string> names_of(const std::vector<const kind_module*>& kinds);

/// Returns the kinds whose paths may end in `**`, first those whose paths must.
std::vector<std::string> names_of_subtree_kinds();

/// Returns the kinds whose paths may have a `*` for a segment.
std::vector<std::string> names_of_pattern_kinds();

/// Returns the kinds that have additional keys of their own.
std::vector<std::string> names_of_kinds_with_keys();

}  // namespace mqcoap::config
