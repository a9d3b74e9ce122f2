#include <mqcoap/client/request_chain.hpp>

#include <mqcoap/client/response_exception.hpp>
#include <stdexcept>
#include <string>

namespace mqcoap {

/// Returns false if the handler does not match this request.
bool request_chain::process(const std::shared_ptr<const request_handler>& h, responder& r) const {
  const auto received = r->received;
  try {
    if (h->matches && !h->matches(*r)) return false;
    if (!h->process.is_coroutine())
      h->process(r);
    else if (coroutines_)
      coroutines_->begin(h, r);
    else
      throw std::logic_error("there is no event loop for a coroutine");
  } catch (const response_exception& e) {
    failures_->answer_for(h->name, r, e.response_code(), e.detail());
  } catch (...) {
    failures_->answer_for(h->name, r, received);
  }
  return true;
}

void request_chain::run(responder r) const {
  const auto handlers = handlers_.now();
  for (const auto& [id, h] : *handlers) {
    const bool wanted = process(h, r);
    if (!r) return;
    if (wanted && !h->propagate) break;
  }
  if (otherwise_) return otherwise_(std::move(r));
  const std::string message = "nothing answers to '" + std::string(r.req().path.key()) + "' here";
  std::move(r).refuse(response_code::not_found, message);
}

}  // namespace mqcoap
