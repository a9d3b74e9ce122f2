#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/serve/once_store.hpp>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/store/sqlite_database.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mqcoap::store {

/// A value that is no longer in force because its resource rejected it.
struct value_set_aside {
  cell_name of;
  std::uint64_t number = 0;
  std::string value;  ///< as JSON
  std::string why;
  unix_millis at;
};

/// The database of the state of resources, with its tables (docs/operations.md, "State").
/// @par Threads  One at a time.
/// @par Errors  All functions throw `storage_fault`.
class state_database {
 public:
  /// The version of the tables that this program writes.
  static constexpr int version = 2;
  static constexpr char file_name[] = "state.db";

  /// Opens a database. For writing, it is created if it does not exist, and tables of an older version are
  /// upgraded to this one.
  state_database(const std::string& file, sqlite_database::access how);

  /// Reads everything. A value that is not valid JSON means that the database is damaged.
  std::vector<stored_cell> load();
  /// Runs an action within one transaction: either everything that it stores is committed, or nothing.
  void transact(const std::function<void()>& action);

  /// @name Within a transaction
  /// @{
  void store(const state_commit& what, unix_millis now);
  /// Records a write, or finds its record.
  /// @param now  the time since the database was opened
  once_record begin_once(const once_request& write, std::chrono::milliseconds now);
  /// Records the answer of a write.
  /// @param answer  empty: the record of the write is deleted
  /// @param now     the time since the database was opened
  void end_once(std::string_view key, std::string_view answer, std::chrono::milliseconds now);
  /// Deletes the records of writes that ended before a time, which counts from when the database was opened,
  /// and those from earlier runs. A write that still runs is not forgotten.
  void forget_once(std::chrono::milliseconds before);
  /// @}

  std::vector<value_set_aside> set_aside();
  std::int64_t count_set_aside();
  /// Returns the size of the database file and its write-ahead log, in bytes.
  std::int64_t bytes() const;
  void back_up(const std::string& file) { database_.back_up(file); }
  const std::string& file() const noexcept { return database_.file(); }

 private:
  struct known_cell {
    std::int64_t id;
    std::uint64_t next;
    std::string initial;
  };
  struct statements;

  void identify(sqlite_database::access how);
  void store_value(const stored_value& value, unix_millis now);
  std::string_view intern(std::string_view kind);

  sqlite_database database_;
  std::shared_ptr<statements> prepared_;
  std::map<cell_name, known_cell> cells_;
  std::map<cell_name, known_cell> changed_;   ///< in the current transaction
  std::set<std::string, std::less<>> kinds_;  ///< the strings that the names of cells refer to
};

}  // namespace mqcoap::store
