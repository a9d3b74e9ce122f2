#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/value.hpp>

namespace mqcoap {

value_resource::value_resource(value_options options)
    : methods_(options.methods), schema_(std::move(options.schema)) {
  store(std::move(options.initial));
}

void value_resource::store(json_text value) {
  etag_ = make_etag(value.text());
  current_ = std::move(value);
}

void value_resource::take_over(const value_resource& before) {
  if (!schema_ || !schema_->check(before.current_.value())) store(before.current_);
}

void value_resource::handle(responder r) {
  const request& asked = r.req();
  if (auto refused = refuse_method(asked, methods_)) return std::move(r).respond(*std::move(refused));
  std::move(r).respond(asked.verb == method::get ? give(asked, current_, etag_) : put(asked));
}

answer value_resource::put(const request& r) {
  if (auto refused = refuse_content_format(r)) return *std::move(refused);
  if (auto refused = refuse_version(r, etag_)) return *std::move(refused);
  if (auto refused = refuse_body(r, schema_)) return *std::move(refused);
  store(r.body);
  return changed(etag_);
}

}  // namespace mqcoap
