#pragma once

#include <initializer_list>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/request.hpp>
#include <mqcoap/protocol/response.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <optional>
#include <string>
#include <string_view>

// Checks of the options of a request that are the same for every resource (docs/protocol.md, "Response codes"
// and "Options"). Each check returns the answer that rejects the request, marked as never run, or nothing if
// the request may continue. Resources check in the order of RFC 9110 section 13.2.1: method, existence,
// format, version, then the body itself.
namespace mqcoap {

/// Returns 405 if the method is not allowed; its message lists the allowed ones.
std::optional<answer> refuse_method(const request& r, method_set allowed);
/// Returns 406 if `accept` names none of these formats.
std::optional<answer> refuse_accept(const request& r, std::initializer_list<std::string_view> possible);
/// Returns 415 if `content_format` names a format that the body does not have.
std::optional<answer> refuse_content_format(const request& r);
/// Returns 412 if `if_match` or `if_none_match` does not hold for this version.
std::optional<answer> refuse_version(const request& r, std::string_view etag);
/// Returns 412 if the request has a condition on the version. For resources that have no version when
/// they are written.
std::optional<answer> refuse_conditions(const request& r);
/// Returns a fault if an object in the body has a key twice. Such a body is ambiguous, because some parsers
/// use the first value and others the last.
std::optional<json_schema::fault> find_duplicate(const json_text& body);
/// Returns why a body violates the schema, or that an object in it has a key twice; nothing if there
/// is no schema.
std::optional<json_schema::fault> find_fault(const json_text& body, const std::optional<json_schema>& schema);
/// Returns the message of a fault, with its place.
std::string to_text(const json_schema::fault& fault);
/// Returns 400 for a fault of the body, with its place; nothing if there is no fault.
std::optional<answer> refuse_body(const std::optional<json_schema::fault>& fault);

/// Returns the answer to a GET of a value: 205 with the value, 203 if the caller's `etag` is still current,
/// or 406. Any value is available as application/json, a string also as text/plain.
/// @param etag  empty if the value has no version
answer give(const request& r, const json_text& value, const std::string& etag);
/// Does the same for a value in a format that was already accepted.
answer give_as(std::string_view format, const request& r, const json_text& value, const std::string& etag);

/// Returns 204 with the new version.
answer changed(const std::string& etag);

}  // namespace mqcoap
