#include <mqcoap/protocol/response_code.hpp>

#include <string>

namespace mqcoap {
namespace {

class category_type final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "mqcoap.response"; }
  std::string message(int value) const override {
    const auto code = to_response_code(value);
    return std::to_string(value) + ' ' + std::string(code ? to_string(*code) : "UNKNOWN");
  }
  bool failed(int value) const noexcept override { return value >= 400; }
};

}  // namespace

std::string_view to_string(response_code c) noexcept {
  switch (c) {
    case response_code::created: return "CREATED";
    case response_code::deleted: return "DELETED";
    case response_code::valid: return "VALID";
    case response_code::changed: return "CHANGED";
    case response_code::content: return "CONTENT";
    case response_code::bad_request: return "BAD_REQUEST";
    case response_code::unauthorized: return "UNAUTHORIZED";
    case response_code::bad_option: return "BAD_OPTION";
    case response_code::forbidden: return "FORBIDDEN";
    case response_code::not_found: return "NOT_FOUND";
    case response_code::method_not_allowed: return "METHOD_NOT_ALLOWED";
    case response_code::not_acceptable: return "NOT_ACCEPTABLE";
    case response_code::precondition_failed: return "PRECONDITION_FAILED";
    case response_code::request_entity_too_large: return "REQUEST_ENTITY_TOO_LARGE";
    case response_code::unsupported_content_format: return "UNSUPPORTED_CONTENT_FORMAT";
    case response_code::internal_server_error: return "INTERNAL_SERVER_ERROR";
    case response_code::not_implemented: return "NOT_IMPLEMENTED";
    case response_code::bad_gateway: return "BAD_GATEWAY";
    case response_code::service_unavailable: return "SERVICE_UNAVAILABLE";
    case response_code::gateway_timeout: return "GATEWAY_TIMEOUT";
    case response_code::proxying_not_supported: return "PROXYING_NOT_SUPPORTED";
  }
  return "";
}

std::optional<response_code> to_response_code(std::int64_t number) noexcept {
  for (response_code c : all_response_codes)
    if (to_int(c) == number) return c;
  return std::nullopt;
}

std::optional<response_code> fold_foreign_code(std::int64_t number) noexcept {
  if (const auto code = to_response_code(number)) return code;
  if (number >= 200 && number < 300) return response_code::content;
  if (number >= 400 && number < 500) return response_code::bad_request;
  if (number >= 500 && number < 600) return response_code::internal_server_error;
  return std::nullopt;
}

const boost::system::error_category& response_category() noexcept {
  static const category_type instance;
  return instance;
}

boost::system::error_code make_error_code(response_code c) noexcept {
  return {to_int(c), response_category()};
}

}  // namespace mqcoap
