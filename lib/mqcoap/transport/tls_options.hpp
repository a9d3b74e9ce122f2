#pragma once

#include <cstdint>
#include <mqcoap/base/secret.hpp>
#include <optional>
#include <string>

namespace mqcoap {

/// TLS to a broker, 1.2 at least. All files are PEM. They are looked at for every connection: renewed
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

/// An option that cannot be used.
struct tls_fault {
  enum class option : std::uint8_t { ca_file, ca_dir, cert_file, key_file, key_password, alpn, none };
  option where = option::none;  ///< the one to correct; none: it is OpenSSL itself
  std::string words;            ///< what is wrong, with the file's name; empty: nothing
};

/// Tries the files: the first fault, if there is one.
tls_fault find_fault(const tls_options& options);

/// The same, its words only; empty if all is well.
std::string check(const tls_options& options);

}  // namespace mqcoap
