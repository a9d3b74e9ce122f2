#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/resource/handler.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

/// From a path to the handler that serves it, in constant time however many there are: an exact path first,
/// then one with `*` for a segment, then the longest prefix. Those with `*` are tried one after the other.
/// Paths are written without a leading slash.
class path_router {
 public:
  struct found {
    handler* target = nullptr;  ///< null: no such path
    std::size_t rest_at = 0;    ///< where the part behind the prefix begins, in the path asked for
  };

  /// Serves one path. False if it is served already.
  bool add_exact(std::string path, std::shared_ptr<handler> target);
  /// Serves every path that a pattern stands for, in which `*` is any one segment (`move/*`). Of several, the
  /// one whose first `*` comes later goes before. False if it is served already.
  bool add_pattern(std::string pattern, std::shared_ptr<handler> target);
  /// Serves every path below a prefix (`probe` for `probe/**`; empty for `**`), not the prefix itself.
  bool add_subtree(std::string prefix, std::shared_ptr<handler> target);

  found find(std::string_view path) const noexcept;

 private:
  struct text_hash {
    using is_transparent = void;
    using is_avalanching = void;  // libstdc++ hashes text well: no need to mix once more
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  // Flat: with 10,000 paths and more, lookups measured faster than in std::unordered_map.
  using table = boost::unordered_flat_map<std::string, std::shared_ptr<handler>, text_hash, std::equal_to<>>;
  table exact_;
  std::vector<std::pair<std::string, std::shared_ptr<handler>>> patterns_;
  table subtrees_;
};

/// True if a path has a `*` as one of its segments.
bool has_single_wildcard(std::string_view path) noexcept;

/// What the `*` of a pattern stand for in a path, in their order; nothing if it is not one of its paths.
std::optional<std::vector<std::string_view>> match_segments(std::string_view pattern, std::string_view path);

}  // namespace mqcoap
