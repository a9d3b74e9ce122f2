#include <mqcoap/json/json_tree.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cstdint>
#include <limits>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/json/json_number.hpp>
#include <set>
#include <utility>
#include <vector>

namespace mqcoap {
namespace {

namespace json = boost::json;

constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

/// Events that both handlers accept without action.
struct handler_base {
  static constexpr std::size_t max_object_size = no_limit;
  static constexpr std::size_t max_array_size = no_limit;
  static constexpr std::size_t max_key_size = no_limit;
  static constexpr std::size_t max_string_size = no_limit;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }
};

/// Builds a value like Boost's own parser, except for doubles.
class building_handler : public handler_base {
 public:
  building_handler() { stack_.reset(); }
  json::value take() { return stack_.release(); }

  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t members, error_code&) {
    stack_.push_object(members);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t items, error_code&) {
    stack_.push_array(items);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view rest, std::size_t, error_code&) {
    stack_.push_key(rest);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view rest, std::size_t, error_code&) {
    stack_.push_string(rest);
    return true;
  }
  bool on_number_part(json::string_view part, error_code&) {
    begun_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t number, json::string_view, error_code&) {
    begun_.clear();
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, error_code&) {
    begun_.clear();
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double approximate, json::string_view text, error_code&) {
    if (begun_.empty()) {
      stack_.push_double(read_json_number(text).value_or(approximate));
      return true;
    }
    begun_.append(text.data(), text.size());
    stack_.push_double(read_json_number(begun_).value_or(approximate));
    begun_.clear();
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    return true;
  }

 private:
  json::value_stack stack_;
  std::string begun_;  ///< text of a number that arrives in parts
};

/// Records the first duplicate key and its object, and stops there.
class key_handler : public handler_base {
 public:
  std::optional<duplicate_key> take() { return std::move(found_); }

  bool on_object_begin(error_code&) { return open(true); }
  bool on_object_end(std::size_t, error_code&) { return close(); }
  bool on_array_begin(error_code&) { return open(false); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view rest, std::size_t, error_code& ec) {
    key_.append(rest.data(), rest.size());
    auto& top = containers_.back();
    const auto [at, is_new] = top.keys.insert(std::exchange(key_, {}));
    top.current = &*at;
    if (is_new) return true;
    found_ = duplicate_key{pointer(), *at};
    ec = json::error::syntax;  // any error ends the pass
    return false;
  }
  bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, error_code&) { return step(); }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, error_code&) { return step(); }
  bool on_uint64(std::uint64_t, json::string_view, error_code&) { return step(); }
  bool on_double(double, json::string_view, error_code&) { return step(); }
  bool on_bool(bool, error_code&) { return step(); }
  bool on_null(error_code&) { return step(); }

 private:
  struct container {
    bool is_object;
    std::size_t index = 0;                 ///< index of the next item of an array
    std::set<std::string> keys;            ///< keys of an object so far
    const std::string* current = nullptr;  ///< the key of the next value
  };

  bool open(bool is_object) {
    containers_.push_back({is_object, 0, {}, nullptr});
    return true;
  }
  bool close() {
    containers_.pop_back();
    return step();
  }
  /// Records the end of a value.
  bool step() {
    if (!containers_.empty()) ++containers_.back().index;
    return true;
  }
  /// Returns the pointer to the innermost container.
  std::string pointer() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < containers_.size(); ++i)
      append_pointer(
          path, containers_[i].is_object ? *containers_[i].current : std::to_string(containers_[i].index));
    return path;
  }

  std::vector<container> containers_;
  std::string key_;
  std::optional<duplicate_key> found_;
};

/// Parses validated text with a handler, and returns the handler's result.
template <class Handler>
auto walk(std::string_view validated) {
  json::parse_options rules;
  rules.max_depth = no_limit;  // the depth was checked when the text was validated
  json::basic_parser<Handler> parser(rules);
  error_code ec;
  parser.write_some(false, validated.data(), validated.size(), ec);
  return parser.handler().take();
}

}  // namespace

json::value build_json(std::string_view validated) { return walk<building_handler>(validated); }

std::optional<duplicate_key> find_duplicate_key(std::string_view validated) {
  if (validated.find('{') == std::string_view::npos) return std::nullopt;
  return walk<key_handler>(validated);
}

void append_pointer(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (char c : token) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
}

}  // namespace mqcoap
