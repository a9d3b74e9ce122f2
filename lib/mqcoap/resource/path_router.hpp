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

/// Maps a path to its handler, in constant time for any number of paths: first an exact path, then a pattern
/// (`*` stands for a segment), then the longest prefix. Patterns are tried one after the other.
///
/// Paths have no leading slash.
class path_router {
 public:
  struct found {
    handler* target = nullptr;  ///< null: no such path
    std::size_t rest_at = 0;    ///< where the part after the prefix begins, in the requested path
  };

  /// Serves what a path of the configuration stands for: one path, a pattern, or with a final `/**` a
  /// subtree. Returns false if it is already served.
  bool add(const std::string& path, std::shared_ptr<handler> target);
  /// Serves one path. Returns false if it is already served.
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
    using is_avalanching = void;  // libstdc++ hashes text well, so no further mixing is needed
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  // A flat map: with 10,000 paths and more, lookups were measured to be faster than in std::unordered_map.
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
