#include <mqcoap/gateway/relayed_answer.hpp>

#include <string>
#include <utility>

namespace mqcoap {
namespace {

/// A device's `location` is a path of the device; where the caller's path ends with the device's path, what
/// stands before it leads there for the caller too.
std::string relocate(std::string_view location, std::string_view caller_path, std::string_view device_path) {
  if (location.starts_with('/')) location.remove_prefix(1);
  if (!caller_path.ends_with(device_path)) return std::string(location);
  return std::string(caller_path.substr(0, caller_path.size() - device_path.size())).append(location);
}

/// Errors carry words (docs/protocol.md, section 3), also those of devices that say none.
void add_words(answer& a) {
  if (!is_error(a.code) || (!a.body.is_null() && a.body.text() != "\"\"")) return;
  a.body = json_text::from_string(a.source + " answered " + std::to_string(to_int(a.code)) + ' ' +
                                  std::string(to_string(a.code)) + " without saying why");
}

}  // namespace

answer relayed(response&& from_device, std::string_view tag, const call& asked,
               const resource_path& device_path) {
  answer what = std::move(from_device);
  what.source = tag;
  if (!what.location.empty())
    what.location = relocate(what.location, asked.asked().path.key(), device_path.key());
  add_words(what);
  return what;
}

}  // namespace mqcoap
