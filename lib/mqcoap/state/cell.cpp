#include <mqcoap/state/cell.hpp>

#include <algorithm>
#include <mqcoap/state/version.hpp>
#include <utility>

namespace mqcoap {

versioned with_version(json_text value) {
  auto version = make_etag(value.text());
  return {std::move(value), std::move(version)};
}

cell::cell(cell_name name, std::shared_ptr<const cell_terms> terms)
    : name_(std::move(name)), terms_(std::move(terms)) {
  auto first = terms_->initial();
  if (!first) return;
  bytes_ = first->text().size();
  const auto& made = items_.emplace(0, with_version(*std::move(first))).first->second;
  initial_ = made.version;
  next_ = 1;
}

cell::cell(stored_cell stored, std::shared_ptr<const cell_terms> terms)
    : name_(stored.of), terms_(std::move(terms)) {
  refresh(std::move(stored));
}

/// Replaces the contents with those of a store.
void cell::refresh(stored_cell stored) {
  item_map items;
  std::size_t bytes = 0;
  for (auto& [number, value] : stored.items) {
    bytes += value.text().size();
    items.emplace_hint(items.end(), number, with_version(std::move(value)));
  }
  ++revision_;
  items_ = std::move(items);
  bytes_ = bytes;
  next_ = items_.empty() ? stored.next : std::max(stored.next, items_.rbegin()->first + 1);
  initial_ = std::move(stored.initial);
  stored_revision_ = stored.revision;
}

const versioned* cell::find(std::uint64_t number) const noexcept {
  const auto at = items_.find(number);
  return at == items_.end() ? nullptr : &at->second;
}

const json_text& cell::current() const noexcept {
  static const json_text nothing;
  const auto* const first = find(0);
  return first != nullptr ? first->value : nothing;
}

void cell::exchange(std::uint64_t number, item_map::node_type& put) noexcept {
  ++revision_;
  auto before = items_.extract(number);
  if (before) bytes_ -= before.mapped().value.text().size();
  if (put) {
    bytes_ += put.mapped().value.text().size();
    next_ = std::max(next_, number + 1);
    items_.insert(std::move(put));
  }
  put = std::move(before);
}

void cell::take_terms(std::shared_ptr<const cell_terms> terms, std::string initial) noexcept {
  terms_ = std::move(terms);
  initial_ = std::move(initial);
}

}  // namespace mqcoap
