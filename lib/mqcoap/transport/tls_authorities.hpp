#pragma once

#include <memory>
#include <mqcoap/transport/tls_options.hpp>

struct x509_store_st;

namespace mqcoap {

/// The authorities that connections trust, in OpenSSL's form. The contents of a directory are read when they
/// are needed.
struct trusted_authorities {
  std::shared_ptr<x509_store_st> store;  ///< null with a fault
  tls_fault fault;                       ///< the fault of the files; its text is empty if there is none
};

/// Returns the authorities of `ca_file` and `ca_dir`, or the system's if neither is given. Reading the
/// system's bundle takes tens of milliseconds, so the result is cached for the whole program, and shared by
/// all connections that trust the same authorities, until one of the files changes.
/// @return null if they must be read; a result with a fault is never cached
/// @par Threads  May be called on any thread; never waits for readers.
std::shared_ptr<const trusted_authorities> find_authorities(const tls_options& options);

/// Returns the same, but reads the authorities if necessary. Of concurrent calls for the same authorities,
/// one reads and the others wait for it.
/// @par Threads  May be called on any thread.
std::shared_ptr<const trusted_authorities> read_authorities(const tls_options& options);

}  // namespace mqcoap
