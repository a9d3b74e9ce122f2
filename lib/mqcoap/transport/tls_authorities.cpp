#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <filesystem>
#include <mqcoap/transport/tls_authorities.hpp>
#include <mqcoap/transport/tls_words.hpp>
#include <system_error>

namespace mqcoap {

void tls_authorities::deleter::operator()(x509_store_st* p) const noexcept { X509_STORE_free(p); }

std::optional<tls_authorities::identity> tls_authorities::identity_of(const std::string& file) {
  constexpr std::int64_t second = 1'000'000'000;
  struct ::stat found {};
  if (::stat(file.c_str(), &found) != 0) return std::nullopt;
  return identity{found.st_dev, found.st_ino, found.st_size,
                  found.st_ctim.tv_sec * second + found.st_ctim.tv_nsec};
}

tls_fault tls_authorities::give(ssl_ctx_st* to, const tls_options& options) {
  if (options.ca_file.empty() && options.ca_dir.empty()) {
    SSL_CTX_set_default_verify_paths(to);
    return {};
  }
  // Looked at before it is read: what is written meanwhile is read next time.
  const auto now = identity_of(options.ca_file);
  if (!store_ || !now || now != loaded_) {
    store_.reset(X509_STORE_new());
    loaded_ = now;
    if (auto fault = load(options); !fault.words.empty()) {
      store_.reset();
      return fault;
    }
  }
  SSL_CTX_set1_cert_store(to, store_.get());
  return {};
}

tls_fault tls_authorities::load(const tls_options& options) {
  using enum tls_fault::option;
  if (!options.ca_file.empty()) {
    if (auto words = unreadable(options.ca_file); !words.empty()) return {ca_file, std::move(words)};
    if (X509_STORE_load_file(store_.get(), options.ca_file.c_str()) != 1)
      return {ca_file, options.ca_file + " holds no certificates in PEM form" + last_reason()};
  }
  if (options.ca_dir.empty()) return {};
  std::error_code error;
  if (!std::filesystem::is_directory(options.ca_dir, error))
    return {ca_dir, options.ca_dir + " is not a directory" + (error ? ": " + error.message() : "")};
  X509_STORE_load_path(store_.get(), options.ca_dir.c_str());
  return {};
}

}  // namespace mqcoap
