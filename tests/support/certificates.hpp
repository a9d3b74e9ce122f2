#pragma once

#include <string>
#include <support/programs.hpp>

namespace mqcoap::test {

/// Certificates of a test, made by the openssl program. Their files are deleted with this object.
class certificates {
 public:
  struct identity {
    std::string cert_file;
    std::string key_file;
  };

  certificates();

  const std::string& ca_file() const noexcept { return authority_.cert_file; }
  /// Makes a certificate signed by the authority. @param names  e.g. `DNS:localhost,IP:127.0.0.1`
  identity issue(const std::string& names);
  /// Makes one that has expired.
  identity issue_expired(const std::string& names);
  /// Makes another, unrelated authority.
  identity make_authority();
  /// Makes an encrypted copy of a key.
  std::string encrypt(const std::string& key_file, const std::string& password);
  /// Makes a file with this text.
  std::string write(const std::string& text);

 private:
  /// Signs a request with the command that `sign` makes of the request's file and the certificate's.
  template <class Sign>
  identity issue_by(const std::string& names, Sign sign);
  std::string new_file() { return directory_.file(std::to_string(++files_) + ".pem"); }

  temporary_directory directory_;
  int files_ = 0;
  identity authority_;
};

}  // namespace mqcoap::test
