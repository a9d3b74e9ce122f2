#include <mqcoap/config/topic_check.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <mqcoap/gateway/event_topic.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap::config {
namespace {

/// Returns the third level of a topic in this namespace, which determines its kind; empty if the topic is not
/// in the namespace.
std::string_view kind_level(std::string_view topic, const namespace_name& ns) {
  const auto& first = ns.text();
  if (!topic.starts_with(first) || topic.substr(first.size(), 1) != "/") return {};
  topic.remove_prefix(first.size() + 1);
  const auto subsystem = topic.find('/');
  if (subsystem == std::string_view::npos) return {};
  topic.remove_prefix(subsystem + 1);
  return topic.substr(0, topic.find('/'));
}

bool is_one_of(std::string_view level, std::initializer_list<std::string_view> kinds) {
  return std::find(kinds.begin(), kinds.end(), level) != kinds.end();
}

/// Returns the place where a topic is written among the keys of a resource.
const node& place_of(const built_resource& r, const std::string& topic) {
  const auto* const keys = r.read_as.at->parent;
  if (keys != nullptr)
    for (const node* each : keys->items)
      if (each->is_scalar() && each->text == topic) return *each;
  return *r.path_at;
}

void check_namespace(const built_resource& r, const namespace_name& ns, report& faults) {
  const auto used = r.kind->topics();
  const auto events = ns.text() + "/SUBSYSTEM/event/TAG/PATH";
  if (is_one_of(kind_level(used.read, ns), {"request", "response"}))
    faults.error(
        place_of(r, used.read),
        "requests and responses of the namespace " + ns.text() + " are never the value of a resource",
        "events are: " + events);
  if (is_one_of(kind_level(used.written, ns), {"request", "response", "event", "system"}))
    faults.error(place_of(r, used.written),
                 "only messages of the protocol may be published in the namespace " + ns.text() +
                     ", and the body of a PUT is not one of them");
}

/// A resource with events, and the topic that it reads.
struct event_reader {
  const built_resource* resource;
  std::string read;
};
using readers_by_event = std::map<std::string, event_reader>;

readers_by_event find_readers(const namespace_name& ns, const std::vector<built_device>& devices) {
  readers_by_event found;
  for (const auto& device : devices)
    for (const auto& r : device.resources) {
      if (!r.kind || !r.events) continue;
      auto read = r.kind->topics().read;
      if (read.empty()) continue;
      found.emplace(event_topic(ns, device.subsystems, device.tag, r.path).text(),
                    event_reader{&r, std::move(read)});
    }
  return found;
}

/// Returns true if the events of a resource form a cycle: they are derived from messages that its own events
/// lead to.
bool is_in_circle(const readers_by_event& all, const readers_by_event::value_type& one) {
  auto at = all.find(one.second.read);
  for (auto steps = all.size(); at != all.end() && steps > 0; --steps) {
    if (at->first == one.first) return true;
    at = all.find(at->second.read);
  }
  return false;
}

}  // namespace

void check_topics(const namespace_name& ns, const std::vector<built_device>& devices, report& faults) {
  for (const auto& device : devices)
    for (const auto& r : device.resources)
      if (r.kind) check_namespace(r, ns, faults);
  const auto readers = find_readers(ns, devices);
  for (const auto& each : readers)
    if (is_in_circle(readers, each))
      faults.error(place_of(*each.second.resource, each.second.read),
                   "the events of this resource lead back to it: it would publish without end",
                   "no `publish`, or another topic");
}

}  // namespace mqcoap::config
