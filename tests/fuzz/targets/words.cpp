#include <algorithm>
#include <mqcoap/base/quantity.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/net/host_port.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <mqcoap/resource/http/http_url.hpp>
#include <mqcoap/transport/topic_filter.hpp>
#include <string>
#include <vector>
#include <words/address_pattern.hpp>
#include <words/base64.hpp>
#include <words/duration_text.hpp>
#include <words/event_pattern.hpp>
#include <words/failure.hpp>
#include <words/value.hpp>

#include "../property.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

/// Calls a function that may refuse a word. Returns false if it did, with a message for the user.
template <class F>
bool is_taken(F f) {
  try {
    f();
    return true;
  } catch (const cli::usage_failure& refused) {
    HOLDS(refused.status() == cli::status_usage);
    HOLDS(*refused.what() != '\0');
    return false;
  }
}

/// @param file  the contents of the file that a word names
void check_value(const std::vector<std::string>& words, std::string_view file) {
  is_taken([&] {
    const auto body = cli::read_value(words, [&](const std::string&) { return std::string(file); });
    HOLDS(!validate_json(body.text(), 64));
    // As a word, a body that was read results in the same body.
    if (!body.text().starts_with('"')) HOLDS(cli::read_value({std::string(body.text())}, {}) == body);
  });
}

void check_patterns(const std::string& word) {
  is_taken([&] {
    const auto pattern = cli::address_pattern::parse(word);
    const auto filter = pattern.filter(default_namespace(), "request");
    HOLDS(filter_matches(filter, "gf_int_v1/" + pattern.subsystem + "/request/" + pattern.tag + "/1"));
    if (pattern.path == "**") HOLDS(pattern.matches(pattern.tag, pattern.subsystem, "any/path"));
  });
  is_taken([&] {
    const cli::event_pattern pattern(word);
    for (const auto kind : {general_topic::kind::event, general_topic::kind::system})
      HOLDS(pattern.filter(kind).text(default_namespace()).starts_with("gf_int_v1/"));
  });
}

void check_quantities(const std::string& word) {
  if (const auto duration = parse_duration(word)) HOLDS(parse_duration(to_string(*duration)) == duration);
  if (const auto size = parse_size(word)) HOLDS(parse_size(size_to_string(*size)) == size);
  const auto longest = std::chrono::hours(24);
  if (const auto hint = duration_hint(word, std::chrono::milliseconds(1), longest); !hint.empty())
    HOLDS(read_duration(hint.substr(0, hint.size() - 1), std::chrono::milliseconds(1), longest));
  if (const auto hint = size_hint(word, 16, 1 << 30); !hint.empty())
    HOLDS(read_size(hint.substr(0, hint.size() - 1), 16, 1 << 30));
  is_taken([&] { HOLDS(cli::duration_of("--for", word).count() >= 1); });
}

void check_base64(const std::string& word) {
  HOLDS(cli::from_base64(cli::to_base64(word)) == word);
  if (const auto bytes = cli::from_base64(word)) HOLDS(bytes->size() <= word.size() / 4 * 3);
}

void check_host(const std::string& word) {
  const auto at = parse_host_port(word);
  if (!at) return;
  HOLDS(!at->host.empty());
  HOLDS(!at->port || *at->port > 0);
}

/// Checks that what a caller or a server sends stays below the URL of the configuration.
void check_url(const std::string& word) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%/";
  const auto at = *parse_http_url("http://a.lab:81/api");
  if (const auto target = target_below(at, split_segments(word))) {
    HOLDS(target->starts_with("/api"));
    HOLDS(target->find_first_not_of(allowed) == std::string::npos);
    HOLDS(target->find("/../") == std::string::npos && !target->ends_with("/.."));
  }
  for (const char* const target : {"/api", "/api/shots", "/api/shots/?all=1"}) {
    const auto path = path_of_location(word, at, target, "x");
    if (path.empty()) continue;
    HOLDS(path.starts_with("x/"));
    HOLDS(resource_path::parse(path).has_value());
    HOLDS(target_below(at, split_segments(std::string_view(path).substr(2))).has_value());
  }
  if (const auto own = parse_http_url(word)) HOLDS(parse_http_url(origin_of(*own)).has_value());
}

/// Splits lines into words. A word ends at a NUL, as it does in the operating system.
std::vector<std::string> split_lines(std::string_view lines) {
  std::vector<std::string> words;
  for (;;) {
    const auto end = lines.find('\n');
    const auto line = lines.substr(0, end);
    words.emplace_back(line.substr(0, line.find('\0')));
    if (end == std::string_view::npos) return words;
    lines.remove_prefix(end + 1);
  }
}

}  // namespace

/// Runs the words of a command line, one per line.
void run_text(std::string_view lines) {
  const auto words = split_lines(lines);
  const auto file = lines.substr(std::min(lines.find('\n'), lines.size()));
  check_value(words, file);
  if (words.size() > 20) return;
  for (const auto& word : words) {
    check_value({word}, file);
    check_patterns(word);
    check_quantities(word);
    check_base64(word);
    check_host(word);
    check_url(word);
  }
}

}  // namespace mqcoap::fuzz
