#include <mqcoap/store/state_database.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <mqcoap/store/storage_fault.hpp>
#include <utility>

namespace mqcoap::store {
namespace {

using access = sqlite_database::access;

/// Marks a database as one of this program ("mqco").
constexpr std::int64_t application = 0x6d71636f;
/// The maximum depth of a value, more than any configuration allows.
constexpr std::size_t deepest = 1024;

/// The statements that upgrade the tables from each version to the next, starting with an empty database.
constexpr std::array migrations{
    R"(
CREATE TABLE cell(
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  next INTEGER NOT NULL,
  initial TEXT NOT NULL,
  UNIQUE(device, path, kind)
);
CREATE TABLE item(
  cell INTEGER NOT NULL REFERENCES cell(id),
  number INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY(cell, number)
) WITHOUT ROWID;
CREATE TABLE set_aside(
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  value TEXT NOT NULL,
  why TEXT NOT NULL,
  at INTEGER NOT NULL
);
)",
    R"(
CREATE TABLE run_once(
  key TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX run_once_at ON run_once(at);
)"};
static_assert(migrations.size() == state_database::version);

void use_write_ahead_log(sqlite_database& in) {
  in.execute(
      "PRAGMA journal_mode=WAL;"
      "PRAGMA synchronous=FULL;"
      "PRAGMA journal_size_limit=16777216");
}

void migrate(sqlite_database& in, std::int64_t from) {
  if (from == state_database::version) return;
  sqlite_transaction all(in);
  for (auto at = static_cast<std::size_t>(from); at < migrations.size(); ++at) in.execute(migrations[at]);
  in.execute(("PRAGMA user_version=" + std::to_string(state_database::version)).c_str());
  in.execute(("PRAGMA application_id=" + std::to_string(application)).c_str());
  all.commit();
}

std::int64_t size_of(const std::string& file) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(file, ec);
  return ec ? 0 : static_cast<std::int64_t>(size);
}

}  // namespace

struct state_database::statements {
  explicit statements(const sqlite_database& in)
      : put(in,
            "INSERT INTO item(cell, number, value) VALUES(?1, ?2, ?3) "
            "ON CONFLICT(cell, number) DO UPDATE SET value = excluded.value"),
        remove(in, "DELETE FROM item WHERE cell = ?1 AND number = ?2"),
        add_cell(in, "INSERT INTO cell(device, path, kind, next, initial) VALUES(?1, ?2, ?3, ?4, ?5)"),
        change_cell(in, "UPDATE cell SET next = ?2, initial = ?3 WHERE id = ?1"),
        set_aside(
            in,
            "INSERT INTO set_aside(device, path, kind, number, value, why, at) "
            "SELECT device, path, kind, number, value, ?3, ?4 FROM item JOIN cell ON cell.id = item.cell "
            "WHERE item.cell = ?1 AND number = ?2"),
        find_once(in, "SELECT fingerprint, answer FROM run_once WHERE key = ?1"),
        begin_once(in, "INSERT INTO run_once(key, fingerprint, at, answer) VALUES(?1, ?2, ?3, '')"),
        end_once(in, "UPDATE run_once SET answer = ?2, at = ?3 WHERE key = ?1"),
        remove_once(in, "DELETE FROM run_once WHERE key = ?1"),
        forget_once(in, "DELETE FROM run_once WHERE at < ?1 AND (at = 0 OR answer <> '')") {}

  sqlite_statement put;
  sqlite_statement remove;
  sqlite_statement add_cell;
  sqlite_statement change_cell;
  sqlite_statement set_aside;
  sqlite_statement find_once;
  sqlite_statement begin_once;
  sqlite_statement end_once;
  sqlite_statement remove_once;
  sqlite_statement forget_once;
};

state_database::state_database(const std::string& file, access how) : database_(file, how) {
  identify(how);
  if (how == access::write) prepared_ = std::make_shared<statements>(database_);
}

/// Checks that the database belongs to this program before anything is written to it; then
/// upgrades its tables.
void state_database::identify(access how) {
  const auto owner = database_.number("PRAGMA application_id");
  const auto held = database_.number("PRAGMA user_version");
  const bool is_empty = database_.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (owner != application && !is_empty)
    throw storage_fault(storage_fault::kind::foreign, file() + " is the database of another program");
  if (held > version)
    throw storage_fault(storage_fault::kind::foreign,
                        file() + " has tables of version " + std::to_string(held) +
                            ", and this program knows version " + std::to_string(version) +
                            ": install the newer mqcoap that has written it");
  if (how == access::read && held < version)
    throw storage_fault(storage_fault::kind::foreign,
                        file() + " has tables of version " + std::to_string(held) +
                            ": start mqcoapd, which upgrades them to version " + std::to_string(version));
  if (how == access::read) return;
  use_write_ahead_log(database_);
  migrate(database_, held);
  // Resets the age of older records: time during which the gateway did not run does not count.
  database_.execute("UPDATE run_once SET at = 0 WHERE at <> 0");
}

std::string_view state_database::intern(std::string_view kind) {
  const auto at = kinds_.find(kind);
  return at != kinds_.end() ? *at : *kinds_.emplace(kind).first;
}

std::vector<stored_cell> state_database::load() {
  if (const auto found = database_.text("PRAGMA quick_check(1)"); found != "ok")
    throw storage_fault(storage_fault::kind::damaged, file() + ": " + found);
  std::vector<stored_cell> all;
  std::map<std::int64_t, std::size_t> by_id;
  sqlite_statement cells(database_, "SELECT id, device, path, kind, next, initial FROM cell");
  while (cells.next()) {
    stored_cell made;
    made.of = {std::string(cells.text(1)), std::string(cells.text(2)), intern(cells.text(3))};
    made.next = static_cast<std::uint64_t>(cells.number(4));
    made.initial = cells.text(5);
    cells_[made.of] = {cells.number(0), made.next, made.initial};
    by_id.emplace(cells.number(0), all.size());
    all.push_back(std::move(made));
  }
  sqlite_statement items(database_, "SELECT cell, number, value FROM item ORDER BY cell, number");
  while (items.next()) {
    auto value = json_text::parse(items.text(2), deepest);
    const auto at = by_id.find(items.number(0));
    if (!value || at == by_id.end())
      throw storage_fault(storage_fault::kind::damaged,
                          file() + ": " + (value ? "a value belongs to nothing" : "a value is not JSON"));
    auto& into = all[at->second].items;
    into.emplace_hint(into.end(), static_cast<std::uint64_t>(items.number(1)), *std::move(value));
  }
  return all;
}

/// Updates the known cells only after the transaction is committed.
void state_database::transact(const std::function<void()>& action) {
  changed_.clear();
  sqlite_transaction all(database_);
  action();
  all.commit();
  for (auto& [name, held] : changed_) cells_.insert_or_assign(name, std::move(held));
  changed_.clear();
}

void state_database::store(const state_commit& what, unix_millis now) {
  for (const auto& value : what.values) store_value(value, now);
}

void state_database::store_value(const stored_value& value, unix_millis now) {
  const auto changed = changed_.find(value.of);
  const auto before = cells_.find(value.of);
  const known_cell* held = changed != changed_.end() ? &changed->second
                           : before != cells_.end()  ? &before->second
                                                     : nullptr;
  const auto next = std::max(held != nullptr ? held->next : 0, value.number + 1);
  if (held == nullptr) {
    prepared_->add_cell.with(value.of.device, value.of.path, value.of.kind, next, value.initial).run();
    held = &changed_.emplace(value.of, known_cell{database_.last_row(), next, value.initial}).first->second;
  } else if (held->next != next || held->initial != value.initial) {
    prepared_->change_cell.with(held->id, next, value.initial).run();
    held = &changed_.insert_or_assign(value.of, known_cell{held->id, next, value.initial}).first->second;
  }
  if (!value.set_aside.empty())
    prepared_->set_aside.with(held->id, value.number, value.set_aside, now.count).run();
  if (value.value)
    prepared_->put.with(held->id, value.number, value.value->text()).run();
  else
    prepared_->remove.with(held->id, value.number).run();
}

once_record state_database::begin_once(const once_request& write, std::chrono::milliseconds now) {
  using state = once_record::state;
  auto& find = prepared_->find_once.with(write.key);
  if (find.next()) {
    once_record found{state::answered, std::string(find.text(1))};
    if (find.text(0) != write.fingerprint)
      found = {state::conflict, {}};
    else if (found.answer.empty())
      found.what = state::unknown;
    while (find.next()) continue;  // so that the statement can be run again
    return found;
  }
  prepared_->begin_once.with(write.key, write.fingerprint, std::int64_t{now.count()}).run();
  return {};
}

void state_database::end_once(std::string_view key, std::string_view answer, std::chrono::milliseconds now) {
  if (answer.empty())
    prepared_->remove_once.with(key).run();
  else
    prepared_->end_once.with(key, answer, std::int64_t{now.count()}).run();
}

void state_database::forget_once(std::chrono::milliseconds before) {
  prepared_->forget_once.with(std::int64_t{before.count()}).run();
}

std::vector<value_set_aside> state_database::set_aside() {
  std::vector<value_set_aside> all;
  sqlite_statement rows(database_,
                        "SELECT device, path, kind, number, value, why, at FROM set_aside ORDER BY id");
  while (rows.next())
    all.push_back({{std::string(rows.text(0)), std::string(rows.text(1)), intern(rows.text(2))},
                   static_cast<std::uint64_t>(rows.number(3)),
                   std::string(rows.text(4)),
                   std::string(rows.text(5)),
                   unix_millis{rows.number(6)}});
  return all;
}

std::int64_t state_database::count_set_aside() { return database_.number("SELECT count(*) FROM set_aside"); }

std::int64_t state_database::bytes() const { return size_of(file()) + size_of(file() + "-wal"); }

}  // namespace mqcoap::store
