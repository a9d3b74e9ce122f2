#pragma once

#include <mqcoap/json/json_text.hpp>
#include <mqcoap/settings/node.hpp>
#include <string>

namespace mqcoap::config {

/// Writes a valid configuration as YAML: defaults filled in, secrets as `***`, and a comment at each resource
/// that has keys of a template.
std::string show_as_yaml(const node& root);

/// Writes the same as JSON.
json_text show_as_json(const node& root);

}  // namespace mqcoap::config
