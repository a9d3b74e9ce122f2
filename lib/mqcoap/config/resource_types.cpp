#include <mqcoap/config/resource_types.hpp>

#include <algorithm>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/scalar.hpp>

namespace mqcoap {
namespace {

constexpr std::string_view kind_names[] = {"value", "collection", "action", "reply", "signal", "proxy"};
constexpr char path_words[] = "a path like gains or supply/voltage";

std::optional<std::string> read_path(const node& n, read_context& ctx, bool subtree_allowed) {
  auto path = resource_path::parse(n.text, longest_path);
  if (!path) {
    ctx.faults.error(n, "expected " + std::string(path_words) + ", found '" + n.text + '\'',
                     "no empty segment, no '.' or '..', no control characters");
    return std::nullopt;
  }
  std::string_view fixed = path->key();
  if (subtree_allowed && (fixed == "**" || fixed.ends_with("/**"))) fixed.remove_suffix(2);
  if (fixed.find('*') == std::string_view::npos) return std::string(path->key());
  ctx.faults.error(n, "a '*' that cannot stand in the path '" + n.text + '\'',
                   subtree_allowed ? "only a last segment may be '**'" : "an action names single values");
  return std::nullopt;
}

value_type<std::string> path_type(std::string pattern, bool subtree_allowed) {
  return {path_words, string_schema(std::move(pattern)),
          [subtree_allowed](const node& n, read_context& ctx) { return read_path(n, ctx, subtree_allowed); }};
}

value_type<response_code> answer_code() {
  boost::json::array codes;
  for (auto code : all_response_codes) codes.emplace_back(to_int(code));
  const std::string words = "a response code of the protocol, 201 to 505";
  return {
      words, {{"enum", codes}}, [words](const node& n, read_context& ctx) -> std::optional<response_code> {
        if (const auto number = to_int64(n))
          if (const auto code = to_response_code(*number)) return code;
        mismatch(n, words, ctx, "e.g. 205, 404 or 503");
        return std::nullopt;
      }};
}

bool is_long_form(const node& n) {
  return n.is_map() && !n.entries.empty() &&
         std::all_of(n.entries.begin(), n.entries.end(),
                     [](const node::entry& e) { return e.key->text == "code" || e.key->text == "body"; });
}

std::optional<reply_options> read_reply(const node& n, read_context& ctx) {
  reply_options reply;
  const node* body = &n;
  if (is_long_form(n)) {
    body = n.find("body");
    if (const node* code = n.find("code")) {
      const auto read = answer_code().read(*code, ctx);
      if (!read) return std::nullopt;
      reply.code = *read;
    }
  }
  if (body != nullptr) {
    auto json = to_json(*body, ctx.faults);
    if (!json) return std::nullopt;
    reply.body = *std::move(json);
  }
  if (is_error(reply.code) && (!reply.body.is_string() || reply.body.text() == "\"\"")) {
    ctx.faults.error(body != nullptr ? *body : n, "an answer of 400 and above needs words in its body",
                     "{code: " + std::to_string(to_int(reply.code)) + ", body: \"what is wrong\"}");
    return std::nullopt;
  }
  return reply;
}

std::optional<mount_options> read_mount(const std::string& text, const node& n, read_context& ctx) {
  const bool has_path = std::count(text.begin(), text.end(), '/') > 1;
  auto to = address::parse(has_path ? text : text + "/x", longest_path);
  const bool has_wildcard = text.find('*') != std::string::npos;
  if (to && !has_wildcard)
    return mount_options{to->tag, to->subsystem, has_path ? std::string(to->path.key()) : std::string()};
  mismatch(n, "TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH", ctx,
           has_wildcard ? "what '**' stood for is added by itself" : "");
  return std::nullopt;
}

}  // namespace

bool is_kind_name(std::string_view key) noexcept {
  return std::find(std::begin(kind_names), std::end(kind_names), key) != std::end(kind_names);
}

value_type<std::string> resource_key() { return path_type(R"(^/?[^*]*(\*\*)?$)", true); }
value_type<std::string> value_path() { return path_type(R"(^[^*]+$)", false); }

value_type<reply_options> fixed_reply() {
  boost::json::object long_form{{"properties", {{"code", answer_code().schema}}}};
  return {"any JSON value, or {code: CODE, body: VALUE}", long_form, read_reply};
}

value_type<std::string> signal_expression() {
  const std::string words = "an expression like 3 + 0.5*sin(2*pi*0.2*t)";
  return refine(text(words), words, string_schema(),
                [](std::string expression, const node& n, read_context& ctx) -> std::optional<std::string> {
                  const auto why = signal_resource::check(expression);
                  if (why) {
                    ctx.faults.error(n, "the expression cannot be used: " + *why);
                    return std::nullopt;
                  }
                  if (const auto doubt = signal_resource::find_doubt(expression))
                    ctx.faults.warning(n, "the expression: " + *doubt);
                  return expression;
                });
}

value_type<mount_options> mount() {
  return refine(text("TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH"), "TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH",
                string_schema(R"(^/?[A-Za-z0-9_.-]{1,64}/[A-Za-z0-9_.-]{1,64}(/[^*]+)?$)"), read_mount);
}

}  // namespace mqcoap
