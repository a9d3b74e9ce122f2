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
  std::string name{};     ///< or an address, or the directory of a socket; empty: libpq's default
  std::string address{};  ///< numeric; empty: none is needed
  std::string port{};     ///< empty: the default

  friend bool operator==(const pg_host&, const pg_host&) = default;
};

/// A parsed `postgresql://USER@HOST/DATABASE`, with everything that libpq reads in it. Without a host it is
/// that of PGHOST.
class pg_target {
 public:
  using settings = std::map<std::string, std::string, std::less<>>;
  /// Describes what is wrong with a URL.
  struct fault {
    std::string words;
  };

  static result<pg_target, fault> parse(const std::string& url);

  /// Returns at least one, in the order in which they are tried.
  const std::vector<pg_host>& hosts() const noexcept { return hosts_; }
  /// Returns what libpq gets for one of them.
  settings for_host(const pg_host& host) const;
  /// Returns host and database, for a log.
  std::string words() const;

 private:
  settings common_;  ///< all but host, hostaddr and port
  std::vector<pg_host> hosts_;
};

/// Says whether the name of a host has to be looked up.
bool needs_lookup(const pg_host& host);

}  // namespace mqcoap::store
