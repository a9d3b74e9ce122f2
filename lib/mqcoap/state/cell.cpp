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
  items_.emplace(0, with_version(*std::move(first)));
  next_ = 1;
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

void cell::apply(std::uint64_t number, item_map::node_type&& put) noexcept {
  ++revision_;
  const auto at = items_.find(number);
  if (at != items_.end()) bytes_ -= at->second.value.text().size();
  if (put.empty()) {
    if (at != items_.end()) items_.erase(at);
    return;
  }
  bytes_ += put.mapped().value.text().size();
  next_ = std::max(next_, number + 1);
  if (at != items_.end())
    at->second = std::move(put.mapped());
  else
    items_.insert(std::move(put));
}

}  // namespace mqcoap
