#pragma once

#include <cstdint>
#include <mqcoap/settings/node.hpp>
#include <mqcoap/settings/report.hpp>
#include <mqcoap/settings/value_type.hpp>
#include <string>
#include <unordered_map>

namespace mqcoap::config {

/// How a file that contains only comments is treated.
enum class when_empty : std::uint8_t { is_fault, is_nothing };

/// Reads the single YAML document of a file into a tree. Rejects what YAML allows but a configuration must
/// not contain: duplicate keys, anchors, aliases, merge keys, tags, keys that are not text, further
/// documents. Marks possible secrets as hidden, in the tree and in the file.
/// @return the root; null if there is none; then the error is in the report, unless an empty
///   file is allowed
const node* read_yaml(source_file& file, node_arena& arena, report& faults,
                      when_empty empty = when_empty::is_fault);

/// Reads a default of a field table, e.g. `4s` or `[GET]`. Its nodes do not belong to a file.
const node* read_default(const std::string& text, node_arena& arena);

/// Reads the defaults of field tables as YAML.
class yaml_defaults final : public default_reader {
 public:
  const node& read(const std::string& text) override;

 private:
  node_arena arena_;
  std::unordered_map<std::string, const node*> known_;
};

}  // namespace mqcoap::config
