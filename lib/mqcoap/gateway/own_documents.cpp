#include <mqcoap/gateway/own_documents.hpp>

#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/state/version.hpp>

namespace mqcoap {

void document_resource::handle(responder&& r) {
  if (auto refused = refuse_method(r.req(), {method::get})) return std::move(r).respond(*std::move(refused));
  const auto document = make_();
  auto given = give(r.req(), document, make_etag(document.text()));
  std::move(r).respond(std::move(given));
}

}  // namespace mqcoap
