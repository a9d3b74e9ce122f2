#pragma once

#include <memory>
#include <mqcoap/config/yaml_reader.hpp>
#include <mqcoap/settings/node.hpp>
#include <mqcoap/settings/report.hpp>
#include <string>
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
  const node* read(const std::string& path, when_empty empty);
  void include(const node& patterns);
  void include_file(const std::string& path, const node& pattern);
  void merge(const node& added);
  void merge_section(const node& added);

  report& faults_;
  std::string folder_;
  std::vector<std::unique_ptr<source_file>> files_;
  node_arena arena_;
  node* root_ = nullptr;
};

}  // namespace mqcoap::config
