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
  /// @param days  from now until it expires; -1: it has expired
  identity issue(const std::string& names, int days = 30);
  /// Another authority, with nothing to do with the first.
  identity make_authority();
  /// A copy of a key that asks for a password.
  std::string encrypt(const std::string& key_file, const std::string& password);
  /// A file with this text.
  std::string write(const std::string& text);

 private:
  std::string new_file() { return directory_.file(std::to_string(++files_) + ".pem"); }

  temporary_directory directory_;
  int files_ = 0;
  identity authority_;
};

}  // namespace mqcoap::test
