#pragma once

#include <map>
#include <mqcoap/resource/kind_options.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mqcoap {

/// A view of the resources of one configured device, for kinds that refer to others. Holds pointers
/// to their options.
class device_view {
 public:
  explicit device_view(std::string tag) : tag_(std::move(tag)) {}

  /// @param kind  null if the resource itself has an error
  void add(const std::string& path, const kind_options* kind) {
    paths_.push_back(path);
    kinds_.emplace(path, kind);
  }

  const std::string& tag() const noexcept { return tag_; }
  /// Returns the resources in the order of the configuration.
  const std::vector<std::string>& paths() const noexcept { return paths_; }
  bool has(const std::string& path) const { return kinds_.contains(path); }
  /// Returns null if there is no resource at this path, or if it has an error itself.
  const kind_options* find(const std::string& path) const {
    const auto at = kinds_.find(path);
    return at == kinds_.end() ? nullptr : at->second;
  }

 private:
  const std::string tag_;
  std::vector<std::string> paths_;
  std::map<std::string, const kind_options*> kinds_;
};

}  // namespace mqcoap
