#pragma once

#include <initializer_list>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/request.hpp>
#include <mqcoap/protocol/response.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <optional>
#include <string>
#include <string_view>

// What the options of a request ask of every resource alike (docs/protocol.md, "Response codes" and
// "Options"). Each check gives the answer that refuses the request, which then was never run, or nothing if
// it may go on. Resources check in the order of RFC 9110 section 13.2.1: method, existence, format, version,
// then the body itself.
namespace mqcoap {

/// 405 if the method is none of these; names those that are.
std::optional<answer> refuse_method(const request& r, method_set allowed);
/// 406 if `accept` names none of these formats.
std::optional<answer> refuse_accept(const request& r, std::initializer_list<std::string_view> possible);
/// 415 if `content_format` names a format that the body is not in.
std::optional<answer> refuse_content_format(const request& r);
/// 412 if `if_match` or `if_none_match` does not hold for what exists with this version.
std::optional<answer> refuse_version(const request& r, std::string_view etag);
/// Where and why a body cannot be judged, since an object in it has a key twice: one reader takes the first,
/// another the last.
std::optional<json_schema::fault> find_duplicate(const json_text& body);
/// Why a body breaks the schema, an object with a key twice included; nothing without a schema.
std::optional<json_schema::fault> find_fault(const json_text& body, const std::optional<json_schema>& schema);
/// 400 for such a fault of the body, if there is one, saying where and what would be right.
std::optional<answer> refuse_body(const std::optional<json_schema::fault>& fault);

/// What a GET of a value gets: 205 with it, 203 if the caller's `etag` still holds, or 406. Any value can be
/// had as application/json, a string as text/plain too.
/// @param etag  empty: the value has no version
answer give(const request& r, const json_text& value, const std::string& etag);
/// The same of a value in a format that was agreed on already.
answer give_as(std::string_view format, const request& r, const json_text& value, const std::string& etag);

/// 204 with the new version.
answer changed(const std::string& etag);

}  // namespace mqcoap
