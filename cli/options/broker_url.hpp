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
  std::optional<std::uint16_t> port{};  ///< none: 1883, or 8883 with TLS
  bool tls = false;                     ///< mqtts
  std::optional<std::string> username{};
  std::optional<secret> password{};
};

/// Says what is wrong with a URL, and what would be right; never contains the password.
struct url_fault {
  std::string words;
};

using mqcoap::throw_exception_from_error;  // a result looks for it in this namespace

/// Reads `mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT]`; user and password percent-decoded, an IPv6 address in
/// brackets, one slash at the end ignored.
result<broker_url, url_fault> parse_broker_url(std::string_view text);

}  // namespace mqcoap::cli
