#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/resource/handler.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// Maps a path to its handler, in constant time for any number of paths: first an exact path, then the
/// longest prefix. Paths have no leading slash.
class path_router {
 public:
  struct found {
    handler* target = nullptr;  ///< null: no such path
    std::size_t rest_at = 0;    ///< where the part after the prefix begins, in the requested path
  };

  /// Serves one path. Returns false if it is already served.
  bool add_exact(std::string path, std::shared_ptr<handler> target);
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
  table subtrees_;
};

}  // namespace mqcoap
