#pragma once

#include <map>
#include <mqcoap/client/client.hpp>
#include <mqcoap/protocol/address.hpp>
#include <optional>
#include <string>
#include <vector>

#include "output/output.hpp"

// What `ls` shows.
namespace mqcoap::cli {

/// A device as its presence tells (docs/protocol.md, "Discovery").
struct device_presence {
  std::string state{};  ///< `ONLINE`, `OFFLINE`, or what else it says
  std::optional<unix_millis> updated{};
};

/// Tag to presence, sorted.
using presence_list = std::map<std::string, device_presence>;

/// True for an argument that looks for devices by name; else it is a tag.
bool is_search(const std::string& pattern);

/// Takes a presence message of a device that the pattern (with * and ?) fits. Others change nothing.
void note_presence(presence_list& known, const general_message& m, const std::string& pattern);

/// `12 s`, `5 min`, `3 h`, `2 d`; empty for the future, or for none.
std::string age(std::optional<unix_millis> since, unix_millis now);

/// A table on a terminal; else tag, state and milliseconds between tabs; JSON lines; CSV. @param names  only
/// the tags
std::string show_devices(const presence_list& devices, const output_format& how, bool names, unix_millis now);

/// One resource of a device.
struct resource_entry {
  std::string path{};
  std::string methods{};  ///< `GET, PUT`
  std::string type{};
  std::string unit{};
  std::string title{};
  std::vector<std::string> subsystems{};  ///< under which it is found; empty: any
  std::string json{};                     ///< the object as the device wrote it
};

/// Reads the answer to GET .well-known/core, sorted by path. @return nothing if it is no list of resources
std::optional<std::vector<resource_entry>> read_resources(const json_text& body);

/// Its address. @param asked  where the list came from: under its subsystem it is addressed, unless the
/// device says that it is another
std::string address_of(const resource_entry& r, const address& asked);

/// The same for resources. @param names  only their addresses  @param asked  where the list came from: under
/// its subsystem they are addressed, unless the device says that it is another
std::string show_resources(const std::vector<resource_entry>& resources, const output_format& how, bool names,
                           const address& asked);

}  // namespace mqcoap::cli
