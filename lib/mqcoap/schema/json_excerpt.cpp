#include <mqcoap/schema/json_excerpt.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <mqcoap/base/utf8.hpp>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/json/json_text.hpp>

namespace mqcoap {
namespace {

namespace json = boost::json;

/// Appends the value, or its beginning up to a little over the limit, so that the remainder
/// is not serialised.
void append(std::string& out, const json::value& v, std::size_t limit) {
  if (out.size() > limit) return;
  const char* separator = "";
  switch (v.kind()) {
    case json::kind::double_: out += number_text(v.get_double()); break;
    case json::kind::string:
      append_json_string(out, std::string_view(v.get_string()).substr(0, limit + 1));
      break;
    case json::kind::array:
      out += '[';
      for (const auto& item : v.get_array()) {
        append(out.append(separator), item, limit);
        if (out.size() > limit) return;
        separator = ",";
      }
      out += ']';
      break;
    case json::kind::object:
      out += '{';
      for (const auto& member : v.get_object()) {
        append_json_string(out.append(separator), member.key());
        append(out.append(":"), member.value(), limit);
        if (out.size() > limit) return;
        separator = ",";
      }
      out += '}';
      break;
    default: out += json::serialize(v);
  }
}

}  // namespace

std::string excerpt(const json::value& value, std::size_t limit) {
  std::string text;
  append(text, value, limit);
  return excerpt(text, limit);
}

std::string excerpt(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  return std::string(cut_utf8(text, limit)) + "...";
}

}  // namespace mqcoap
