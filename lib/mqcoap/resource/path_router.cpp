#include <mqcoap/resource/path_router.hpp>

namespace mqcoap {

bool path_router::add_exact(std::string path, std::shared_ptr<handler> target) {
  return exact_.try_emplace(std::move(path), std::move(target)).second;
}

bool path_router::add_subtree(std::string prefix, std::shared_ptr<handler> target) {
  return subtrees_.try_emplace(std::move(prefix), std::move(target)).second;
}

path_router::found path_router::find(std::string_view path) const noexcept {
  if (const auto at = exact_.find(path); at != exact_.end()) return {at->second.get(), path.size()};
  if (subtrees_.empty()) return {};
  for (auto slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1))
    if (const auto at = subtrees_.find(path.substr(0, slash)); at != subtrees_.end())
      return {at->second.get(), slash + 1};
  if (const auto all = subtrees_.find(std::string_view()); all != subtrees_.end())
    return {all->second.get(), 0};
  return {};
}

}  // namespace mqcoap
