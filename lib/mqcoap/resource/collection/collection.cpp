#include <mqcoap/resource/collection/collection.hpp>

#include <charconv>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/read.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/resource/write.hpp>

namespace mqcoap {
namespace {

/// Returns the collection's own path for a request to it or to one of its items.
std::string_view list_path(const call& c) {
  const auto path = c.req.path.key();
  return c.rest().empty() ? path : path.substr(0, c.rest_at - 1);
}

/// Accepts one spelling for each number: no sign, no leading zeros.
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

/// Decides how a request changes the cell of a collection; see `write`.
class collection_change {
 public:
  collection_change(std::shared_ptr<const collection_terms> terms, std::shared_ptr<cell> target)
      : terms_(std::move(terms)), target_(std::move(target)) {}

  answer operator()(const call& c, change_list& changes) const {
    if (c.rest().empty()) return post(c, changes);
    const auto number = parse_number(c.rest());
    const auto* const held = number ? target_->find(*number) : nullptr;
    if (held == nullptr) return missing(c);
    return c.req.verb == method::put ? put(c, *number, *held, changes) : remove(c, *number, *held, changes);
  }
  static answer missing(const call& c) {
    const std::string list(list_path(c));
    return answer::refusal(response_code::not_found, std::string(c.req.path.key()) + " does not exist; GET " +
                                                         list + " lists the items, POST to " + list +
                                                         " makes one");
  }

 private:
  const collection_options& options() const noexcept { return terms_->options(); }
  std::size_t room_beside(std::size_t others) const noexcept {
    return others < options().max_bytes ? options().max_bytes - others : 0;
  }

  std::optional<answer> refuse_item(const json_text& item) const {
    if (validate_json(item.text(), options().max_depth))
      return answer::refusal(response_code::bad_request,
                             "body: nested deeper than " + std::to_string(options().max_depth) +
                                 " levels: the list of the items could not be sent");
    return refuse_body(find_fault(item, options().schema));
  }

  answer post(const call& c, change_list& changes) const {
    const auto path = list_path(c);
    if (auto refused = refuse_content_format(c.req)) return *std::move(refused);
    if (auto refused = refuse_item(c.req.body)) return *std::move(refused);
    const auto count = target_->items().size();
    if (count >= options().max)
      return too_large(path, " is full with " + std::to_string(count) + " items; DELETE one first");
    const auto room = room_beside(target_->bytes());
    if (c.req.body.text().size() > room)
      return too_large(
          path, " has room for " + std::to_string(room) + " bytes more; send less or DELETE an item first");
    const auto number = target_->next_number();
    changes.push_back({target_, number, with_version(c.req.body)});
    answer a;
    a.code = response_code::created;
    a.location = std::string(path) + '/' + std::to_string(number);
    return a;
  }

  answer put(const call& c, std::uint64_t number, const versioned& held, change_list& changes) const {
    if (auto refused = refuse_content_format(c.req)) return *std::move(refused);
    if (auto refused = refuse_version(c.req, held.version)) return *std::move(refused);
    if (auto refused = refuse_item(c.req.body)) return *std::move(refused);
    const auto room = room_beside(target_->bytes() - held.value.text().size());
    if (c.req.body.text().size() > room)
      return too_large(list_path(c),
                       " has room for " + std::to_string(room) + " bytes in place of this item; send less");
    changes.push_back({target_, number, with_version(c.req.body)});
    return changed(changes.back().value->version);
  }

  answer remove(const call& c, std::uint64_t number, const versioned& held, change_list& changes) const {
    if (auto refused = refuse_version(c.req, held.version)) return *std::move(refused);
    changes.push_back({target_, number, std::nullopt});
    answer a;
    a.code = response_code::deleted;
    return a;
  }

  std::shared_ptr<const collection_terms> terms_;
  std::shared_ptr<cell> target_;
};

}  // namespace

void collection_options::make(resource_site& at) const {
  const auto made = std::make_shared<collection_resource>(*this, at.draft(), at.device(), at.path());
  at.serve(at.path(), made);
  at.serve(at.path() + "/**", made);
}

change_list collection_terms::adopt(const std::shared_ptr<cell>& held) const {
  const auto* const before = dynamic_cast<const collection_terms*>(&held->terms());
  if (before != nullptr && before->options_ == options_) return {};
  change_list removed;
  for (const auto& [number, item] : held->items())
    if (const auto fault = find_fault(item.value, options_.schema))
      removed.push_back({held, number, std::nullopt, to_text(*fault)});
  return removed;
}

collection_resource::collection_resource(collection_options options, state_draft& draft, std::string device,
                                         std::string path)
    : terms_(std::make_shared<collection_terms>(std::move(options))),
      state_(draft.state()),
      cell_(draft.open({std::move(device), std::move(path), collection_options::kind_name}, terms_)) {}

void collection_resource::handle(responder&& r) {
  if (r->rest().empty())
    handle_list(std::move(r));
  else
    handle_item(std::move(r));
}

void collection_resource::handle_list(responder&& r) {
  if (auto refused = refuse_method(r.req(), {method::get, method::post}))
    return std::move(r).respond(*std::move(refused));
  if (r.req().verb == method::post)
    return write(state_, {cell_}, std::move(r), collection_change(terms_, cell_));
  read(state_, cell_, std::move(r), [this](responder&& one) {
    auto given = get_list(one.req());
    std::move(one).respond(std::move(given));
  });
}

void collection_resource::handle_item(responder&& r) {
  if (r.req().verb == method::put || r.req().verb == method::del)
    return write(state_, {cell_}, std::move(r), collection_change(terms_, cell_));
  read(state_, cell_, std::move(r), [this](responder&& one) { answer_item(std::move(one)); });
}

void collection_resource::answer_item(responder&& r) {
  const auto number = parse_number(r->rest());
  const auto* const held = number ? cell_->find(*number) : nullptr;
  if (held == nullptr) {
    auto missing = collection_change::missing(*r);
    return std::move(r).respond(std::move(missing));
  }
  if (auto refused = refuse_method(r.req(), {method::get, method::put, method::del}))
    return std::move(r).respond(*std::move(refused));
  auto given = give(r.req(), held->value, held->version);
  std::move(r).respond(std::move(given));
}

answer collection_resource::get_list(const request& r) {
  if (!list_ || list_revision_ != cell_->revision()) {
    constexpr std::size_t around_an_item = 24;  // quotes, number, colon, comma
    std::string text;
    text.reserve(cell_->bytes() + cell_->items().size() * around_an_item + 2);
    text += '{';
    for (const auto& [number, held] : cell_->items()) {
      if (text.size() > 1) text += ',';
      text.append(1, '"').append(std::to_string(number)).append("\":").append(held.value.text());
    }
    text += '}';
    list_ = with_version(json_text::from_validated(text));
    list_revision_ = cell_->revision();
  }
  return give(r, list_->value, list_->version);
}

}  // namespace mqcoap
