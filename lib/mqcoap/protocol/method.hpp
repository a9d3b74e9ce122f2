#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// The method of a request; the numbers are those of the wire format (docs/protocol.md, "Payloads"; RFC 7252
/// section 5.8).
enum class method : std::uint8_t { get = 1, post = 2, put = 3, del = 4 };

inline constexpr std::array all_methods{method::get, method::post, method::put, method::del};

/// Returns `GET`, `POST`, `PUT` or `DELETE`.
std::string_view to_string(method m) noexcept;

/// Parses a name, ignoring case.
std::optional<method> parse_method(std::string_view name) noexcept;

/// A set of methods.
class method_set {
 public:
  constexpr method_set() = default;
  constexpr method_set(std::initializer_list<method> methods) {
    for (method m : methods) insert(m);
  }
  static constexpr method_set all() { return {method::get, method::post, method::put, method::del}; }

  constexpr void insert(method m) noexcept { bits_ |= bit(m); }
  constexpr bool contains(method m) const noexcept { return (bits_ & bit(m)) != 0; }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  friend constexpr bool operator==(method_set, method_set) = default;

 private:
  static constexpr std::uint8_t bit(method m) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(m));
  }
  std::uint8_t bits_ = 0;
};

/// Returns the names in wire order, joined by a separator: `GET, PUT`.
std::string to_string(method_set methods, std::string_view separator = ", ");

}  // namespace mqcoap
