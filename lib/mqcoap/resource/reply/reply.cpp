#include <mqcoap/resource/reply/reply.hpp>

#include <memory>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/resource_site.hpp>

namespace mqcoap {
namespace {

reply_options with_message(reply_options options) {
  if (is_error(options.code) && options.body.is_null())
    options.body = json_text::from_string(to_string(options.code));
  return options;
}

}  // namespace

void reply_options::make(resource_site& at) const {
  at.serve(at.path(), std::make_shared<reply_resource>(*this));
}

reply_resource::reply_resource(reply_options options) : options_(with_message(std::move(options))) {}

void reply_resource::handle(responder&& r) {
  if (auto refused = refuse_method(r.req(), options_.methods))
    return std::move(r).respond(*std::move(refused));
  answer a;
  if (options_.code == response_code::content) {
    a = give(r.req(), options_.body, "");
  } else {
    a.code = options_.code;
    a.body = options_.body;
  }
  a.never_run = true;  // nothing was done: a repeat gets the same answer
  std::move(r).respond(std::move(a));
}

}  // namespace mqcoap
