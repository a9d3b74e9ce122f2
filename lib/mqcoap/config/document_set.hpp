#pragma once

#include <sys/types.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <memory>
#include <mqcoap/config/yaml_reader.hpp>
#include <mqcoap/settings/node.hpp>
#include <mqcoap/settings/report.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap::config {

/// The main file and its included files, merged into one tree. The files stay in memory during the lifetime
/// of this object.
class document_set {
 public:
  /// Reads all files. Unreadable files are reported and skipped.
  document_set(const std::string& path, report& faults);

  /// Returns the keys of the main file and those that the others add; null if the main file has none.
  const node* root() const noexcept { return root_; }
  std::vector<std::string> files() const;

 private:
  using file_identity = std::pair<dev_t, ino_t>;
  /// The keys of a map that grows, with the indexes of their values.
  struct key_index {
    boost::unordered_flat_map<std::string_view, std::size_t> places;
    std::size_t read = 0;  ///< the number of values that are indexed
  };

  const node* read(const std::string& path, when_empty empty);
  void include(const node& patterns);
  void include_file(const std::string& path, const node& pattern);
  void merge(const node& added);
  void merge_section(const node& added);
  /// Returns the place of a value among those of a map; null if there is none with this key.
  const node** find_slot(node& map, std::string_view name);

  report& faults_;
  std::string folder_;
  std::vector<std::unique_ptr<source_file>> files_;
  node_arena arena_;
  node* root_ = nullptr;
  file_identity main_{};
  std::set<file_identity> included_;
  boost::unordered_flat_map<const node*, key_index> keys_;
};

}  // namespace mqcoap::config
