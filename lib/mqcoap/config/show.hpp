#pragma once

#include <mqcoap/json/json_text.hpp>
#include <mqcoap/settings/node.hpp>
#include <string>

namespace mqcoap {

/// A configuration that was read without fault, as YAML: defaults filled in, secrets as `***`, and a
/// comment where a resource has keys of a template.
std::string show_as_yaml(const node& root);

/// The same as JSON.
json_text show_as_json(const node& root);

}  // namespace mqcoap
