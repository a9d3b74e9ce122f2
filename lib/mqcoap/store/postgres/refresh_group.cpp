#include <mqcoap/store/postgres/refresh_group.hpp>

#include <cstdint>
#include <string_view>

namespace mqcoap::store {
namespace {

constexpr char refresh_name[] = "mqcoap_refresh";

constexpr char refresh_sql[] = R"(
SELECT m.at, coalesce(c.revision, 0), c.next, c.initial, v.number, v.value
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
  WITH ORDINALITY AS m (device, path, kind, revision, at)
LEFT JOIN mqcoap_cell c USING (device, path, kind)
LEFT JOIN mqcoap_value v USING (cell)
WHERE coalesce(c.revision, 0) <> m.revision
ORDER BY m.at)";

/// The maximum depth of a value, more than any configuration allows.
constexpr std::size_t deepest_value = 1024;

/// Adds the contents of a row to a cell. Returns false if the value is not valid JSON.
bool read_row(const pg_rows& rows, int row, stored_cell& to) {
  to.next = static_cast<std::uint64_t>(rows.number(row, 2));
  to.initial = rows.text(row, 3);
  if (rows.is_null(row, 4)) return true;
  auto value = json_text::parse(rows.text(row, 5), deepest_value);
  if (value.has_error()) return false;
  to.items.emplace(static_cast<std::uint64_t>(rows.number(row, 4)), *std::move(value));
  return true;
}

}  // namespace

bool refresh_group::take(awaited_refresh& next) {
  if (!refreshes_.empty() && marks_.size() + next.held.size() > most_cells) return false;
  for (std::size_t i = 0; i < next.held.size(); ++i) marks_.emplace_back(refreshes_.size(), i);
  refreshes_.push_back(std::move(next));
  return true;
}

pg_statement refresh_group::ask() const {
  std::vector<std::string_view> devices;
  std::vector<std::string_view> paths;
  std::vector<std::string_view> kinds;
  std::vector<std::int64_t> revisions;
  for (const auto& [index, mark] : marks_) {
    const auto& each = refreshes_[index].held[mark];
    devices.push_back(each.of.device);
    paths.push_back(each.of.path);
    kinds.push_back(each.of.kind);
    revisions.push_back(static_cast<std::int64_t>(each.revision));
  }
  pg_parameters given;
  given.add(devices).add(paths).add(kinds).add(revisions);
  return run_prepared(refresh_name, std::move(given));
}

result<std::vector<std::vector<stored_cell>>, cell_name> refresh_group::answers(const pg_rows& rows) const {
  std::vector<std::vector<stored_cell>> found(refreshes_.size());
  std::int64_t last = 0;
  for (int row = 0; row < rows.size(); ++row) {
    const auto at = rows.number(row, 0);
    const auto& [index, mark] = marks_.at(static_cast<std::size_t>(at - 1));
    auto& cells = found[index];
    if (at != last) {
      cells.emplace_back().of = refreshes_[index].held[mark].of;
      cells.back().revision = static_cast<std::uint64_t>(rows.number(row, 1));
    }
    last = at;
    if (cells.back().revision != 0 && !read_row(rows, row, cells.back())) return cells.back().of;
  }
  return found;
}

pg_request refresh_group::preparation() { return {prepare_sql(refresh_name, refresh_sql)}; }

}  // namespace mqcoap::store
