#include <mqcoap/protocol/address.hpp>

#include <stdexcept>

namespace mqcoap {

result<address> address::parse(std::string_view text, std::size_t path_limit) {
  if (text.starts_with('/')) text.remove_prefix(1);
  const auto first = text.find('/');
  if (first == std::string_view::npos) return errc::invalid_address;
  const auto second = text.find('/', first + 1);
  if (second == std::string_view::npos) return errc::invalid_address;
  auto tag = device_tag::parse(text.substr(0, first));
  auto subsystem = subsystem_name::parse(text.substr(first + 1, second - first - 1));
  auto path = resource_path::parse(text.substr(second + 1), path_limit);
  if (!tag || !subsystem || !path) return errc::invalid_address;
  return address{*std::move(tag), *std::move(subsystem), *std::move(path)};
}

std::string address::to_string() const {
  return tag.text() + '/' + subsystem.text() + '/' + std::string(path.key());
}

address make_address(std::string_view text) {
  if (auto parsed = address::parse(text)) return *std::move(parsed);
  throw std::invalid_argument("an address is TAG/SUBSYSTEM/PATH, but not '" + std::string(text) + '\'');
}

}  // namespace mqcoap
