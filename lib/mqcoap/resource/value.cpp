#include <mqcoap/resource/value.hpp>

#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/schema/json_excerpt.hpp>

namespace mqcoap {

value_resource::value_resource(value_options options)
    : methods_(options.methods),
      schema_(std::move(options.schema)),
      is_number_(options.is_number),
      is_condition_(options.is_condition) {
  store(std::move(options.initial));
}

void value_resource::store(json_text value) {
  etag_ = make_etag(value.text());
  current_ = std::move(value);
}

void value_resource::take_over(const value_resource& before) {
  if (!find_fault(before.current_)) store(before.current_);
}

std::optional<json_schema::fault> value_resource::find_fault(const json_text& value) const {
  if (auto fault = mqcoap::find_fault(value, schema_)) return fault;
  if (is_number_ && !value.is_number())
    return json_schema::fault{"", excerpt(value.text()) + " is given, a number is wanted: this is a metric"};
  return is_condition_ && !schema_ ? find_duplicate(value) : std::nullopt;
}

void value_resource::handle(responder&& r) {
  const request& asked = r.req();
  if (auto refused = refuse_method(asked, methods_)) return std::move(r).respond(*std::move(refused));
  std::move(r).respond(asked.verb == method::get ? give(asked, current_, etag_) : put(asked));
}

answer value_resource::put(const request& r) {
  if (auto refused = refuse_content_format(r)) return *std::move(refused);
  if (auto refused = refuse_version(r, etag_)) return *std::move(refused);
  if (auto refused = refuse_body(find_fault(r.body))) return *std::move(refused);
  store(r.body);
  return changed(etag_);
}

}  // namespace mqcoap
