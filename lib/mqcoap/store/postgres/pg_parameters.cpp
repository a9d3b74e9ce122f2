#include <mqcoap/store/postgres/pg_parameters.hpp>

#include <cstddef>

namespace mqcoap::store {
namespace {

// The object ids of built-in types, which never change (pg_type.dat).
constexpr std::uint32_t bigint_type = 20;
constexpr std::uint32_t text_type = 25;

template <class Number>
void append_number(std::string& to, Number number) {
  const auto bits = static_cast<std::uint64_t>(number);
  for (std::size_t i = sizeof number; i-- > 0;) to += static_cast<char>((bits >> (8 * i)) & 0xFF);
}

/// Returns the header of an array: number of dimensions, whether there are NULLs, element type; then length
/// and first index of its only dimension.
std::string array_header(std::size_t length, std::uint32_t type, bool has_null) {
  std::string made;
  append_number(made, std::int32_t{length == 0 ? 0 : 1});
  append_number(made, std::int32_t{has_null});
  append_number(made, type);
  if (length == 0) return made;
  append_number(made, static_cast<std::int32_t>(length));
  append_number(made, std::int32_t{1});
  return made;
}

void append_text(std::string& to, std::string_view text) {
  append_number(to, static_cast<std::int32_t>(text.size()));
  to += text;
}

}  // namespace

pg_parameters& pg_parameters::add(std::string_view text) {
  values_.emplace_back(text);
  return *this;
}

pg_parameters& pg_parameters::add(std::int64_t number) {
  append_number(values_.emplace_back(), number);
  return *this;
}

pg_parameters& pg_parameters::add(const std::vector<std::int64_t>& numbers) {
  auto made = array_header(numbers.size(), bigint_type, false);
  for (const auto each : numbers) {
    append_number(made, std::int32_t{sizeof each});
    append_number(made, each);
  }
  values_.push_back(std::move(made));
  return *this;
}

pg_parameters& pg_parameters::add(const std::vector<std::string_view>& texts) {
  auto made = array_header(texts.size(), text_type, false);
  for (const auto each : texts) append_text(made, each);
  values_.push_back(std::move(made));
  return *this;
}

pg_parameters& pg_parameters::add(const std::vector<std::optional<std::string_view>>& texts) {
  auto made = array_header(texts.size(), text_type, true);
  for (const auto& each : texts) {
    if (each)
      append_text(made, *each);
    else
      append_number(made, std::int32_t{-1});
  }
  values_.push_back(std::move(made));
  return *this;
}

}  // namespace mqcoap::store
