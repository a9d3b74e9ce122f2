#pragma once

#include <mqcoap/observe/http_options.hpp>
#include <set>
#include <string>
#include <string_view>

namespace mqcoap::observe {

/// The names under which an http_server answers. Without this check, a page in a browser could read the
/// metrics through a name that its owner lets resolve to this address (DNS rebinding). An IP address cannot
/// be abused in this way.
class http_hosts {
 public:
  enum class verdict { known, unknown, malformed };

  /// Accepts `where.hosts`; on the loopback interface also `localhost` and every loopback address; elsewhere
  /// also `localhost`, this machine's name and every IP address.
  explicit http_hosts(const http_options& where, std::string_view own_name = name_of_this_machine());

  /// @param host  `NAME[:PORT]`, as in a `Host` field; the port is ignored
  verdict judge(std::string_view host) const;

  static std::string name_of_this_machine();

 private:
  bool on_loopback_;
  std::set<std::string, std::less<>> names_;  ///< in lower case
};

}  // namespace mqcoap::observe
