#include <mqcoap/client/response_chain.hpp>

#include <atomic>
#include <mqcoap/client/response_exception.hpp>
#include <mqcoap/transport/log.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {
namespace {

/// The outcome of a request whose response handler has thrown.
struct raised {
  error_code error;
  std::optional<response_code> code;  ///< replaces the code of the answer
  std::string message;
};

raised what_was_raised(const std::string& handler) {
  const auto ours = [&](std::string_view message) {
    return raised{
        errc::handler_failed, {}, "the response handler '" + handler + "' failed: " + std::string(message)};
  };
  try {
    throw;
  } catch (const response_exception& e) {
    return {e.code(), e.response_code(), e.detail()};
  } catch (const boost::system::system_error& e) {
    return {e.code(), {}, e.what()};
  } catch (const std::exception& e) {
    return ours(e.what());
  } catch (...) {
    return ours("it threw an exception that is not a std::exception");
  }
}

}  // namespace

handler_id next_handler_id() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return handler_id{++last};
}

error_code response_chain::run(const exchange& of, response& r) const {
  const auto handlers = handlers_.now();
  for (const auto& [id, h] : *handlers) {
    try {
      if (h->matches && !h->matches(of, r)) continue;
      h->process(of, r);
    } catch (...) {
      const auto failed = what_was_raised(h->name);
      if (h->raise_exceptions) {
        if (failed.code) r.code = *failed.code;
        if (!failed.message.empty()) r.body = json_text::from_string(failed.message);
        return failed.error;
      }
      say(log_, log_level::warning, "an answer of {}, response handler '{}': {}", of.to.to_string(), h->name,
          failed.message);
    }
    if (!h->propagate) break;
  }
  return is_error(r.code) ? make_error_code(r.code) : error_code{};
}

}  // namespace mqcoap
