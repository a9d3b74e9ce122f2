#pragma once

#include <cstddef>
#include <string_view>

namespace mqcoap {

/// True for a key whose value is a secret by the field tables, for one that is near such a name or contains
/// it (`pasword`, `mqttPassword`), and for the usual words for secrets. Errs towards true: it decides what
/// diagnostics hide, not what a file means.
bool names_a_secret(std::string_view key);

/// True for a key of some field table that holds no secret.
bool is_plain_field(std::string_view key);

/// Where something begins that stands behind the name of a secret: in `password: x`, `pasword=x` and
/// `token x` the `x`. Looks from `from` on; npos: nowhere.
std::size_t find_secret_value(std::string_view text, std::size_t from = 0);

/// True for a text with a user before a host, `mqtt://USER:PASSWORD@HOST`, and for a private key.
bool holds_a_secret(std::string_view text);

/// Covers with `*` what holds a secret in a line by its looks: what `holds_a_secret` tells, and values
/// behind names of secrets in comments.
void cover_by_looks(std::string& line);

}  // namespace mqcoap
