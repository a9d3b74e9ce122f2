#pragma once

#include <mqcoap/base/secret.hpp>
#include <optional>
#include <string>

namespace mqcoap {

/// TLS to a broker, 1.2 at least. All files are PEM, and are read anew for every connection: renewed
/// certificates count from the next one on.
struct tls_options {
  std::string ca_file = {};    ///< authorities that are trusted; without `ca_file` and `ca_dir`: the system's
  std::string ca_dir = {};     ///< a directory of them, as `openssl rehash` prepares it
  std::string cert_file = {};  ///< our certificate, and the chain up to its authority; empty: none
  std::string key_file = {};   ///< its private key; goes with `cert_file`
  std::optional<secret> key_password = std::nullopt;
  bool verify_host = true;  ///< the broker's certificate must be for the host that is configured
  std::string alpn = {};    ///< application protocol to ask for, 1 to 255 bytes; empty: none

  friend bool operator==(const tls_options&, const tls_options&) = default;
};

/// Tries the files. @return what is wrong, with the file's name, and what would be right; empty if all is
/// well
std::string check(const tls_options& options);

}  // namespace mqcoap
