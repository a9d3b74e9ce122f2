#pragma once

#include <mqcoap/resource/kind_module.hpp>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Every kind of resources, in the order in which they are documented.
const std::vector<const kind_module*>& resource_kinds();

/// Null: no kind has this name.
const kind_module* find_kind(std::string_view name);

/// Adds a kind that is not in the list, for programs and tests with kinds of their own.
/// Precondition: no configuration was read, and none described, before.
/// @param added  lives as long as the program
void add_resource_kind(const kind_module& added);

}  // namespace mqcoap
