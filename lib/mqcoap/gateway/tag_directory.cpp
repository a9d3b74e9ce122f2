#include <mqcoap/gateway/tag_directory.hpp>

#include <algorithm>

namespace mqcoap {

local_device* tag_directory::device(std::string_view tag) const noexcept {
  const auto at = devices_.find(tag);
  return at == devices_.end() ? nullptr : at->second.get();
}

bool tag_directory::forwards(std::string_view tag) const noexcept {
  return options_.proxy.forward && options_.proxy.forward->text() == tag;
}

std::vector<std::string> tag_directory::named() const {
  std::vector<std::string> tags;
  for (const auto& device : options_.devices) tags.push_back(device.tag.text());
  const auto& forward = options_.proxy.forward;
  if (forward && std::find(tags.begin(), tags.end(), forward->text()) == tags.end())
    tags.push_back(forward->text());
  if (const auto served = proxy_.routes().served_tags())
    for (const auto& tag : *served)
      if (!devices_.contains(tag)) tags.push_back(tag);
  return tags;
}

}  // namespace mqcoap
