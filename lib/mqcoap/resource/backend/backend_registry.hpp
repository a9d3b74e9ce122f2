#pragma once

#include <map>
#include <memory>
#include <string>
#include <typeindex>
#include <utility>

namespace mqcoap {

/// Finds what several resources use together, by type and name: an instrument's connection, a program. It
/// lives as long as one of them does, so that a reload, which builds new resources before the old ones go,
/// keeps it.
/// @par Threads  One.
class backend_registry {
 public:
  /// The one of this name, or a new one.
  template <class Shared, class Make>
  std::shared_ptr<Shared> open(const std::string& name, Make&& make) {
    std::erase_if(shared_, [](const auto& each) { return each.second.expired(); });
    auto& known = shared_[{std::type_index(typeid(Shared)), name}];
    if (auto same = std::static_pointer_cast<Shared>(known.lock())) return same;
    std::shared_ptr<Shared> made = std::forward<Make>(make)();
    known = made;
    return made;
  }

 private:
  std::map<std::pair<std::type_index, std::string>, std::weak_ptr<void>> shared_;
};

}  // namespace mqcoap
