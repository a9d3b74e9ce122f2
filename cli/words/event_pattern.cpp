#include "words/event_pattern.hpp"

#include <mqcoap/base/glob.hpp>

#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

/// Removes the part before the next slash and returns it, `*` if it is empty.
std::string take_part(std::string_view& rest) {
  const auto slash = rest.find('/');
  const std::string part(rest.substr(0, slash));
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return part.empty() ? "*" : part;
}

/// Returns the part as a name, or nothing if it is a pattern. @throws usage_failure  for an invalid name
template <class Name>
std::optional<Name> exact(const std::string& part, const char* what) {
  if (is_glob(part)) return std::nullopt;
  if (auto name = Name::parse(part)) return *std::move(name);
  throw usage_failure("'" + part + "' is not a " + what, "TAG/SUBSYSTEM/PATH, each with * and ? as wanted");
}

}  // namespace

event_pattern::event_pattern(const std::string& text) {
  std::string_view rest = text;
  tag_ = take_part(rest);
  subsystem_ = take_part(rest);
  if (!rest.empty()) path_ = rest;
  filter(general_topic::kind::event);  // checks the parts
}

bool event_pattern::matches(std::string_view tag, std::string_view subsystem, std::string_view path) const {
  return glob_match(tag_, tag) && glob_match(subsystem_, subsystem) && glob_match(path_, path);
}

general_filter event_pattern::filter(general_topic::kind kind) const {
  return general_filter(kind, exact<subsystem_name>(subsystem_, "subsystem"), exact<device_tag>(tag_, "tag"),
                        exact<resource_path>(path_, "path"));
}

}  // namespace mqcoap::cli
