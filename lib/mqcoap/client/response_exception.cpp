#include <mqcoap/client/response_exception.hpp>

namespace mqcoap {
namespace {

std::string describe(response_code code, const std::string& detail, const exchange_names& names) {
  std::string message = std::to_string(to_int(code)) + ' ' + std::string(to_string(code));
  if (!names.target.empty())
    message += " from " + names.target + " to " + names.method + ' ' + names.path;
  else if (!names.path.empty())
    message += " for " + names.path;
  if (!detail.empty()) message += ": " + detail;
  return message;
}

template <std::size_t I = 0>
[[noreturn]] void throw_code(response_code code, std::string&& detail, exchange_names&& names) {
  if constexpr (I < all_response_codes.size()) {
    if constexpr (is_error(all_response_codes[I])) {
      if (code == all_response_codes[I])
        throw response_error<all_response_codes[I]>(std::move(detail), std::move(names));
    }
    throw_code<I + 1>(code, std::move(detail), std::move(names));
  } else {
    throw response_exception(code, std::move(detail), std::move(names));
  }
}

}  // namespace

response_exception::response_exception(mqcoap::response_code code, std::string detail, exchange_names names)
    : system_error(make_error_code(code)),
      message_(describe(code, detail, names)),
      code_(code),
      detail_(std::move(detail)),
      names_(std::move(names)) {}

void throw_response_exception(response_code code, std::string detail, exchange_names names) {
  throw_code(code, std::move(detail), std::move(names));
}

}  // namespace mqcoap
