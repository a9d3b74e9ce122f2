#include <mqcoap/resource/action/exec_step.hpp>

#include <string>

namespace mqcoap {
namespace {

backend_request program_request(const call& of, steady_time deadline) {
  return {method::post, std::string(of.req.path.key()), {}, of.req.body, {}, deadline};
}

/// Returns why a program failed.
step_failure program_failure(backend_reply reply) {
  return {reply.code, std::move(reply.message), reply.never_run};
}

}  // namespace

action_step::outcome exec_step::refuse(const call& of) const {
  auto why = by_->refuse(program_request(of, steady_time::max()));
  if (!why) return std::nullopt;
  return program_failure(*std::move(why));
}

action_step::running exec_step::begin(const call& of, steady_time deadline, done_handler done) {
  return by_->run(program_request(of, deadline), [done = std::move(done)](backend_reply reply) {
    done(is_error(reply.code) ? outcome(program_failure(std::move(reply))) : std::nullopt);
  });
}

}  // namespace mqcoap
