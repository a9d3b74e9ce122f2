#pragma once

#include <map>
#include <memory>
#include <string>
#include <typeindex>
#include <utility>

namespace mqcoap {

/// Shares objects between resources, by type and name: the connection of an instrument, a program. An object
/// lives as long as one of its resources. A reload creates the new resources before it destroys the old ones,
/// so the objects survive it.
/// @par Threads  Used by one thread.
class backend_registry {
 public:
  /// Returns the object of this name; creates it if there is none.
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
