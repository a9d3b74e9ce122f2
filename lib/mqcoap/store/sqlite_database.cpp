#include <mqcoap/store/sqlite_database.hpp>

#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mqcoap/store/storage_fault.hpp>
#include <system_error>

namespace mqcoap::store {
namespace {

/// How long to wait for a lock that a reader in another process holds.
constexpr int busy_timeout_ms = 5000;

/// Returns true if the disk is full. SQLite recognizes only ENOSPC; a quota and a limit on the size of files
/// mean the same.
bool is_full(int code, int system) {
  return (code & 0xff) == SQLITE_FULL || system == ENOSPC || system == EDQUOT || system == EFBIG;
}

storage_fault::kind kind_of(int code, int system) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return storage_fault::kind::damaged;
    case SQLITE_FULL: return storage_fault::kind::full;
    case SQLITE_IOERR: return is_full(code, system) ? storage_fault::kind::full : storage_fault::kind::failed;
    default: return storage_fault::kind::failed;
  }
}

/// Throws the error of the last call.
/// @param error  errno after the call: SQLite does not store that of a
///   failed COMMIT (findings/sqlite-system-errno.sh)
[[noreturn]] void raise(sqlite3* from, const std::string& file, int error) {
  const int code = sqlite3_extended_errcode(from);
  // Only a failed system call sets the system error.
  const bool is_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  const int kept = is_system ? sqlite3_system_errno(from) : 0;
  const int system = is_system && kept == 0 ? error : kept;
  std::string message = file + ": " + sqlite3_errmsg(from);
  if (system != 0) message.append(": ") += std::strerror(system);
  throw storage_fault(kind_of(code, system), message);
}

void check(int code, sqlite3* in) {
  if (code == SQLITE_OK) return;
  const int error = errno;
  const auto* const file = sqlite3_db_filename(in, "main");
  raise(in, file != nullptr ? file : "", error);
}

}  // namespace

namespace {

/// Follows links in the folder of a file. SQLite is to refuse a link only in place of the file itself, and
/// would refuse one anywhere in the path.
std::string in_real_folder(const std::string& file) {
  const std::filesystem::path given(file);
  std::error_code ec;
  const auto folder = std::filesystem::canonical(given.has_parent_path() ? given.parent_path() : ".", ec);
  return ec ? file : (folder / given.filename()).string();
}

}  // namespace

void sqlite_database::closer::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

sqlite_database::sqlite_database(const std::string& file, access how) : file_(file) {
  const int flags =
      (how == access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  sqlite3* opened = nullptr;
  errno = 0;
  const int code = sqlite3_open_v2(in_real_folder(file).c_str(), &opened, flags, nullptr);
  handle_.reset(opened);
  if (opened == nullptr) throw storage_fault(storage_fault::kind::failed, file + ": out of memory");
  if (code != SQLITE_OK) raise(opened, file, errno);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, busy_timeout_ms);
}

void sqlite_database::execute(const char* sql) {
  errno = 0;
  check(sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr), handle());
}

std::int64_t sqlite_database::number(const char* sql) {
  sqlite_statement statement(*this, sql);
  return statement.next() ? statement.number(0) : 0;
}

std::string sqlite_database::text(const char* sql) {
  sqlite_statement statement(*this, sql);
  return statement.next() ? std::string(statement.text(0)) : std::string();
}

bool sqlite_database::in_transaction() const noexcept { return sqlite3_get_autocommit(handle()) == 0; }

std::int64_t sqlite_database::last_row() const noexcept { return sqlite3_last_insert_rowid(handle()); }

void sqlite_database::back_up(const std::string& file) {
  sqlite_database copy(file, access::write);
  auto* const under_way = sqlite3_backup_init(copy.handle(), "main", handle(), "main");
  if (under_way == nullptr) raise(copy.handle(), file, errno);
  errno = 0;
  sqlite3_backup_step(under_way, -1);  // the next call returns its error
  check(sqlite3_backup_finish(under_way), copy.handle());
  // Produces a single file, without a separate write-ahead log.
  copy.execute("PRAGMA journal_mode=DELETE");
}

// ---- statements

void sqlite_statement::finalizer::operator()(sqlite3_stmt* handle) const noexcept {
  sqlite3_finalize(handle);
}

sqlite_statement::sqlite_statement(const sqlite_database& in, std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  check(sqlite3_prepare_v3(in.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &prepared, nullptr),
        in.handle());
  handle_.reset(prepared);
}

void sqlite_statement::bind(int at, std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), at, value), sqlite3_db_handle(handle_.get()));
}

/// Replaces an empty view, which may be null, because null would be bound as NULL.
void sqlite_statement::bind(int at, std::string_view value) {
  const char* const begin = value.empty() ? "" : value.data();
  check(sqlite3_bind_text64(handle_.get(), at, begin, value.size(), SQLITE_STATIC, SQLITE_UTF8),
        sqlite3_db_handle(handle_.get()));
}

void sqlite_statement::run() {
  while (next()) continue;
}

bool sqlite_statement::next() {
  errno = 0;
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  // The error must be read before the statement is reset.
  if (code != SQLITE_DONE) {
    auto* const in = sqlite3_db_handle(handle_.get());
    try {
      check(code, in);
    } catch (...) {
      reset();
      throw;
    }
  }
  reset();
  return false;
}

void sqlite_statement::reset() noexcept {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

std::int64_t sqlite_statement::number(int column) const noexcept {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string_view sqlite_statement::text(int column) const noexcept {
  const auto* const begin = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (begin == nullptr) return {};
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

// ---- transactions

sqlite_transaction::sqlite_transaction(sqlite_database& in) : in_(in) { in.execute("BEGIN IMMEDIATE"); }

/// Rolls back, unless SQLite has already done so after an error.
sqlite_transaction::~sqlite_transaction() {
  if (in_.in_transaction()) sqlite3_exec(in_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void sqlite_transaction::commit() { in_.execute("COMMIT"); }

}  // namespace mqcoap::store
