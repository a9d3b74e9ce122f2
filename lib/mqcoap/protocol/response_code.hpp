#pragma once

#include <array>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace mqcoap {

/// The 21 codes that are allowed in `response_code` (docs/protocol.md, "Response codes"). As an error code, a
/// 2xx is not a failure: `error_code::failed()` is false for it.
enum class response_code : std::uint16_t {
  created = 201,
  deleted = 202,
  valid = 203,
  changed = 204,
  content = 205,
  bad_request = 400,
  unauthorized = 401,
  bad_option = 402,
  forbidden = 403,
  not_found = 404,
  method_not_allowed = 405,
  not_acceptable = 406,
  precondition_failed = 412,
  request_entity_too_large = 413,
  unsupported_content_format = 415,
  internal_server_error = 500,
  not_implemented = 501,
  bad_gateway = 502,
  service_unavailable = 503,
  gateway_timeout = 504,
  proxying_not_supported = 505,
};

inline constexpr std::array all_response_codes{response_code::created,
                                               response_code::deleted,
                                               response_code::valid,
                                               response_code::changed,
                                               response_code::content,
                                               response_code::bad_request,
                                               response_code::unauthorized,
                                               response_code::bad_option,
                                               response_code::forbidden,
                                               response_code::not_found,
                                               response_code::method_not_allowed,
                                               response_code::not_acceptable,
                                               response_code::precondition_failed,
                                               response_code::request_entity_too_large,
                                               response_code::unsupported_content_format,
                                               response_code::internal_server_error,
                                               response_code::not_implemented,
                                               response_code::bad_gateway,
                                               response_code::service_unavailable,
                                               response_code::gateway_timeout,
                                               response_code::proxying_not_supported};

constexpr int to_int(response_code c) noexcept { return static_cast<int>(c); }
constexpr bool is_error(response_code c) noexcept { return to_int(c) >= 400; }

/// Returns the name in the table: `NOT_FOUND`.
std::string_view to_string(response_code c) noexcept;

/// Returns the code, if the number is one of the 21.
std::optional<response_code> to_response_code(std::int64_t number) noexcept;

/// Returns the code that a proxy relays for a device's code: codes of the table unchanged, other 2xx as 205,
/// 4xx as 400, 5xx as 500; nothing for a number that is not a response code (docs/protocol.md, "Proxying").
std::optional<response_code> fold_foreign_code(std::int64_t number) noexcept;

/// The error category of response codes.
const boost::system::error_category& response_category() noexcept;
boost::system::error_code make_error_code(response_code c) noexcept;

}  // namespace mqcoap

template <>
struct boost::system::is_error_code_enum<mqcoap::response_code> : std::true_type {};
