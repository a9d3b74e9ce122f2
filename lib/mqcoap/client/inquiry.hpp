#pragma once

#include <chrono>
#include <mqcoap/ask/outgoing_request.hpp>
#include <mqcoap/client/requester.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// Creates an answer for a request that failed without one, with the same text that a gateway would use. The
/// text is omitted if memory allocation fails.
/// @param message  the text; empty: the error's message
answer made_up_answer(error_code error, std::string_view message) noexcept;

/// One request of a client, until it completes.
class requester::inquiry final : public ask::outgoing_request {
 public:
  inquiry(requester& of, const request_id& id, request_spec what, completion done,
          std::chrono::milliseconds timeout, when_disconnected if_disconnected);

  /// Completes it with this error; called if memory allocation failed before it was placed.
  void end_unplaced(error_code why) noexcept { failed({ask::failure::cause::not_sendable, why, 0, {}}); }

  const subsystem_name& subsystem() const noexcept override { return what_.to.subsystem; }
  const resource_path& path() const noexcept override { return what_.to.path; }

 private:
  bool outlasts_outage() const noexcept override { return if_disconnected_ == when_disconnected::wait; }
  void encode(std::string& payload) override;
  void answered(response&& what) noexcept override;
  void failed(const ask::failure& why) noexcept override;

  error_code error_of(const ask::failure& why) const noexcept;
  std::string message_of(const ask::failure& why) const noexcept;
  std::string unsent_text(const ask::failure& why) const;
  std::string silence_text() const;
  std::string may_have_run() const;

  requester& of_;
  request_spec what_;  ///< once sent, without the fields that only the device needs
  completion done_;
  const std::chrono::milliseconds timeout_;
  const when_disconnected if_disconnected_;
};

}  // namespace mqcoap
