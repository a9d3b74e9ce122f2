#pragma once

#include <cstdint>
#include <mqcoap/base/secret.hpp>
#include <optional>
#include <string>

namespace mqcoap {

/// TLS to a broker, 1.2 or newer. All files are PEM. They are checked for every connection: renewed
/// certificates take effect with the next one.
struct tls_options {
  std::string ca_file = {};    ///< trusted authorities; without `ca_file` and `ca_dir`: the system's
  std::string ca_dir = {};     ///< a directory of authorities, prepared with `openssl rehash`
  std::string cert_file = {};  ///< the client certificate and its chain; empty: none
  std::string key_file = {};   ///< its private key; required with `cert_file`
  std::optional<secret> key_password = std::nullopt;
  bool verify_host = true;  ///< the broker's certificate must be issued for the configured host
  std::string alpn = {};    ///< application protocol to request, 1 to 255 bytes; empty: none

  friend bool operator==(const tls_options&, const tls_options&) = default;
};

/// An option that cannot be used.
struct tls_fault {
  enum class option : std::uint8_t { ca_file, ca_dir, cert_file, key_file, key_password, alpn, none };
  option where = option::none;  ///< the option to correct; none: the error is OpenSSL's
  std::string message;          ///< what is wrong, with the name of the file; empty: nothing
};

/// Checks the files and returns the first fault, if there is one.
tls_fault find_fault(const tls_options& options);

/// Checks the files and returns only the error text; empty if there is no fault.
std::string check(const tls_options& options);

}  // namespace mqcoap
