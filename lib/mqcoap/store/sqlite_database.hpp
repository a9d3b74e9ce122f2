#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace mqcoap::store {

/// A connection to an SQLite database.
/// @par Threads  One at a time.
/// @par Errors  All functions throw `storage_fault`, with SQLite's message.
class sqlite_database {
 public:
  enum class access : std::uint8_t { read, write };

  /// Opens a database; for writing, it is created if it does not exist.
  sqlite_database(const std::string& file, access how);

  /// Runs statements without results.
  void execute(const char* sql);
  /// Returns the first column of the first row, as a number; 0 if there is none.
  std::int64_t number(const char* sql);
  /// Returns the first column of the first row, as a text; empty if there is none.
  std::string text(const char* sql);
  bool in_transaction() const noexcept;
  std::int64_t last_row() const noexcept;
  /// Copies a consistent state of the whole database into a new file, while others may write to the database.
  void back_up(const std::string& file);

  const std::string& file() const noexcept { return file_; }
  sqlite3* handle() const noexcept { return handle_.get(); }

 private:
  struct closer {
    void operator()(sqlite3* handle) const noexcept;
  };

  const std::string file_;
  std::unique_ptr<sqlite3, closer> handle_;
};

/// A prepared statement.
class sqlite_statement {
 public:
  sqlite_statement(const sqlite_database& in, std::string_view sql);

  /// Sets all parameters. A text is not copied: it must outlive the execution.
  template <class... Values>
  sqlite_statement& with(const Values&... values) {
    int at = 0;
    (bind(++at, values), ...);
    return *this;
  }
  /// Runs a statement without results.
  void run();
  /// Moves to the next row. Returns false if there is none; then the statement can be run again.
  bool next();
  std::int64_t number(int column) const noexcept;
  std::string_view text(int column) const noexcept;

 private:
  struct finalizer {
    void operator()(sqlite3_stmt* handle) const noexcept;
  };

  void bind(int at, std::int64_t value);
  void bind(int at, std::uint64_t value) { bind(at, static_cast<std::int64_t>(value)); }
  void bind(int at, std::string_view value);
  void reset() noexcept;

  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

/// A transaction, which is rolled back unless it is committed.
class sqlite_transaction {
 public:
  explicit sqlite_transaction(sqlite_database& in);
  ~sqlite_transaction();
  sqlite_transaction(const sqlite_transaction&) = delete;
  sqlite_transaction& operator=(const sqlite_transaction&) = delete;

  void commit();

 private:
  sqlite_database& in_;
};

}  // namespace mqcoap::store
