#pragma once

#include <cstddef>
#include <string_view>

namespace mqcoap::config {

/// Returns true for a key whose value is a secret according to the field tables, for one that is similar to
/// such a name or contains it (`pasword`, `mqttPassword`), and for common names of secrets. In case of doubt
/// it returns true: it decides what diagnostics hide, not what a file means.
bool names_a_secret(std::string_view key);

/// Returns true for a key of some field table whose value is a map from names to secrets: only its values are
/// secret.
bool names_a_map_of_secrets(std::string_view key);

/// Returns true for a key of some field table that contains no secret.
bool is_plain_field(std::string_view key);

/// Returns the beginning of the value after the name of a secret: in `password: x`, `pasword=x` and `token x`
/// the `x`. Searches from `from` on; npos: none.
std::size_t find_secret_value(std::string_view text, std::size_t from = 0);

/// Returns true for a text with a user before a host, `mqtt://USER:PASSWORD@HOST`, and for a private key.
bool holds_a_secret(std::string_view text);

/// Replaces the parts of a line that look like secrets with `*`: those that `holds_a_secret` finds, and
/// values after names of secrets in comments.
void cover_by_looks(std::string& line);

}  // namespace mqcoap::config
