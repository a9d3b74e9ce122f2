#pragma once

#include <mqcoap/resource/action/action_step.hpp>
#include <mqcoap/resource/event_sender.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Sends an event. The step is done when the connection to the broker has accepted the event.
class publish_step final : public action_step {
 public:
  publish_step(resource_event what, event_sender& by) : what_(std::move(what)), by_(by) {}

  std::string_view name() const noexcept override { return "publish"; }
  running begin(const call& of, steady_time deadline, done_handler done) override;

 private:
  const resource_event what_;
  event_sender& by_;
};

}  // namespace mqcoap
