#include <mqcoap/resource/value/value.hpp>

#include <mqcoap/json/json_number.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/read.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/resource/write.hpp>
#include <mqcoap/schema/json_excerpt.hpp>

namespace mqcoap {
namespace {

answer put(const request& r, const value_terms& terms, const std::shared_ptr<cell>& target,
           change_list& changes) {
  if (auto refused = refuse_content_format(r)) return *std::move(refused);
  if (auto refused = refuse_version(r, target->find(0)->version)) return *std::move(refused);
  if (auto refused = refuse_body(terms.find_fault(r.body))) return *std::move(refused);
  changes.push_back({target, 0, with_version(r.body)});
  return changed(changes.back().value->version);
}

void change_value(resource_state& state, const std::shared_ptr<const value_terms>& terms,
                  const std::shared_ptr<cell>& held, responder&& r) {
  write(state, {held}, std::move(r), [terms = terms, target = held](const call& c, change_list& changes) {
    return put(c.req, *terms, target, changes);
  });
}

void give_value(responder&& r, const versioned& held) {
  auto given = give(r.req(), held.value, held.version);
  std::move(r).respond(std::move(given));
}

void give_current(resource_state& state, const std::shared_ptr<cell>& held, responder&& r) {
  read(state, held, std::move(r), [held](responder&& one) { give_value(std::move(one), *held->find(0)); });
}

}  // namespace

void value_options::make(resource_site& at) const {
  auto whole = *this;
  whole.is_condition = at.is_condition();
  const auto made = std::make_shared<value_resource>(std::move(whole), at.draft(), at.device(), at.path());
  at.serve(at.path(), made);
  at.hold_value(made->kept());
}

std::shared_ptr<const common_resource> value_options::make_common() const {
  if (is_metric || persist) return nullptr;
  return std::make_shared<common_value>(*this);
}

std::optional<json_schema::fault> value_terms::find_fault(const json_text& value) const {
  if (auto fault = mqcoap::find_fault(value, options_.schema)) return fault;
  if (options_.is_metric && !value.is_number())
    return json_schema::fault{"", excerpt(value.text()) + " is given, but a metric must be a number"};
  return options_.is_condition && !options_.schema ? find_duplicate(value) : std::nullopt;
}

bool value_terms::is_same_as(const cell_terms& others) const {
  const auto* const values = dynamic_cast<const value_terms*>(&others);
  return values != nullptr && values->options_ == options_;
}

change_list value_terms::adopt(const std::shared_ptr<cell>& held) const {
  if (is_same_as(held->terms())) return {};
  auto initial = with_version(options_.initial);
  if (held->initial() != initial.version) return {{held, 0, std::move(initial)}};
  const auto fault = find_fault(held->current());
  if (!fault) return {};
  return {{held, 0, std::move(initial), to_text(*fault)}};
}

value_resource::value_resource(value_options options, state_draft& draft, std::string device,
                               std::string path)
    : terms_(std::make_shared<value_terms>(std::move(options))),
      state_(draft.state()),
      cell_(draft.open({std::move(device), std::move(path), value_options::kind_name}, terms_)) {}

std::optional<double> value_resource::measured() {
  const auto& value = cell_->current();
  return value.is_number() ? read_json_number(value.text()) : std::nullopt;
}

void value_resource::handle(responder&& r) {
  const request& requested = r.req();
  if (auto refused = refuse_method(requested, terms_->options().methods))
    return std::move(r).respond(*std::move(refused));
  if (requested.verb == method::get) return give_current(state_, cell_, std::move(r));
  change_value(state_, terms_, cell_, std::move(r));
}

common_value::common_value(value_options options)
    : terms_(std::make_shared<value_terms>(std::move(options))),
      initial_(with_version(terms_->options().initial)) {}

void common_value::handle(responder&& r, cell_group& cells, std::size_t number) const {
  const request& requested = r.req();
  if (auto refused = refuse_method(requested, terms_->options().methods))
    return std::move(r).respond(*std::move(refused));
  if (requested.verb != method::get)
    return change_value(cells.state(), terms_, cells.open(number), std::move(r));
  if (const auto& held = cells.find(number)) return give_current(cells.state(), held, std::move(r));
  give_value(std::move(r), initial_);
}

}  // namespace mqcoap
