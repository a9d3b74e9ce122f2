#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <list>
#include <memory>
#include <mqcoap/net/name_lookup.hpp>
#include <string>
#include <utility>

namespace mqcoap {

/// Looks up the name of one server for all connections to it; those that need it during a lookup share the
/// lookup. A lookup may take a minute, and there is never more than one.
/// @par Threads  All functions on the executor.
class http_names : public std::enable_shared_from_this<http_names> {
 public:
  using handler = std::function<void(const resolved_name&)>;

  http_names(const boost::asio::any_io_executor& loop, std::string host, name_resolver resolver)
      : host_(std::move(host)), lookup_(loop, std::move(resolver)) {}

  /// Calls `done` with the addresses, never inside this call. Does not call it if `owner` has expired.
  void find(std::weak_ptr<void> owner, handler done);

 private:
  struct caller {
    std::weak_ptr<void> owner;
    handler done;
  };
  const std::string host_;
  name_lookup lookup_;
  std::list<caller> waiting_;
};

}  // namespace mqcoap
