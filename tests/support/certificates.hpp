#pragma once

#include <string>
#include <support/programs.hpp>

namespace mqcoap::test {

/// Certificates of a test's own, made by the openssl program. The files go with it.
class certificates {
 public:
  struct identity {
    std::string cert_file;
    std::string key_file;
  };

  certificates();

  const std::string& ca_file() const noexcept { return authority_.cert_file; }
  /// Signed by the authority. @param names  e.g. `DNS:localhost,IP:127.0.0.1`
  identity issue(const std::string& names);
  /// The same, of years ago.
  identity issue_expired(const std::string& names);
  /// Another authority, with nothing to do with the first.
  identity make_authority();
  /// A copy of a key that asks for a password.
  std::string encrypt(const std::string& key_file, const std::string& password);
  /// A file with this text.
  std::string write(const std::string& text);

 private:
  /// Has a request signed by the command that `sign` makes of the request's file and the certificate's.
  template <class Sign>
  identity issue_by(const std::string& names, Sign sign);
  std::string new_file() { return directory_.file(std::to_string(++files_) + ".pem"); }

  temporary_directory directory_;
  int files_ = 0;
  identity authority_;
};

}  // namespace mqcoap::test
