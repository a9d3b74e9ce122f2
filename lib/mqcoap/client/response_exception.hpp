#pragma once

#include <boost/system/system_error.hpp>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/protocol/response_code.hpp>
#include <string>
#include <utility>

namespace mqcoap {

/// The address and the method of the request, as far as they are known; otherwise empty.
struct exchange_names {
  std::string path;        ///< as it was requested
  std::string source;      ///< the sender of the request
  std::string target;      ///< the tag that the request was sent to
  std::string request_id;  ///< as it was sent
  std::string method;      ///< `GET`, `POST`, `PUT` or `DELETE`
};

/// A device, or a gateway for it, answered with an error. Thrown by the synchronous client; handlers throw it
/// to answer a request, or to change the outcome of one. There is one class for each of the 16 error codes.
class response_exception : public boost::system::system_error {
 public:
  /// Precondition: the code is an error.
  /// @param detail  what was wrong, and what is expected
  response_exception(mqcoap::response_code code, std::string detail, exchange_names names = {});

  mqcoap::response_code response_code() const noexcept { return code_; }
  const std::string& detail() const noexcept { return detail_; }
  const std::string& path() const noexcept { return names_.path; }
  const std::string& source() const noexcept { return names_.source; }
  const std::string& target() const noexcept { return names_.target; }
  const std::string& request_id() const noexcept { return names_.request_id; }
  const std::string& method() const noexcept { return names_.method; }
  /// Returns a text such as `404 NOT_FOUND from DEV to GET gains: no such gain`.
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
  mqcoap::response_code code_;
  std::string detail_;
  exchange_names names_;
};

/// The exception class of one error code: `catch (const mqcoap::not_found& e)`.
template <mqcoap::response_code Code>
class response_error final : public response_exception {
 public:
  static_assert(is_error(Code));
  explicit response_error(std::string detail = {}, exchange_names names = {})
      : response_exception(Code, std::move(detail), std::move(names)) {}
};

using bad_request = response_error<response_code::bad_request>;
using unauthorized = response_error<response_code::unauthorized>;
using bad_option = response_error<response_code::bad_option>;
using forbidden = response_error<response_code::forbidden>;
using not_found = response_error<response_code::not_found>;
using method_not_allowed = response_error<response_code::method_not_allowed>;
using not_acceptable = response_error<response_code::not_acceptable>;
using precondition_failed = response_error<response_code::precondition_failed>;
using request_entity_too_large = response_error<response_code::request_entity_too_large>;
using unsupported_content_format = response_error<response_code::unsupported_content_format>;
using internal_server_error = response_error<response_code::internal_server_error>;
using not_implemented = response_error<response_code::not_implemented>;
using bad_gateway = response_error<response_code::bad_gateway>;
using service_unavailable = response_error<response_code::service_unavailable>;
using gateway_timeout = response_error<response_code::gateway_timeout>;
using proxying_not_supported = response_error<response_code::proxying_not_supported>;

/// Throws the exception class of this code. Precondition: the code is an error.
[[noreturn]] void throw_response_exception(response_code code, std::string detail, exchange_names names = {});

/// There was no usable answer: not connected, no answer in time, cancelled. `code()` gives the reason. Thrown
/// by the synchronous client.
class exchange_failed final : public boost::system::system_error {
 public:
  /// @param message  a description of the failure; empty: the error's own message
  exchange_failed(error_code why, const std::string& message, exchange_names names = {})
      : system_error(why), message_(message.empty() ? why.message() : message), names_(std::move(names)) {}
  const exchange_names& names() const noexcept { return names_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
  exchange_names names_;
};

}  // namespace mqcoap
