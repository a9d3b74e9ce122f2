#pragma once

#include <boost/system/result.hpp>
#include <map>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/store/postgres/pg_fault.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::store {

/// A server to try.
struct pg_host {
  std::string name{};     ///< or an address, or a socket directory; empty: libpq's default
  std::string address{};  ///< numeric; empty: not needed
  std::string port{};     ///< empty: the default

  friend bool operator==(const pg_host&, const pg_host&) = default;
};

/// A parsed `postgresql://USER@HOST/DATABASE`, with all options that libpq supports in it. Without a host,
/// that of PGHOST is used.
class pg_target {
 public:
  using settings = std::map<std::string, std::string, std::less<>>;
  /// Describes what is wrong with a URL.
  struct fault {
    std::string message;
  };

  static result<pg_target, fault> parse(const std::string& url);

  /// Returns the hosts in the order in which they are tried; at least one.
  const std::vector<pg_host>& hosts() const noexcept { return hosts_; }
  /// Returns the settings to pass to libpq for one of them.
  settings for_host(const pg_host& host) const;
  /// Returns host and database, for logs.
  std::string message() const;

 private:
  settings common_;  ///< all except host, hostaddr and port
  std::vector<pg_host> hosts_;
};

/// Returns true if the name of a host has to be resolved.
bool needs_lookup(const pg_host& host);

}  // namespace mqcoap::store
