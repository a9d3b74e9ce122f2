#include "json_mutator.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/settings/source_file.hpp>
#include <random>

namespace mqcoap::fuzz {
namespace {

namespace json = boost::json;

constexpr std::size_t deepest_document = 64;
constexpr std::size_t longest_string = 300;

/// Applies several changes to one document.
class json_mutation {
 public:
  json_mutation(const json_shape& shape, std::uint32_t random, byte_mutator bytes)
      : shape_(shape), random_(random), bytes_(bytes) {}

  std::string apply(std::string_view document) {
    json::value root = read(document);
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) change(root);
    return json::serialize(root);
  }

 private:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  template <class List>
  auto& any_of(List& list) {
    return list[below(std::size(list))];
  }

  static json::value parse(std::string_view text) {
    json::parse_options rules;
    rules.max_depth = deepest_document;
    error_code ec;
    return json::parse(text, ec, {}, rules);
  }
  json::value read(std::string_view document) const {
    auto root = parse(document);
    return root.is_object() ? root : parse(shape_.start);
  }

  void change(json::value& root) {
    switch (below(8)) {
      case 0:
      case 1:
      case 2: return set_member(members_of(root));
      case 3: return leave_out(members_of(root));
      case 4: return change_bytes(root);
      case 5: return change_body(root.get_object());
      case 6: return change_number(root);
      default: return move_value(root);
    }
  }

  /// Returns the object that has the members of the shape; creates it if it is missing.
  json::object& members_of(json::value& root) {
    if (!shape_.container.empty()) {
      auto& found = root.get_object()[shape_.container];
      if (!found.is_object()) found = json::object();
      if (below(8) > 0 || shape_.bodies.empty()) return nested(found);
    }
    return root.get_object();
  }
  /// Returns an object within an object, mostly the outer one.
  json::object& nested(json::value& outer) {
    std::vector<json::object*> objects;
    for (auto* v : values_of(outer))
      if (v->is_object()) objects.push_back(&v->get_object());
    return below(2) == 0 ? *objects.front() : *any_of(objects);
  }

  void set_member(json::object& into) {
    const auto& member = any_of(shape_.members);
    into[member.name] = parse(any_of(member.values));
  }
  void leave_out(json::object& from) {
    if (!from.empty()) from.erase(from.begin() + static_cast<std::ptrdiff_t>(below(from.size())));
  }
  void change_body(json::object& root) {
    if (root.empty()) return;
    auto* const member = root.begin() + static_cast<std::ptrdiff_t>(below(root.size()));
    if (member->key() != shape_.container) member->value() = parse(any_of(shape_.bodies));
  }

  /// Returns all values of a document, beginning with the outermost.
  static std::vector<json::value*> values_of(json::value& root) {
    std::vector<json::value*> all{&root};
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (auto* array = all[i]->if_array())
        for (auto& item : *array) all.push_back(&item);
      if (auto* object = all[i]->if_object())
        for (auto& member : *object) all.push_back(&member.value());
    }
    return all;
  }

  void change_bytes(json::value& root) {
    std::vector<json::string*> strings;
    for (auto* v : values_of(root))
      if (v->is_string()) strings.push_back(&v->get_string());
    if (strings.empty()) return;
    auto& chosen = *any_of(strings);
    std::vector<std::uint8_t> buffer(chosen.begin(), chosen.end());
    const auto size = buffer.size();
    buffer.resize(std::max(longest_string, size));
    buffer.resize(bytes_(buffer.data(), size, buffer.size()));
    const std::string changed(buffer.begin(), buffer.end());
    std::size_t bad_at = 0;
    if (is_utf8(changed, bad_at)) chosen = changed;
  }

  void change_number(json::value& root) {
    static constexpr std::string_view numbers[] = {"0",
                                                   "-1",
                                                   "1",
                                                   "255",
                                                   "256",
                                                   "65536",
                                                   "4294967296",
                                                   "9223372036854775807",
                                                   "-9223372036854775808",
                                                   "1e15",
                                                   "0.1",
                                                   "-0.0",
                                                   "1e308",
                                                   "5e-324",
                                                   "18446744073709551615",
                                                   "18446744073709551616",
                                                   "1.5",
                                                   "300"};
    std::vector<json::value*> found;
    for (auto* v : values_of(root))
      if (v->is_number()) found.push_back(v);
    if (!found.empty()) *any_of(found) = parse(any_of(numbers));
  }

  /// Replaces a value with a copy of another one, or appends the copy to an array.
  void move_value(json::value& root) {
    if (json::serialize(root).size() > 2000) return;
    auto all = values_of(root);
    json::value copy = *any_of(all);
    auto& target = *any_of(all);
    if (&target == &root) return;
    if (auto* array = target.if_array())
      array->push_back(std::move(copy));
    else
      target = std::move(copy);
  }

  const json_shape& shape_;
  std::minstd_rand random_;
  byte_mutator bytes_;
};

std::vector<json_shape::member> header_members() {
  return {
      {"method",
       {R"("GET")", R"("PUT")", R"("post")", "1", "4", "0", "5", R"("PATCH")", "null", "1.0", "[]"}},
      {"response_code",
       {"205", "201", "404", "504", "299", "418", "599", "600", R"("205")", "null", "205.0", "-1"}},
      {"path",
       {R"("gains")", R"("/gains")", R"("resources/0")", R"(".well-known/core")", R"("")", R"("a//b")",
        R"("../x")", R"("a\u0000b")", R"("a\u00e4\u2028")", "null", "5"}},
      {"request_id",
       {R"("16fd2706-8baf-433b-82eb-8c7fada847da")", R"("16FD27068BAF433B82EB8C7FADA847DA")", R"("7")",
        R"("-")", R"("")", "null", "7"}},
      {"correlation_id", {R"("0123456789abcdef0123456789ABCDEF")", R"("c-1")", R"("")", "null", "{}"}},
      {"token", {R"("secret")", R"("")", R"("a\u0000")", "null", "1"}},
      {"source", {R"("desk-7")", R"("")", R"("\u001b[2J\u202e")", "null", "false"}},
      {"location", {R"("items/7")", R"("")", "null", "1"}},
      {"proxy_uri", {R"("2D_XX_0_9999/axuv/gains")", R"("/A/b/c")", R"("A/b")", R"("")", "null", "[]"}},
      {"timeout_ms", {"1", "5000", "86400000", "86400001", "0", "-1", "1.0", R"("5")", "null"}},
      {"hops", {"0", "8", "255", "256", "-1", "null", R"("8")"}},
      {"etag", {R"("v1")", R"("")", "null", "1", R"("\"")"}},
      {"if_match", {R"("v1")", R"("")", "null", "true"}},
      {"if_none_match", {"true", "false", R"("v1")", R"("")", "null"}},
      {"accept", {R"("application/json")", R"("application/link-format")", R"("")", "null", "1"}},
      {"content_format", {R"("text/plain")", R"("")", "null", "50"}},
      {"max_age", {"0", "60", "4294967295", "4294967296", "-1", "null", R"("60")"}},
      {"critical",
       {R"(["etag","hops"])", "[]", R"(["other"])", R"(["\u001b[2J\n"])", R"("etag")", "[1]", "null"}},
      {"traceparent", {R"("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")", R"("")", "null"}},
      {"x", {"1", R"({"a":[1,2]})", R"("text")", "null", "1.5e3"}},
      {"x\"\\\n", {"[]", R"("\ud83d\ude00")"}},
  };
}

std::vector<std::string_view> bodies() {
  return {"null",
          "5",
          "-0.5",
          "1e308",
          R"("text")",
          R"("\u0000\u202e\"")",
          "[]",
          "[0,1,2.5]",
          "{}",
          R"({"a":{"b":[true,null]}})",
          R"({"state":"ONLINE","last_updated":"1745534869619"})",
          "9223372036854775808",
          R"("1745534869619")",
          "1745534869619",
          R"("12x")",
          "[[[[[[]]]]]]"};
}

}  // namespace

const json_shape& request_shape() {
  static const json_shape shape{
      R"({"header":{"method":"GET","path":"gains","request_id":"16fd2706-8baf-433b-82eb-8c7fada847da"},)"
      R"("body":null,"timestamp":"1745534869619"})",
      "header", header_members(), bodies()};
  return shape;
}

const json_shape& response_shape() {
  static const json_shape shape{
      R"({"header":{"response_code":205,"path":"gains","request_id":"16fd2706-8baf-433b-82eb-8c7fada847da"},)"
      R"("body":[0,1],"timestamp":"1745534869619"})",
      "header", header_members(), bodies()};
  return shape;
}

const json_shape& general_shape() {
  static const json_shape shape{R"({"body":{"state":"ONLINE"},"timestamp":"1745534869619"})", "header",
                                header_members(), bodies()};
  return shape;
}

const json_shape& schema_shape() {
  static const json_shape shape{
      R"({"schema":{"type":"integer","minimum":0},"value":5})",
      "schema",
      {
          {"type",
           {R"("object")", R"("array")", R"("number")", R"("integer")", R"("string")",
            R"(["null","boolean"])", R"("int")", "[]", "1"}},
          {"enum", {"[1,2]", R"(["a",null,{"b":1}])", "[]", "1"}},
          {"const", {"1", "1.0", R"("a")", "[1,{}]", "null"}},
          {"minimum", {"0", "-1.5", "1e308", "9007199254740993", R"("0")"}},
          {"maximum", {"10", "0.1", "18446744073709551615", "null"}},
          {"exclusiveMinimum", {"0", "1"}},
          {"exclusiveMaximum", {"10", "1"}},
          {"multipleOf", {"1", "0.1", "0.001", "1e-300", "3", "0", "1e300", "0.30000000000000004"}},
          {"minLength", {"0", "3", "1.0", "-1", "1e30"}},
          {"maxLength", {"3", "0"}},
          {"pattern", {R"("^a+$")", R"("[0-9]{2,3}")", R"("(")", R"("\\p{L}")", R"("(a*)*b")", "1"}},
          {"items", {R"({"type":"integer"})", "true", "false", "[]"}},
          {"minItems", {"1", "2.0"}},
          {"maxItems", {"1", "3"}},
          {"uniqueItems", {"true", "false", "1"}},
          {"properties", {R"({"a":{"type":"string"},"b":true})", "{}", "[]"}},
          {"required", {R"(["a"])", "[]", "[1]", R"("a")"}},
          {"additionalProperties", {"false", R"({"maximum":3})"}},
          {"minProperties", {"1"}},
          {"maxProperties", {"1", "0"}},
          {"allOf", {R"([{"minimum":1},{"maximum":5}])", "[]"}},
          {"anyOf", {R"([{"type":"string"},{"minimum":5}])", "[false]"}},
          {"oneOf", {R"([{"type":"integer"},{"minimum":2}])", "[true,true]"}},
          {"not", {R"({"type":"null"})", "true", "{}"}},
          {"$schema", {R"("https://json-schema.org/draft/2020-12/schema")", R"("x")"}},
          {"$id", {R"("https://example.org/a")", R"("#a")"}},
          {"title", {R"("words")"}},
          {"minimun", {"1"}},
      },
      {"null", "5", "5.0", "-1", "0.3", "1e308", R"("aab")", R"("\ud83d\ude00")", "[]", "[1,1.0,2]", "{}",
       R"({"a":"x","b":1,"c":[]})", "9007199254740993", "true"}};
  return shape;
}

std::string mutate_json(const json_shape& shape, std::string_view document, std::uint32_t random,
                        byte_mutator bytes) {
  return json_mutation(shape, random, bytes).apply(document);
}

}  // namespace mqcoap::fuzz
