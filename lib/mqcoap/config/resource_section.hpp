#pragma once

#include <cstddef>
#include <mqcoap/config/spec.hpp>
#include <string>
#include <vector>

namespace mqcoap::config {

/// The table of a resource: the keys that name the kinds, their further keys, and those that every resource
/// may have.
class resource_table final : public section_info {
 public:
  explicit resource_table(const std::vector<const kind_module*>& kinds);

  /// Returns the keys without errors.
  std::optional<resource_spec> read(const node& n, read_context& ctx) const;

 private:
  using found_nodes = std::vector<const node*>;

  void add_keys_beside();
  std::vector<std::string> keys_beside(const node& n) const;
  void read_kind(std::size_t which, const found_nodes& found, read_context& ctx, resource_spec& into) const;
  void read_rest(const found_nodes& found, read_context& ctx, resource_spec& into) const;

  const std::vector<const kind_module*> kinds_;   ///< their keys are the first fields
  std::vector<key_beside> beside_;                ///< the next fields
  std::vector<table_row<resource_spec>> common_;  ///< the last fields
};

const resource_table& resource_section();

}  // namespace mqcoap::config
