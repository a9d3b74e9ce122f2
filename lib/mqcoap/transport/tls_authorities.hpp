#pragma once

#include <memory>
#include <mqcoap/transport/tls_options.hpp>

struct x509_store_st;

namespace mqcoap {

/// The authorities that connections trust, as OpenSSL keeps them. What a directory holds is read when it is
/// needed.
struct trusted_authorities {
  std::shared_ptr<x509_store_st> store;  ///< null with a fault
  tls_fault fault;                       ///< what is wrong with the files; without words if nothing is
};

/// Those of `ca_file` and `ca_dir`, or the system's if neither is given. A system's bundle takes tens of
/// milliseconds to read, so what was read is kept for the whole program, and for everybody who trusts the
/// same, until one of the files is another one.
/// @return null if they have to be read; with a fault is never kept
/// @par Threads  Any; never waits for those who read.
std::shared_ptr<const trusted_authorities> find_authorities(const tls_options& options);

/// The same, but reads what has to be read. Those who ask for the same at the same time wait for one of them
/// to do it.
/// @par Threads  Any
std::shared_ptr<const trusted_authorities> read_authorities(const tls_options& options);

}  // namespace mqcoap
