#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/net/name_lookup.hpp>
#include <mqcoap/serve/once_store.hpp>
#include <mqcoap/store/postgres/pg_connection.hpp>
#include <mqcoap/store/postgres/postgres_options.hpp>
#include <random>
#include <string>

namespace mqcoap::store {

/// Records writes in the database of several gateways, so that each write runs once, whichever gateway
/// receives it. Records are kept for a day. If another gateway is running a write at this moment, its answer
/// is awaited for some seconds.
/// @par Threads  All functions on the event loop.
class postgres_once final : public once_store {
 public:
  /// Starts connecting.
  /// @par Errors  Throws std::invalid_argument for an address that `fault_of_postgres_url` rejects.
  postgres_once(const postgres_options& options, boost::asio::any_io_executor loop,
                name_resolver resolver = resolve_by_system);
  /// Pending handlers are not called.
  ~postgres_once() override;

  void begin(once_request write, begin_handler done) override;
  void end(std::string key, std::string answer) override;

  bool is_reachable() const noexcept { return session_.is_up(); }

 private:
  /// Writes by key, each with the attempt that identifies its record: the record of a later attempt, which
  /// may be another gateway's, must not be touched.
  using attempts = std::map<std::string, std::string>;

  /// A write that is being recorded.
  struct pending_write {
    once_request write;
    begin_handler done;
    attempts::node_type record;  ///< its entry in `recorded_`, allocated beforehand
    steady_time deadline;
    int losses = 0;
  };

  void ask(const std::shared_ptr<pending_write>& one);
  void on_answer(const std::shared_ptr<pending_write>& one, const result<pg_rows, pg_fault>& answer);
  void ask_later(const std::shared_ptr<pending_write>& one);
  void store(const std::string& key, const std::string& attempt, const std::string& answer, int losses);
  void remove(attempts::node_type record);
  void remove_again();
  void forget_old();

  const boost::asio::any_io_executor loop_;
  std::shared_ptr<postgres_once*> alive_;
  std::mt19937_64 random_;
  steady_time forgot_{};
  attempts recorded_;  ///< the writes that were recorded and have not ended
  /// Writes that were not run, whose records could not be removed. A repeat would be refused for a day.
  attempts unremoved_;
  pg_connection session_;
};

}  // namespace mqcoap::store
