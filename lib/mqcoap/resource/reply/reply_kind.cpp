#include <algorithm>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/resource/reply/reply.hpp>
#include <mqcoap/settings/scalar.hpp>

namespace mqcoap {
namespace {

struct reply_keys {
  located<reply_options> reply;
  std::optional<located<method_set>> methods;
};

value_type<response_code> answer_code() {
  boost::json::array codes;
  for (auto code : all_response_codes) codes.emplace_back(to_int(code));
  const std::string expected = "a response code of the protocol, 201 to 505";
  return {expected,
          {{"enum", codes}},
          [expected](const node& n, read_context& ctx) -> std::optional<response_code> {
            if (const auto number = to_int64(n))
              if (const auto code = to_response_code(*number)) return code;
            mismatch(n, expected, ctx, "e.g. 205, 404 or 503");
            return std::nullopt;
          }};
}

bool is_long_form(const node& n) {
  return n.is_map() && !n.items.empty() && std::all_of(n.items.begin(), n.items.end(), [](const node* value) {
           return value->key->text == "code" || value->key->text == "body";
         });
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
    ctx.faults.error(body != nullptr ? *body : n, "an answer of 400 and above needs a text in its body",
                     "{code: " + std::to_string(to_int(reply.code)) + ", body: \"what is wrong\"}");
    return std::nullopt;
  }
  return reply;
}

/// Reads a fixed answer: any JSON value, or a code and a body.
value_type<reply_options> fixed_reply() {
  boost::json::object long_form{{"properties", {{"code", answer_code().schema}}}};
  return {"any JSON value, or {code: CODE, body: VALUE}", long_form, read_reply};
}

std::optional<kind_options> build_reply(const reply_keys& keys, const kind_place& at) {
  auto reply = keys.reply.value;
  if (keys.methods) reply.methods = keys.methods->value;
  if (!at.is_shallow(reply.body, *keys.reply.at)) return std::nullopt;
  return reply;
}

}  // namespace

const kind_module& reply_kind() {
  using keys = reply_keys;
  static const kind_table<keys> table{
      {key<keys>("reply", with_place(fixed_reply()), another_kind(),
                 "The same answer to every request; a code of 400 and above needs a text in the body.",
                 &keys::reply),
       methods_key("all", &keys::methods)},
      build_reply,
      nullptr,
      {.paths = subtree_paths::allowed}};
  return table;
}

}  // namespace mqcoap
