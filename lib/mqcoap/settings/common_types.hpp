#pragma once

#include <chrono>
#include <cstddef>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <mqcoap/settings/value_type.hpp>

namespace mqcoap {

/// The longest path that is accepted while reading; `limits.path` is checked after everything has been read.
inline constexpr std::size_t longest_path = 4096;

/// Reads one line of text; never a number or a boolean without quotes.
value_type<std::string> text(std::string expected);

value_type<std::int64_t> integer(std::int64_t least, std::int64_t most);
value_type<bool> boolean();
value_type<std::chrono::milliseconds> duration(std::chrono::milliseconds least,
                                               std::chrono::milliseconds most);
value_type<std::chrono::seconds> whole_seconds(std::chrono::seconds least, std::chrono::seconds most);
value_type<std::size_t> size(std::size_t least, std::size_t most);

/// Reads any JSON value.
value_type<json_text> any_json();
/// Reads and compiles a JSON Schema.
value_type<json_schema> json_schema_value();

/// Reads a name: `[A-Za-z0-9_.-]{1,64}`.
value_type<std::string> plain_name(std::string what);
value_type<device_tag> tag_name();
value_type<subsystem_name> subsystem();
value_type<namespace_name> topic_namespace();

/// Reads a non-empty list of methods, out of `allowed`.
value_type<method_set> methods(method_set allowed);

/// Reads a password or token: from a file, the environment, a systemd credential, or (with a
/// warning) a literal.
value_type<secret> secret_text();
/// Reads the path of a file that holds a secret; the caller reads the file itself.
value_type<std::string> secret_file();

/// Reads one of a few words. The words may look like numbers.
template <class E>
value_type<E> choice(std::vector<std::pair<std::string, E>> options);

/// Returns the schema of a text with a pattern.
boost::json::object string_schema(std::string pattern = {});

/// Returns true if the node is text; reports a mismatch otherwise.
bool is_text(const node& n, const std::string& expected, read_context& ctx);

/// Returns the schema of `choice`. A word that YAML reads as a number may be written with or without quotes.
boost::json::object choice_schema(const std::vector<std::string>& words);
std::optional<std::size_t> read_choice(const node& n, const std::vector<std::string>& words,
                                       read_context& ctx);
std::string listed(const std::vector<std::string>& words);

template <class E>
value_type<E> choice(std::vector<std::pair<std::string, E>> options) {
  std::vector<std::string> words;
  for (const auto& option : options) words.push_back(option.first);
  return {listed(words), choice_schema(words),
          [options, words](const node& n, read_context& ctx) -> std::optional<E> {
            const auto index = read_choice(n, words, ctx);
            if (!index) return std::nullopt;
            return options[*index].second;
          }};
}

}  // namespace mqcoap
