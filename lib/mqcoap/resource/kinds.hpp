#pragma once

#include <mqcoap/resource/kind_module.hpp>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Returns all kinds of resources, in the order of the documentation.
const std::vector<const kind_module*>& resource_kinds();

/// Returns null if no kind has this name.
const kind_module* find_kind(std::string_view name);

/// Adds a kind that is not in the list, for programs and tests that define their own kinds. Precondition: no
/// configuration was read or described before.
/// @param added  must live as long as the program
void add_resource_kind(const kind_module& added);

}  // namespace mqcoap
