#pragma once

#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/base/secret.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// The address of a broker and its login, as given by `-L`.
struct broker_url {
  std::string host;
  std::optional<std::uint16_t> port{};  ///< empty: 1883, or 8883 with TLS
  bool tls = false;                     ///< the scheme is mqtts
  std::optional<std::string> username{};
  std::optional<secret> password{};
};

/// Describes what is wrong with a URL and what is expected; never contains the password.
struct url_fault {
  std::string message;
};

using mqcoap::throw_exception_from_error;  // result looks it up in this namespace

/// Parses `mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT]`. User and password are percent-decoded, an IPv6 address
/// is written in brackets, and a slash at the end is ignored.
result<broker_url, url_fault> parse_broker_url(std::string_view text);

/// Returns the URL in the form that parse_broker_url() reads, without the password.
std::string url_text(const broker_url& url);

}  // namespace mqcoap::cli
