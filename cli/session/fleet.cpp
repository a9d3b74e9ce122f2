#include "session/fleet.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/resource/discovery.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <set>

#include "words/failure.hpp"
#include "words/value.hpp"

namespace mqcoap::cli {
namespace {

constexpr std::string_view like_mark = "{tag}";
constexpr std::string_view tag_rules = "1 to 64 characters of A-Z a-z 0-9 _ . -";

resource_options make_value(const std::string& text, bool read_only) {
  const auto equals = text.find('=');
  if (equals == std::string::npos)
    throw usage_failure(fmt::format("-r '{}': expected PATH=VALUE, e.g. -r 'gains=[0,1]'", text));
  const auto path = resource_path::parse(std::string_view(text).substr(0, equals));
  if (!path || path->key().find('*') != std::string_view::npos || path->key() == discovery_path)
    throw usage_failure(
        fmt::format("-r '{}': '{}' cannot be the path of a value; expected one like gains or supply/voltage",
                    text, text.substr(0, equals)));
  value_options kind{read_value({text.substr(equals + 1)}, read_input), {method::get}, std::nullopt};
  if (!read_only) kind.methods.insert(method::put);
  return resource_options{std::string(path->key()), "", "", std::move(kind)};
}

std::string replaced(std::string_view text, std::string_view by) {
  std::string out;
  for (auto at = text.find(like_mark); at != std::string_view::npos; at = text.find(like_mark)) {
    out.append(text.substr(0, at)).append(by);
    text.remove_prefix(at + like_mark.size());
  }
  return out.append(text);
}

}  // namespace

device_options make_device(std::string_view tag, const std::vector<std::string>& values, bool read_only) {
  auto name = device_tag::parse(tag);
  if (!name) throw usage_failure(fmt::format("'{}' is neither a tag ({}) nor a FILE.yaml", tag, tag_rules));
  if (values.empty())
    throw usage_failure(
        fmt::format("{} would have no resource: add -r PATH=VALUE, e.g. -r 'gains=[0,1]'", tag));
  device_options device{*std::move(name), "", {}, {}, true};
  for (const auto& text : values) {
    auto resource = make_value(text, read_only);
    for (const auto& other : device.resources)
      if (other.path == resource.path)
        throw usage_failure(fmt::format("-r '{}': the path '{}' is given twice", text, other.path));
    device.resources.push_back(std::move(resource));
  }
  return device;
}

tag_pattern tag_pattern::parse(std::string_view text) {
  const auto wrong =
      fmt::format("--tags '{}': expected a tag with %d or %03d once, e.g. 'SIM_%03d' or '{{tag}}_%d'", text);
  const auto percent = text.find('%');
  if (percent == std::string_view::npos || text.find('%', percent + 1) != std::string_view::npos)
    throw usage_failure(wrong);
  tag_pattern out;
  out.before_ = text.substr(0, percent);
  std::string_view rest = text.substr(percent + 1);
  if (rest.size() >= 3 && rest[0] == '0' && rest[1] >= '1' && rest[1] <= '9') {
    out.width_ = rest[1] - '0';
    rest.remove_prefix(2);
  }
  if (!rest.starts_with('d')) throw usage_failure(wrong);
  out.after_ = rest.substr(1);
  if (!is_name(replaced(out.before_, "x") + '1' + replaced(out.after_, "x"))) throw usage_failure(wrong);
  return out;
}

std::string tag_pattern::tag(std::string_view like, std::size_t number) const {
  return fmt::format("{}{:0{}}{}", replaced(before_, like), number, width_, replaced(after_, like));
}

std::vector<device_options> make_fleet(const std::vector<device_options>& like, std::size_t size,
                                       const tag_pattern& tags) {
  std::vector<device_options> fleet;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < size; ++i) {
    const auto& one = like[i % like.size()];
    const auto text = tags.tag(one.tag.text(), i + 1);
    auto tag = device_tag::parse(text);
    if (!tag)
      throw usage_failure(
          fmt::format("'{}' would not be a tag ({}); choose shorter --tags", text, tag_rules));
    if (!seen.insert(text).second)
      throw usage_failure(fmt::format("two devices would have the tag {}", text));
    fleet.push_back({*std::move(tag), one.description, one.subsystems, one.resources, one.presence});
  }
  return fleet;
}

}  // namespace mqcoap::cli
