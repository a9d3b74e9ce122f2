#include <mqcoap/base/glob.hpp>
#include <mqcoap/gateway/route_table.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/transport/topic_filter.hpp>

#include "../property.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

void check_path(std::string_view text) {
  const auto path = resource_path::parse(text);
  if (!path) {
    HOLDS(path.error() == errc::invalid_path || path.error() == errc::too_large);
    return;
  }
  HOLDS(text.size() <= resource_path::default_limit);
  HOLDS(path->text() == text);
  HOLDS(!path->key().starts_with('/') && !path->key().empty());
  const auto of_key = resource_path::parse(path->key());
  HOLDS(of_key && *of_key == *path);
  HOLDS(path_matches("**", path->key()));
  if (!is_glob(path->key())) HOLDS(path_matches(path->key(), path->key()));
}

void check_address(std::string_view text) {
  const auto at = address::parse(text);
  if (!at) {
    HOLDS(at.error() == errc::invalid_address);
    return;
  }
  const auto again = address::parse(at->to_string());
  HOLDS(again);
  HOLDS(again->to_string() == at->to_string());
  HOLDS(again->tag == at->tag && again->subsystem == at->subsystem && again->path == at->path);
  HOLDS(address::parse(text, at->path.text().size()));
  HOLDS(!address::parse(text, at->path.text().size() - 1));
}

void check_id(std::string_view text) {
  const auto strict = request_id::parse(text);
  const auto lenient = request_id::parse(text, validation::lenient);
  HOLDS(!strict || lenient);
  if (!lenient) return;
  HOLDS(lenient->text() == text);
  const auto canonical = request_id::parse(lenient->canonical(), validation::lenient);
  HOLDS(canonical);
  HOLDS(*canonical == *lenient);
  HOLDS(canonical->hash() == lenient->hash());
  HOLDS(canonical->canonical() == lenient->canonical());
  if (strict) HOLDS(lenient->canonical().size() == 32);
}

/// Checks that two texts are equal as ids if and only if their canonical forms are equal.
void compare_ids(std::string_view a, std::string_view b) {
  const auto x = request_id::parse(a, validation::lenient);
  const auto y = request_id::parse(b, validation::lenient);
  if (!x || !y) return;
  HOLDS((*x == *y) == (x->canonical() == y->canonical()));
  if (*x == *y) HOLDS(x->hash() == y->hash());
}

}  // namespace

/// Runs a text, or two texts on two lines.
void run_address(std::string_view text) {
  const auto line_end = text.find('\n');
  const auto first = text.substr(0, line_end);
  const auto second = line_end == std::string_view::npos ? first : text.substr(line_end + 1);
  for (const auto each : {first, second}) {
    check_path(each);
    check_address(each);
    check_id(each);
  }
  compare_ids(first, second);
  HOLDS(glob_match("*", second));
  if (!is_glob(first)) HOLDS(glob_match(first, second) == (first == second));
  path_matches(first, second);
}

}  // namespace mqcoap::fuzz
