#include "site.hpp"

#include <utility>

namespace mqcoap::test {

site::site(const std::string& name, site* same, listener heard)
    : broker(same == nullptr ? std::make_shared<memory_broker>() : same->broker),
      same_(same),
      heard_(std::move(heard)) {
  if (same != nullptr) return;
  outside_ = std::make_unique<memory_link>(*broker, name);
  outside_->subscribe("#", [](error_code) {});
  outside_->start(*this);
}

}  // namespace mqcoap::test
