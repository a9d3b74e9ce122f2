#include <mqcoap/resource/conditions.hpp>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/json/json_tree.hpp>
#include <mqcoap/protocol/content_format.hpp>
#include <mqcoap/schema/json_excerpt.hpp>

namespace mqcoap {
namespace {

std::string path_of(const request& r) { return std::string(r.path.key()); }

/// Compares media types, whose names are case-insensitive (RFC 2045 section 5.1); an absent
/// one is application/json.
bool is_format(std::string_view requested, std::string_view format) {
  return requested.empty() ? format == content_format::json : ascii_iequal(requested, format);
}

}  // namespace

std::optional<answer> refuse_method(const request& r, method_set allowed) {
  if (allowed.contains(r.verb)) return std::nullopt;
  return answer::refusal(response_code::method_not_allowed, path_of(r) + " allows " + to_string(allowed) +
                                                                ", not " + std::string(to_string(r.verb)));
}

std::optional<answer> refuse_accept(const request& r, std::initializer_list<std::string_view> possible) {
  const std::string_view requested = r.options->accept;
  if (std::any_of(possible.begin(), possible.end(),
                  [&](auto format) { return is_format(requested, format); }))
    return std::nullopt;
  std::string message =
      "accept: " + path_of(r) + " cannot be given as '" + excerpt(requested) + "', only as ";
  const char* separator = "";
  for (const auto format : possible) {
    message.append(separator).append(format);
    separator = " or ";
  }
  return answer::refusal(response_code::not_acceptable, message);
}

std::optional<answer> refuse_content_format(const request& r) {
  const std::string_view given = r.options->content_format;
  if (is_format(given, content_format::json)) return std::nullopt;
  if (!is_format(given, content_format::text))
    return answer::refusal(response_code::unsupported_content_format,
                           "content_format: " + path_of(r) + " does not take '" + excerpt(given) +
                               "'; send application/json, or text/plain with a string as body");
  if (r.body.is_string()) return std::nullopt;
  return answer::refusal(response_code::unsupported_content_format,
                         "content_format: text/plain needs a string as body, here is " +
                             excerpt(r.body.text()) + "; send it as application/json");
}

std::optional<answer> refuse_version(const request& r, std::string_view etag) {
  const auto& o = *r.options;
  const auto failed = [&](std::string_view option, const std::string& why) {
    return answer::refusal(response_code::precondition_failed, std::string(option) + ": " + path_of(r) + why);
  };
  if (o.create_only) return failed("if_none_match", " exists already, and the request is only to create it");
  if (!o.if_match.empty() && o.if_match != etag)
    return failed("if_match", " is now at version " + std::string(etag) + ", not " + excerpt(o.if_match) +
                                  "; GET it and decide again");
  if (!o.if_none_match.empty() && o.if_none_match == etag)
    return failed("if_none_match", " is still at version " + std::string(etag));
  return std::nullopt;
}

std::optional<answer> refuse_conditions(const request& r) {
  const auto& o = *r.options;
  if (o.if_match.empty() && o.if_none_match.empty() && !o.create_only) return std::nullopt;
  const std::string option = o.if_match.empty() ? "if_none_match" : "if_match";
  return answer::refusal(response_code::precondition_failed,
                         option + ": " + path_of(r) +
                             " has no versions that a write could be compared with; send it without " +
                             option);
}

std::optional<json_schema::fault> find_duplicate(const json_text& body) {
  const auto twice = find_duplicate_key(body.text());
  if (!twice) return std::nullopt;
  return json_schema::fault{twice->pointer, "the key '" + excerpt(twice->key) + "' is given twice"};
}

std::optional<json_schema::fault> find_fault(const json_text& body,
                                             const std::optional<json_schema>& schema) {
  if (!schema) return std::nullopt;
  if (auto fault = find_duplicate(body)) return fault;
  return schema->check(body.value());
}

std::string to_text(const json_schema::fault& fault) {
  return fault.pointer.empty() ? fault.message : fault.pointer + ": " + fault.message;
}

std::optional<answer> refuse_body(const std::optional<json_schema::fault>& fault) {
  if (!fault) return std::nullopt;
  return answer::refusal(response_code::bad_request, "body" + fault->pointer + ": " + fault->message);
}

answer give(const request& r, const json_text& value, const std::string& etag) {
  if (!is_format(r.options->accept, content_format::json)) {
    const bool has_text = value.is_string();
    if (auto refused = has_text ? refuse_accept(r, {content_format::json, content_format::text})
                                : refuse_accept(r, {content_format::json}))
      return *std::move(refused);
    return give_as(content_format::text, r, value, etag);
  }
  return give_as(content_format::json, r, value, etag);
}

answer give_as(std::string_view format, const request& r, const json_text& value, const std::string& etag) {
  answer a;
  a.options.etag = etag;
  if (!etag.empty() && r.options->etag == etag) {
    a.code = response_code::valid;
    return a;
  }
  a.body = value;
  if (format != content_format::json) a.options.content_format = format;
  return a;
}

answer changed(const std::string& etag) {
  answer a;
  a.code = response_code::changed;
  a.options.etag = etag;
  return a;
}

}  // namespace mqcoap
