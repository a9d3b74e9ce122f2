#pragma once

#include <string>
#include <support/programs.hpp>

namespace mqcoap::test {

/// Certificates for a test, created with the openssl program. Their files are deleted with this object.
class certificates {
 public:
  struct identity {
    std::string cert_file;
    std::string key_file;
  };

  certificates();

  const std::string& ca_file() const noexcept { return authority_.cert_file; }
  /// Issues a certificate that is signed by the authority. @param names  e.g. `DNS:localhost,IP:127.0.0.1`
  identity issue(const std::string& names);
  /// Issues a certificate that has expired.
  identity issue_expired(const std::string& names);
  /// Creates another, unrelated authority.
  identity make_authority();
  /// Writes an encrypted copy of a key to a new file.
  std::string encrypt(const std::string& key_file, const std::string& password);
  /// Writes text to a new file.
  std::string write(const std::string& text);

 private:
  /// Issues a certificate with the command that `sign` builds from the names of the request's and the
  /// certificate's file.
  template <class Sign>
  identity issue_by(const std::string& names, Sign sign);
  std::string new_file() { return directory_.file(std::to_string(++files_) + ".pem"); }

  temporary_directory directory_;
  int files_ = 0;
  identity authority_;
};

}  // namespace mqcoap::test
