#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::store {

/// The parameters of a statement, in PostgreSQL's binary format: a text is sent unchanged,
/// whatever it contains.
class pg_parameters {
 public:
  pg_parameters& add(std::string_view text);
  pg_parameters& add(std::int64_t number);
  pg_parameters& add(const std::vector<std::int64_t>& numbers);
  pg_parameters& add(const std::vector<std::string_view>& texts);
  /// @param texts  none: NULL
  pg_parameters& add(const std::vector<std::optional<std::string_view>>& texts);

  const std::vector<std::string>& values() const noexcept { return values_; }

 private:
  std::vector<std::string> values_;
};

}  // namespace mqcoap::store
