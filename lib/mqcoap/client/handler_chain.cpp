#include <atomic>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <mqcoap/transport/log.hpp>

namespace mqcoap {
namespace {

void answer_failure(const request_handler& h, const log_sink& log, responder& r, response_code code,
                    std::string_view words) {
  if (r) return std::move(r).fail(code, words);
  say(log, log_level::error, "the request handler '{}' failed after it had answered: {}", h.name, words);
}

/// False if the handler does not want this request.
bool process(const request_handler& h, const log_sink& log, responder& r) {
  try {
    if (h.matches && !h.matches(*r)) return false;
    h.process(r);
  } catch (const response_exception& e) {
    answer_failure(h, log, r, e.response_code(), e.detail());
  } catch (const std::exception& e) {
    answer_failure(h, log, r, response_code::internal_server_error,
                   "the handler '" + h.name + "' failed: " + e.what());
  }
  return true;
}

error_code raised(const response_exception& e, response& r) {
  r.code = e.response_code();
  if (!e.detail().empty()) r.body = json_text::from_string(e.detail());
  return e.code();
}

}  // namespace

handler_id next_handler_id() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return handler_id{++last};
}

request_chain::request_chain(last_resort otherwise, log_sink log)
    : otherwise_(std::move(otherwise)), log_(std::move(log)) {}

void request_chain::run(responder r) const {
  const auto handlers = handlers_.now();
  for (const auto& [id, h] : *handlers) {
    const bool wanted = process(h, log_, r);
    if (!r) return;
    if (wanted && !h.propagate) break;
  }
  if (otherwise_) return otherwise_(std::move(r));
  const std::string words = "nothing answers to '" + std::string(r.req().path.key()) + "' here";
  std::move(r).fail(response_code::not_found, words);
}

error_code response_chain::run(const exchange& of, response& r) const {
  const auto handlers = handlers_.now();
  for (const auto& [id, h] : *handlers) {
    try {
      if (h.matches && !h.matches(of, r)) continue;
      h.process(of, r);
    } catch (const std::exception& e) {
      if (!h.raise_exceptions) {
        say(log_, log_level::warning, "the response handler '{}' failed on an answer of {}: {}", h.name,
            of.to.to_string(), e.what());
      } else if (const auto* answered = dynamic_cast<const response_exception*>(&e)) {
        return raised(*answered, r);
      } else if (const auto* system = dynamic_cast<const boost::system::system_error*>(&e)) {
        r.body = json_text::from_string(e.what());
        return system->code();
      } else {
        r.body = json_text::from_string("the response handler '" + h.name + "' failed: " + e.what());
        return errc::handler_failed;
      }
    }
    if (!h.propagate) break;
  }
  return is_error(r.code) ? make_error_code(r.code) : error_code{};
}

}  // namespace mqcoap
