#include <mqcoap/protocol/general_topic.hpp>

#include <utility>

namespace mqcoap {
namespace {

std::string_view to_string(general_topic::kind k) {
  return k == general_topic::kind::event ? "event" : "system";
}

/// Removes and returns the first level.
std::string_view next_level(std::string_view& rest) {
  const auto slash = rest.find('/');
  const auto level = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return level;
}

}  // namespace

result<general_topic> general_topic::parse(std::string_view text) {
  auto rest = text;
  const auto ns = namespace_name::parse(next_level(rest));
  const auto subsystem = subsystem_name::parse(next_level(rest));
  const auto word = next_level(rest);
  const auto tag = device_tag::parse(next_level(rest));
  // A path with a leading slash would result in an empty level.
  if (!ns || !subsystem || !tag || rest.starts_with('/')) return errc::invalid_topic;
  const auto path = resource_path::parse(rest, rest.size());  // a topic is at most 65,535 bytes long
  if (!path) return errc::invalid_topic;
  if (word == to_string(kind::event)) return general_topic{*ns, *subsystem, kind::event, *tag, *path};
  if (word == to_string(kind::system) && rest.find('/') == std::string_view::npos)
    return general_topic{*ns, *subsystem, kind::system, *tag, *path};
  return errc::invalid_topic;
}

std::string general_topic::text() const {
  return ns.text() + '/' + subsystem.text() + '/' + std::string(to_string(which)) + '/' + tag.text() + '/' +
         std::string(path.key());
}

std::string general_filter::text(const namespace_name& ns) const {
  const std::string any_path = which == general_topic::kind::event ? "#" : "+";
  return ns.text() + '/' + (subsystem ? subsystem->text() : "+") + '/' + std::string(to_string(which)) + '/' +
         (tag ? tag->text() : "+") + '/' + (path ? std::string(path->key()) : any_path);
}

}  // namespace mqcoap
