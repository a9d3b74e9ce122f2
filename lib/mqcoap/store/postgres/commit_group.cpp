#include <mqcoap/store/postgres/commit_group.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace mqcoap::store {
namespace {

constexpr char make_cells_name[] = "mqcoap_make_cells";
constexpr char store_name[] = "mqcoap_store";

/// Creates rows of revision 0 for cells that are not stored yet, so that the cells that a commit is based on
/// can be locked.
constexpr char make_cells_sql[] = R"(
INSERT INTO mqcoap_cell (device, path, kind)
SELECT device, path, kind FROM unnest($1::text[], $2::text[], $3::text[]) AS g (device, path, kind)
WHERE NOT EXISTS (
  SELECT FROM mqcoap_cell c WHERE c.device = g.device AND c.path = g.path AND c.kind = g.kind)
ORDER BY device, path, kind
ON CONFLICT DO NOTHING)";

/// Stores the commits (parts) of a group. The marks are the cells that the commits are based on. Those whose
/// revision is unchanged are locked in a fixed order, so that two members cannot deadlock; the others were
/// changed meanwhile, and their parts are not stored. After waiting for a lock, the statement sees the
/// changes of the other transaction. The member's row is required as the last condition: nothing is stored in
/// an epoch that has ended.
constexpr char store_sql[] = R"(
WITH mark AS (
  SELECT * FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::bigint[])
    WITH ORDINALITY AS g (part, device, path, kind, revision, at)
), held AS MATERIALIZED (
  SELECT m.part, m.at, c.cell FROM mark m JOIN mqcoap_cell c USING (device, path, kind)
  WHERE c.revision = m.revision ORDER BY c.cell FOR NO KEY UPDATE OF c
), fit AS (
  SELECT m.part FROM mark m LEFT JOIN held h USING (at) GROUP BY m.part HAVING count(*) = count(h.at)
), member AS (
  UPDATE mqcoap_member SET batch = $3::bigint, stored = ARRAY(SELECT part FROM fit), seen = now()
  WHERE member = $1::text AND epoch = $2::bigint RETURNING stored
), written AS (
  SELECT h.at, h.cell FROM held h, member b WHERE h.part = ANY (b.stored)
), changed AS (
  UPDATE mqcoap_cell c
  SET revision = c.revision + 1, next = greatest(c.next, g.next), initial = g.initial
  FROM unnest($9::bigint[], $10::bigint[], $11::text[]) AS g (at, next, initial) JOIN written w USING (at)
  WHERE c.cell = w.cell
), given AS (
  SELECT w.cell, g.number, g.value, g.why
  FROM unnest($12::bigint[], $13::bigint[], $14::text[], $15::text[]) AS g (at, number, value, why)
  JOIN written w USING (at)
), aside AS (
  INSERT INTO mqcoap_set_aside (cell, number, value, why)
  SELECT v.cell, v.number, v.value, g.why FROM given g JOIN mqcoap_value v USING (cell, number)
  WHERE g.why <> ''
), removed AS (
  DELETE FROM mqcoap_value v USING given g
  WHERE v.cell = g.cell AND v.number = g.number AND g.value IS NULL
), put AS (
  INSERT INTO mqcoap_value (cell, number, value)
  SELECT cell, number, value FROM given WHERE value IS NOT NULL
  ON CONFLICT (cell, number) DO UPDATE SET value = excluded.value
)
SELECT stored FROM member)";

/// Begins an epoch. Also deletes members that have not stored anything for a long time.
constexpr char begin_epoch_sql[] = R"(
WITH gone AS (
  DELETE FROM mqcoap_member WHERE seen < now() - interval '30 days' AND member <> $1::text
)
INSERT INTO mqcoap_member (member, epoch, batch, stored) VALUES ($1::text, $2::bigint, 0, '{}')
ON CONFLICT (member) DO UPDATE SET epoch = excluded.epoch, seen = now()
RETURNING batch, stored)";

/// The columns for a list of cell names.
struct name_columns {
  std::vector<std::string_view> devices;
  std::vector<std::string_view> paths;
  std::vector<std::string_view> kinds;

  void add(const cell_name& name) {
    devices.push_back(name.device);
    paths.push_back(name.path);
    kinds.push_back(name.kind);
  }
  void add_to(pg_parameters& to) const { to.add(devices).add(paths).add(kinds); }
};

/// The last change of each value, by the position of its cell, because a statement can change a
/// row only once.
using last_changes = std::map<std::pair<std::int64_t, std::uint64_t>, const stored_value*>;

std::size_t size_of(const state_commit& commit) {
  std::size_t bytes = 0;
  for (const auto& each : commit.values) bytes += each.value ? each.value->text().size() : 0;
  return bytes;
}

void add_values(pg_parameters& to, const last_changes& values) {
  std::vector<std::int64_t> places;
  std::vector<std::int64_t> numbers;
  std::vector<std::optional<std::string_view>> texts;
  std::vector<std::string_view> reasons;
  for (const auto& [key, value] : values) {
    places.push_back(key.first);
    numbers.push_back(static_cast<std::int64_t>(key.second));
    texts.push_back(value->value ? std::optional(value->value->text()) : std::nullopt);
    reasons.push_back(value->set_aside);
  }
  to.add(places).add(numbers).add(texts).add(reasons);
}

/// A cell that is written: its next number, and the version of its initial value.
struct written_cell {
  std::int64_t next = 0;
  std::string_view initial;
};

void add_cells(pg_parameters& to, const std::map<std::int64_t, written_cell>& cells) {
  std::vector<std::int64_t> places;
  std::vector<std::int64_t> next;
  std::vector<std::string_view> initial;
  for (const auto& [at, written] : cells) {
    places.push_back(at);
    next.push_back(written.next);
    initial.push_back(written.initial);
  }
  to.add(places).add(next).add(initial);
}

}  // namespace

bool commit_group::has_room_for(const awaited_commit& next, std::size_t bytes) const {
  if (commits_.empty()) return true;
  if (next.is_alone || commits_.front().is_alone) return false;
  if (commits_.size() >= most_commits || bytes_ + bytes > most_bytes) return false;
  const auto& marks = next.what.based_on;
  return std::none_of(marks.begin(), marks.end(),
                      [this](const auto& each) { return cells_.contains(each.of); });
}

bool commit_group::take(awaited_commit& next) {
  const auto bytes = size_of(next.what);
  if (!has_room_for(next, bytes)) return false;
  for (const auto& each : next.what.based_on) cells_.insert(each.of);
  bytes_ += bytes;
  commits_.push_back(std::move(next));
  return true;
}

std::size_t commit_group::values() const {
  std::size_t count = 0;
  for (const auto& each : commits_) count += each.what.values.size();
  return count;
}

bool commit_group::has_new_cells() const {
  return std::any_of(commits_.begin(), commits_.end(), [](const auto& commit) {
    const auto& marks = commit.what.based_on;
    return std::any_of(marks.begin(), marks.end(), [](const auto& each) { return each.revision == 0; });
  });
}

pg_statement commit_group::make_cells() const {
  name_columns names;
  for (const auto& commit : commits_)
    for (const auto& each : commit.what.based_on)
      if (each.revision == 0) names.add(each.of);
  pg_parameters given;
  names.add_to(given);
  return run_prepared(make_cells_name, std::move(given));
}

pg_statement commit_group::store(const commit_author& by, std::int64_t number) const {
  std::vector<std::int64_t> parts;
  std::vector<std::int64_t> revisions;
  name_columns names;
  std::map<std::int64_t, written_cell> written;
  last_changes changes;
  for (std::size_t part = 0; part < commits_.size(); ++part) {
    std::map<cell_name, std::int64_t> places;
    for (const auto& each : commits_[part].what.based_on) {
      names.add(each.of);
      parts.push_back(static_cast<std::int64_t>(part));
      revisions.push_back(static_cast<std::int64_t>(each.revision));
      places.emplace(each.of, static_cast<std::int64_t>(parts.size()));
    }
    for (const auto& each : commits_[part].what.values) {
      const auto at = places.at(each.of);
      changes[{at, each.number}] = &each;
      auto& cell = written[at];
      cell.next = std::max(cell.next, static_cast<std::int64_t>(each.number) + 1);
      cell.initial = each.initial;
    }
  }
  pg_parameters given;
  given.add(by.member).add(by.epoch).add(number).add(parts);
  names.add_to(given);
  given.add(revisions);
  add_cells(given, written);
  add_values(given, changes);
  return run_prepared(store_name, std::move(given));
}

pg_request commit_group::preparation() {
  return {prepare_sql(make_cells_name, make_cells_sql), prepare_sql(store_name, store_sql)};
}

pg_statement begin_epoch(const commit_author& by) {
  pg_parameters given;
  given.add(by.member).add(by.epoch);
  return run_sql(begin_epoch_sql, std::move(given));
}

}  // namespace mqcoap::store
