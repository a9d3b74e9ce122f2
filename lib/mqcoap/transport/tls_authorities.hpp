#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <mqcoap/transport/tls_options.hpp>
#include <optional>

struct ssl_ctx_st;
struct x509_store_st;

namespace mqcoap {

/// The authorities that one broker's connections trust. A system's bundle takes tens of milliseconds to read:
/// too much for every try while a broker is away, so it is kept until its file is another one.
class tls_authorities {
 public:
  /// Makes a connection trust those of `ca_file` and `ca_dir`, or the system's if neither is given. The
  /// options are the same at every call.
  /// @return what is wrong with them; without words if nothing is
  tls_fault give(ssl_ctx_st* to, const tls_options& options);

 private:
  /// What tells one state of a file from another, as `make` and editors change it: stat(2).
  struct identity {
    ::dev_t device = 0;
    ::ino_t inode = 0;
    ::off_t size = 0;
    std::int64_t changed = 0;  ///< nanoseconds since 1970

    friend bool operator==(const identity&, const identity&) = default;
  };
  struct deleter {
    void operator()(x509_store_st* p) const noexcept;
  };

  static std::optional<identity> identity_of(const std::string& file);
  tls_fault load(const tls_options& options);

  std::unique_ptr<x509_store_st, deleter> store_;
  std::optional<identity> loaded_;  ///< the file that is in the store
};

}  // namespace mqcoap
