#include <mqcoap/schema/json_compare.hpp>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {
namespace {

namespace json = boost::json;

template <class A, class B>
std::weak_ordering compare_integers(A a, B b) noexcept {
  if (std::cmp_less(a, b)) return std::weak_ordering::less;
  return std::cmp_equal(a, b) ? std::weak_ordering::equivalent : std::weak_ordering::greater;
}

std::weak_ordering compare_doubles(double a, double b) noexcept {
  if (a < b) return std::weak_ordering::less;
  return a > b ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

/// Truncates the double to an integer, because rounding the integer to a double would lose digits.
template <class Integer>
std::weak_ordering compare_mixed(Integer a, double b) noexcept {
  if (b >= 0x1p64) return std::weak_ordering::less;
  if (b < -0x1p63) return std::weak_ordering::greater;
  const double whole = std::trunc(b);
  const auto order = whole < 0 ? compare_integers(a, static_cast<std::int64_t>(whole))
                               : compare_integers(a, static_cast<std::uint64_t>(whole));
  return order != 0 ? order : compare_doubles(whole, b);
}

/// Calls `f` with the number in its stored type.
template <class F>
auto with_number(const json::value& v, F f) noexcept {
  if (v.is_int64()) return f(v.get_int64());
  if (v.is_uint64()) return f(v.get_uint64());
  return f(v.get_double());
}

struct number_order {
  std::weak_ordering operator()(double a, double b) const noexcept { return compare_doubles(a, b); }
  template <class A>
  std::weak_ordering operator()(A a, double b) const noexcept {
    return compare_mixed(a, b);
  }
  template <class B>
  std::weak_ordering operator()(double a, B b) const noexcept {
    return 0 <=> compare_mixed(b, a);
  }
  template <class A, class B>
  std::weak_ordering operator()(A a, B b) const noexcept {
    return compare_integers(a, b);
  }
};

int rank(const json::value& v) noexcept {
  switch (v.kind()) {
    case json::kind::null: return 0;
    case json::kind::bool_: return 1;
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: return 2;
    case json::kind::string: return 3;
    case json::kind::array: return 4;
    case json::kind::object: return 5;
  }
  return 6;
}

std::weak_ordering compare_arrays(const json::array& a, const json::array& b) {
  const std::size_t shared = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < shared; ++i)
    if (const auto order = compare_json(a[i], b[i]); order != 0) return order;
  return a.size() <=> b.size();
}

std::vector<const json::key_value_pair*> sorted_members(const json::object& o) {
  std::vector<const json::key_value_pair*> members;
  members.reserve(o.size());
  for (const auto& member : o) members.push_back(&member);
  std::sort(members.begin(), members.end(), [](auto* x, auto* y) { return x->key() < y->key(); });
  return members;
}

std::weak_ordering compare_objects(const json::object& a, const json::object& b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  const auto as = sorted_members(a), bs = sorted_members(b);
  for (std::size_t i = 0; i < as.size(); ++i) {
    if (const int order = as[i]->key().compare(bs[i]->key()); order != 0) return order <=> 0;
    if (const auto order = compare_json(as[i]->value(), bs[i]->value()); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

std::weak_ordering compare_numbers(const json::value& a, const json::value& b) noexcept {
  return with_number(a, [&](auto x) { return with_number(b, [&](auto y) { return number_order{}(x, y); }); });
}

std::weak_ordering compare_json(const json::value& a, const json::value& b) {
  if (const auto order = rank(a) <=> rank(b); order != 0) return order;
  switch (a.kind()) {
    case json::kind::null: return std::weak_ordering::equivalent;
    case json::kind::bool_: return a.get_bool() <=> b.get_bool();
    case json::kind::string: return a.get_string().compare(b.get_string()) <=> 0;
    case json::kind::array: return compare_arrays(a.get_array(), b.get_array());
    case json::kind::object: return compare_objects(a.get_object(), b.get_object());
    default: return compare_numbers(a, b);
  }
}

}  // namespace mqcoap
