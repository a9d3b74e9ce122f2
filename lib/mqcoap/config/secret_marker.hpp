#pragma once

#include <mqcoap/settings/node.hpp>
#include <mqcoap/settings/source_file.hpp>
#include <vector>

namespace mqcoap {

/// Finds what may be a secret while a file is read: marks its nodes as hidden, and hides in the file what
/// stands there, up to the next thing that may be seen. It goes by the names of keys, since faults are told
/// before the field tables are asked, and a misspelt name is in no table.
class secret_marker {
 public:
  explicit secret_marker(source_file& file) noexcept : file_(file) {}

  /// Looks at the next key or value, in the order of the file. Its container is already in the tree.
  /// @param offset  where it begins, in bytes
  /// @param key     under which it stands; null for a key, an item of a list and the root
  void see(node& n, std::size_t offset, const node* key);
  /// Looks at a list or map of which everything was seen. A map like {file: PATH} names a secret and holds
  /// none: it may be shown.
  void close(node& container);
  /// Hides in the file what was found.
  /// @param complete  false: reading has stopped somewhere, and of the rest only the looks are known
  void finish(bool complete);

 private:
  struct seen {
    node* what;
    std::size_t offset;
  };

  bool is_secret(const node& n, const node* key) const;
  void show(const node& container);

  source_file& file_;
  std::vector<seen> seen_;
};

}  // namespace mqcoap
