#pragma once

#include <mqcoap/settings/node.hpp>
#include <mqcoap/settings/source_file.hpp>
#include <set>
#include <vector>

namespace mqcoap::config {

/// Finds possible secrets while a file is read: marks their nodes as hidden, and hides their text in the
/// file, up to the next visible node. It uses the names of keys, because errors are reported before the field
/// tables are used, and a misspelt name is in no table.
class secret_marker {
 public:
  explicit secret_marker(source_file& file) noexcept : file_(file) {}

  /// Handles the next key or value, in the order of the file. Its container is already in the tree.
  /// @param offset  its beginning in bytes
  /// @param key     its key; null for a key, an item of a list and the root
  void see(node& n, std::size_t offset, const node* key);
  /// Handles the end of a list or map. A map like {file: PATH} refers to a secret but does not contain it, so
  /// it may be shown. The names in a map of secrets may be shown as well.
  void close(node& container);
  /// Hides the parts that were found in the file.
  /// @param complete  false: reading has stopped early, and the remaining text is hidden by its appearance
  void finish(bool complete);

 private:
  struct seen {
    node* what;
    std::size_t offset;
  };

  bool is_secret(const node& n, const node* key) const;
  void show(const node& container);
  void show_names(const node& map);

  source_file& file_;
  /// Maps that contain a secret without a value, followed by a key that is not in any field table: similar
  /// keys after it, as below `headers:`, are also in the wrong column.
  std::set<const node*> gaps_;
  std::vector<seen> seen_;
};

}  // namespace mqcoap::config
