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

/// Maps a path to its handler: tries first an exact path, then the patterns (`*` stands for a segment), then
/// the longest prefix. The lookup time does not depend on the number of exact paths and prefixes; patterns
/// are tried one after the other.
///
/// Paths have no leading slash.
class path_router {
 public:
  struct found {
    handler* target = nullptr;  ///< null if there is no such path
    std::size_t rest_at = 0;    ///< where the part after the prefix begins in the requested path
  };

  /// Registers the handler of a path of the configuration: one path, a pattern, or a subtree if it ends in
  /// `/**`. Returns false if there is one already.
  bool add(const std::string& path, std::shared_ptr<handler> target);
  /// Registers the handler of one path. Returns false if there is one already.
  bool add_exact(std::string path, std::shared_ptr<handler> target);
  /// Registers the handler of all paths that match a pattern, in which `*` stands for one segment (`move/*`).
  /// If several patterns match a path, the one whose first `*` comes later takes precedence. Returns false if
  /// the pattern has a handler already.
  bool add_pattern(std::string pattern, std::shared_ptr<handler> target);
  /// Registers the handler of all paths below a prefix (`probe` for `probe/**`; empty for `**`), but not of
  /// the prefix itself. Returns false if there is one already.
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
  // A flat map, because with 10,000 paths and more, its lookups were measured to be faster than
  // those of std::unordered_map.
  using table = boost::unordered_flat_map<std::string, std::shared_ptr<handler>, text_hash, std::equal_to<>>;
  table exact_;
  std::vector<std::pair<std::string, std::shared_ptr<handler>>> patterns_;
  table subtrees_;
};

/// Returns true if a path has a `*` as one of its segments.
bool has_single_wildcard(std::string_view path) noexcept;

/// Returns the segments of a path that the `*` of a pattern stand for, in order; nothing if the path
/// does not match.
std::optional<std::vector<std::string_view>> match_segments(std::string_view pattern, std::string_view path);

}  // namespace mqcoap
