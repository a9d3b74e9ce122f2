#include <mqcoap/resource/http/http_codes.hpp>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/resource/backend/reading.hpp>
#include <mqcoap/serve/outcome_text.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::size_t longest_reason = 40;

response_code code_of_end(http_outcome::end how) {
  switch (how) {
    case http_outcome::end::not_connected:
    case http_outcome::end::too_many_wait: return response_code::service_unavailable;
    case http_outcome::end::late: return response_code::gateway_timeout;
    default: return response_code::bad_gateway;
  }
}

std::string status_text(const http_outcome& of) {
  std::string message = "the server answers " + std::to_string(of.status);
  if (!of.reason.empty()) message += ' ' + log_safe(of.reason, longest_reason);
  return message;
}

/// Returns the host of a location, for an error message.
std::string host_in(std::string_view location) {
  const auto scheme = location.find("://");
  const auto begin = scheme != std::string_view::npos ? scheme + 3 : location.starts_with("//") ? 2 : 0;
  if (begin == 0) return "another place on it";
  auto host = location.substr(begin);
  host = host.substr(0, host.find_first_of("/?#"));
  if (const auto user = host.rfind('@'); user != std::string_view::npos) host.remove_prefix(user + 1);
  return '\'' + log_safe(host, most_shown) + '\'';
}

std::string lower(std::string text) {
  for (char& each : text) each = to_lower(each);
  return text;
}

/// Returns the text of an error page for an error message; empty if it is HTML or encoded.
std::string text_shown(const http_outcome& of) {
  auto text = std::string_view(of.body);
  const bool is_page = lower(of.content_type).find("html") != std::string::npos;
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  if (is_page || text.empty() || !of.encoding.empty()) return {};
  return ": " + log_safe(text, most_shown);
}

backend_reply refused(method verb, const http_outcome& of) {
  const auto code = code_of_status(of.status);
  auto message = status_text(of);
  if (of.status >= 300 && of.status < 400 && of.status != 304)
    message += ", a redirect to " + host_in(of.location) + ", which is not followed";
  else if (of.status == 401 || of.status == 407)
    message += ": it does not accept the credentials of the configuration, or there are none";
  else if (of.status < 400)
    message += ", which was not asked for";
  else
    message += text_shown(of);
  if (!of.retry_after.empty() && code == response_code::service_unavailable)
    message += "; again after " + log_safe(of.retry_after, longest_reason);
  const bool is_refusal = of.status >= 400 && of.status < 500 && code != response_code::gateway_timeout;
  if (!is_refusal) message += may_have_run(verb);
  return backend_reply::error(code, std::move(message));
}

/// Returns the answer to a POST as a value: parsed if its content type is JSON, otherwise as a string.
backend_reply content_of(const http_outcome& of, std::size_t max_depth) {
  const auto shown = ", and it has run; this was read: '" + log_safe(of.body, most_shown) + '\'';
  const bool is_json = lower(of.content_type).find("json") != std::string::npos;
  if (!is_json) {
    auto text = json_text::from_string(of.body);
    if (!validate_json(text.text(), 1)) return backend_reply::of_body(std::move(text));
    return backend_reply::error(response_code::bad_gateway, "the server's answer is not UTF-8 text" + shown);
  }
  auto parsed = json_text::parse(of.body, max_depth);
  if (parsed) return backend_reply::of_body(*std::move(parsed));
  return backend_reply::error(response_code::bad_gateway,
                              "the server's answer is not JSON: " + parsed.error().reason + shown);
}

}  // namespace

response_code code_of_status(unsigned status) noexcept {
  using enum response_code;
  switch (status) {
    case 403:
    case 451: return forbidden;
    case 404:
    case 410: return not_found;
    case 405: return method_not_allowed;
    case 406: return not_acceptable;
    case 409:
    case 412:
    case 428: return precondition_failed;
    case 413: return request_entity_too_large;
    case 415: return unsupported_content_format;
    case 429:
    case 503: return service_unavailable;
    case 408:
    case 504: return gateway_timeout;
    case 501: return not_implemented;
    case 401:
    case 407:
    case 421:
    case 426: return bad_gateway;
    default: return status >= 400 && status < 500 ? bad_request : bad_gateway;
  }
}

backend_reply reply_of(method verb, http_outcome outcome, std::size_t max_depth) {
  if (outcome.how != http_outcome::end::answered) {
    const auto code = code_of_end(outcome.how);
    if (!outcome.was_sent) return backend_reply::refusal(code, std::move(outcome.why));
    return backend_reply::error(code, outcome.why + may_have_run(verb));
  }
  if (outcome.status < 200 || outcome.status >= 300 || outcome.status == 206) return refused(verb, outcome);
  const bool is_empty = outcome.status == 204 || outcome.status == 205;
  const bool has_body = verb == method::get || (verb == method::post && !is_empty && !outcome.body.empty());
  if (has_body && !outcome.encoding.empty() && !ascii_iequal(outcome.encoding, "identity"))
    return backend_reply::error(response_code::bad_gateway,
                                "the server's answer is encoded, which was not asked for: " +
                                    log_safe(outcome.encoding, longest_reason) + may_have_run(verb));
  if (verb == method::get) {
    return is_empty ? backend_reply::of_body(json_text()) : backend_reply::of_text(std::move(outcome.body));
  }
  if (outcome.status == 201 && verb != method::del) {
    backend_reply created;
    created.code = response_code::created;
    return created;
  }
  if (verb != method::post || is_empty || outcome.body.empty()) return backend_reply::done();
  return content_of(outcome, max_depth);
}

}  // namespace mqcoap
