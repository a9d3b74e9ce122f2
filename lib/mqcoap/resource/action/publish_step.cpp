#include <mqcoap/resource/action/publish_step.hpp>

#include <mqcoap/base/errc.hpp>

namespace mqcoap {

action_step::running publish_step::begin(const call& /*of*/, steady_time /*deadline*/, done_handler done) {
  if (const auto error = by_.send_event(what_)) {
    const auto code =
        error == errc::too_large ? response_code::internal_server_error : response_code::service_unavailable;
    done(step_failure{code, "the event was not sent: " + error.message(), true});
  } else {
    done(std::nullopt);
  }
  return nullptr;
}

}  // namespace mqcoap
