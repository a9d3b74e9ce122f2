#include <mqcoap/resource/collection.hpp>

#include <charconv>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/resource/conditions.hpp>

namespace mqcoap {
namespace {

/// The collection's own path, of a request to it or to one of its items.
std::string_view list_path(const call& c) {
  const auto path = c.req.path.key();
  return c.rest().empty() ? path : path.substr(0, c.rest_at - 1);
}

/// One spelling for each number: no sign, no leading zeros.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty() || !is_digit(text.front()) || (text.front() == '0' && text.size() > 1))
    return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

answer too_large(std::string_view path, const std::string& why) {
  return answer::refusal(response_code::request_entity_too_large, std::string(path) + why);
}

}  // namespace

void collection_resource::handle(responder&& r) {
  auto said = r->rest().empty() ? answer_list(*r) : answer_item(*r);
  std::move(r).respond(std::move(said));
}

void collection_resource::take_over(const collection_resource& before) {
  items_.clear();
  bytes_ = 0;
  for (const auto& [number, held] : before.items_) {
    if (find_fault(held.value, options_.schema)) continue;
    items_.emplace_hint(items_.end(), number, held);
    bytes_ += held.value.text().size();
  }
  next_ = before.next_;
  list_.reset();
}

std::size_t collection_resource::room_beside(std::size_t others) const noexcept {
  return others < options_.max_bytes ? options_.max_bytes - others : 0;
}

answer collection_resource::answer_list(const call& c) {
  if (auto refused = refuse_method(c.req, {method::get, method::post})) return *std::move(refused);
  return c.req.verb == method::get ? get_list(c.req) : post(c);
}

answer collection_resource::answer_item(const call& c) {
  const auto number = parse_number(c.rest());
  const auto at = number ? items_.find(*number) : items_.end();
  if (at == items_.end()) {
    const std::string list(list_path(c));
    return answer::refusal(response_code::not_found, std::string(c.req.path.key()) + " does not exist; GET " +
                                                         list + " lists the items, POST to " + list +
                                                         " makes one");
  }
  if (auto refused = refuse_method(c.req, {method::get, method::put, method::del}))
    return *std::move(refused);
  switch (c.req.verb) {
    case method::put: return put(c, at->second);
    case method::del: return remove(at, c);
    default: return give(c.req, at->second.value, at->second.etag);
  }
}

answer collection_resource::post(const call& c) {
  const auto path = list_path(c);
  if (auto refused = refuse_content_format(c.req)) return *std::move(refused);
  if (auto refused = refuse_body(find_fault(c.req.body, options_.schema))) return *std::move(refused);
  if (items_.size() >= options_.max)
    return too_large(path, " is full with " + std::to_string(items_.size()) + " items; DELETE one first");
  const auto text = c.req.body.text();
  if (text.size() > room_beside(bytes_))
    return too_large(path, " has room for " + std::to_string(room_beside(bytes_)) +
                               " bytes more; send less or DELETE an item first");
  items_.emplace_hint(items_.end(), next_, item{c.req.body, make_etag(text)});
  bytes_ += text.size();
  list_.reset();
  answer a;
  a.code = response_code::created;
  a.location = std::string(path) + '/' + std::to_string(next_++);
  return a;
}

answer collection_resource::put(const call& c, item& current) {
  if (auto refused = refuse_content_format(c.req)) return *std::move(refused);
  if (auto refused = refuse_version(c.req, current.etag)) return *std::move(refused);
  if (auto refused = refuse_body(find_fault(c.req.body, options_.schema))) return *std::move(refused);
  const auto text = c.req.body.text();
  const std::size_t others = bytes_ - current.value.text().size();
  if (text.size() > room_beside(others))
    return too_large(list_path(c), " has room for " + std::to_string(room_beside(others)) +
                                       " bytes in place of this item; send less");
  bytes_ = others + text.size();
  current = {c.req.body, make_etag(text)};
  list_.reset();
  return changed(current.etag);
}

answer collection_resource::remove(item_map::iterator at, const call& c) {
  if (auto refused = refuse_version(c.req, at->second.etag)) return *std::move(refused);
  bytes_ -= at->second.value.text().size();
  items_.erase(at);
  list_.reset();
  answer a;
  a.code = response_code::deleted;
  return a;
}

answer collection_resource::get_list(const request& r) {
  if (!list_) {
    constexpr std::size_t around_an_item = 24;  // quotes, number, colon, comma
    std::string text;
    text.reserve(bytes_ + items_.size() * around_an_item + 2);
    text += '{';
    for (const auto& [number, held] : items_) {
      if (text.size() > 1) text += ',';
      text.append(1, '"').append(std::to_string(number)).append("\":").append(held.value.text());
    }
    text += '}';
    list_ = item{json_text::from_validated(text), make_etag(text)};
  }
  return give(r, list_->value, list_->etag);
}

}  // namespace mqcoap
