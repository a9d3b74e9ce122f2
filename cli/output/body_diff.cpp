#include "output/body_diff.hpp"

#include <algorithm>
#include <boost/json/value.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/schema/json_compare.hpp>

#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_excerpt = 60;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

class comparison {
 public:
  explicit comparison(const std::vector<json_place>& ignored) : ignored_(ignored) {}

  /// @param was, is  null if the value is missing
  std::optional<body_difference> run(const json::value* was, const json::value* is) {
    if (is_ignored()) return std::nullopt;
    if (was != nullptr && is != nullptr) {
      if (was->is_object() && is->is_object()) return members(was->get_object(), is->get_object());
      if (was->is_array() && is->is_array()) return items(was->get_array(), is->get_array());
      if (equal_json(*was, *is)) return std::nullopt;
    }
    return body_difference{pointer(), text_of(was), text_of(is)};
  }

 private:
  static std::optional<json_text> text_of(const json::value* v) {
    return v == nullptr ? std::nullopt : std::optional(json_text::from_value(*v));
  }

  bool is_ignored() const {
    return std::any_of(ignored_.begin(), ignored_.end(), [this](const json_place& place) {
      return std::equal(place.begin(), place.end(), here_.begin(), here_.end(),
                        [](const auto& wanted, const auto& name) { return wanted == "*" || wanted == name; });
    });
  }

  std::string pointer() const {
    std::string out;
    for (const auto& name : here_) out += '/' + replaced(replaced(name, "~", "~0"), "/", "~1");
    return out;
  }

  std::optional<body_difference> at(std::string name, const json::value* was, const json::value* is) {
    here_.push_back(std::move(name));
    auto found = run(was, is);
    here_.pop_back();
    return found;
  }

  std::optional<body_difference> members(const json::object& was, const json::object& is) {
    for (const auto& [name, value] : was)
      if (auto found = at({name.data(), name.size()}, &value, is.if_contains(name))) return found;
    for (const auto& [name, value] : is)
      if (!was.contains(name))
        if (auto found = at({name.data(), name.size()}, nullptr, &value)) return found;
    return std::nullopt;
  }

  std::optional<body_difference> items(const json::array& was, const json::array& is) {
    for (std::size_t i = 0; i < std::max(was.size(), is.size()); ++i)
      if (auto found =
              at(std::to_string(i), i < was.size() ? &was[i] : nullptr, i < is.size() ? &is[i] : nullptr))
        return found;
    return std::nullopt;
  }

  const std::vector<json_place>& ignored_;
  json_place here_;
};

std::string excerpt(const std::optional<json_text>& value) {
  return value ? log_safe(safe_json(value->text()), longest_excerpt) : "nothing";
}

}  // namespace

json_place parse_place(const std::string& text) {
  json_place place;
  if (text.empty()) return place;
  if (text.front() != '/')
    throw usage_failure("--ignore: '" + text + "' is not a JSON pointer, which begins with a slash",
                        "--ignore /" + text + "; `*` stands for every item: '/samples/*/time'");
  for (std::size_t begin = 1; begin <= text.size();) {
    const auto end = std::min(text.find('/', begin), text.size());
    place.push_back(replaced(replaced(text.substr(begin, end - begin), "~1", "/"), "~0", "~"));
    begin = end + 1;
  }
  return place;
}

std::optional<body_difference> first_difference(const json_text& was, const json_text& is,
                                                const std::vector<json_place>& ignored) {
  if (was == is) return std::nullopt;
  const auto before = was.value();
  const auto now = is.value();
  return comparison(ignored).run(&before, &now);
}

std::string to_text(const body_difference& d) {
  return (d.at.empty() ? "" : "at " + safe_text(d.at) + ": ") + excerpt(d.was) + ", now " + excerpt(d.is);
}

}  // namespace mqcoap::cli
