#include <mqcoap/gateway/relayed_answer.hpp>

#include <mqcoap/gateway/call_account.hpp>
#include <mqcoap/gateway/route_table.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <utility>

namespace mqcoap {
namespace {

/// Returns a text without the given end.
std::string_view without_end(std::string_view text, std::string_view end) {
  return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

}  // namespace

way_back::way_back(const call& original, address to, std::shared_ptr<const route_options> route,
                   std::size_t path_limit)
    : to_(std::move(to)), route_(std::move(route)), path_limit_(path_limit) {
  const auto path = original.req.path.key();
  const auto role = call_account::of(original).role;
  if (role == request_role::mount) {
    before_ = without_end(path, original.rest());
    mounted_ = without_end(to_.path.key(), original.rest());
  } else if (role == request_role::forward && !original.req.options->proxy_uri) {
    before_ = without_end(path, to_.path.key());
  }
  passes_on_ = role == request_role::reverse && !rewrites(route_->to);
}

std::string way_back::from(std::string_view device_path) const {
  if (device_path.starts_with('/')) device_path.remove_prefix(1);
  if (passes_on_) return std::string(device_path);
  const auto path = rewrite_back(*route_, to_, device_path, path_limit_);
  if (!path || !path->starts_with(mounted_) || !path_matches(route_->match.path, *path)) return {};
  auto found = before_ + path->substr(mounted_.size());
  const auto checked = resource_path::parse(found, path_limit_);
  return checked && checked->text() == found ? found : std::string();
}

/// Adds a text to a device's error that has none.
void relay(answer& from_device, std::string_view tag) {
  from_device.source = tag;
  const auto& body = from_device.body;
  if (!is_error(from_device.code) || (!body.is_null() && body.text() != "\"\"")) return;
  from_device.body =
      json_text::from_string(from_device.source + " answered " + std::to_string(to_int(from_device.code)) +
                             ' ' + std::string(to_string(from_device.code)) + " without saying why");
}

}  // namespace mqcoap
