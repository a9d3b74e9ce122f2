#pragma once

#include <map>
#include <mqcoap/client/client.hpp>
#include <mqcoap/protocol/address.hpp>
#include <optional>
#include <string>
#include <vector>

#include "output/output.hpp"

// The output of `ls`.
namespace mqcoap::cli {

/// A device according to its presence (docs/protocol.md, "Discovery").
struct device_presence {
  std::string state{};  ///< `ONLINE`, `OFFLINE`, or any other text
  std::optional<unix_millis> updated{};
};

/// Maps tags to presences, sorted.
using presence_list = std::map<std::string, device_presence>;

/// Returns true for a pattern of tags, false for a tag.
bool is_search(const std::string& pattern);

/// Adds a presence message if its tag matches the pattern (with * and ?). Ignores other messages.
void note_presence(presence_list& known, const general_message& m, const std::string& pattern);

/// Returns `12 s`, `5 min`, `3 h`, `2 d`; empty if there is no time or it is in the future.
std::string age(std::optional<unix_millis> since, unix_millis now);

/// Returns a table on a terminal, otherwise lines with tag, state and milliseconds separated by tabs, or JSON
/// lines, or CSV. @param names  print only the tags
std::string show_devices(const presence_list& devices, const output_format& how, bool names, unix_millis now);

/// A resource of a device.
struct resource_entry {
  std::string path{};
  std::string methods{};  ///< `GET, PUT`
  std::string type{};
  std::string unit{};
  std::string title{};
  std::vector<std::string> subsystems{};  ///< the subsystems under which it is found; empty: any
  std::string events{};                   ///< the subsystem of its events; empty: it publishes no events
  std::string json{};                     ///< the object as the device wrote it
};

/// Parses the answer to GET .well-known/core and sorts it by path. @return nothing if it is not a
/// list of resources
std::optional<std::vector<resource_entry>> read_resources(const json_text& body);

/// Returns the address of a resource. @param source  where the list came from: the resource is addressed
/// under its subsystem, unless the device names another one
std::string address_of(const resource_entry& r, const address& source);

/// Returns a list of resources, in the formats of show_devices. @param names  print only the addresses
/// @param source  where the list came from: resources are addressed under its subsystem, unless the device
/// names another one
std::string show_resources(const std::vector<resource_entry>& resources, const output_format& how, bool names,
                           const address& source);

}  // namespace mqcoap::cli
