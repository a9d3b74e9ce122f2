#include <mqcoap/front/mqtt/answer_sender.hpp>

#include <chrono>
#include <mqcoap/base/message_buffer.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

/// The time for which an answer may wait for a stalled broker. After that, its caller has probably given up.
constexpr std::chrono::seconds send_timeout{5};
constexpr char out_of_memory_text[] = "out of memory for this message; try again later";

/// Returns the replacement for an answer that ran out of memory. Its message warns that a write may have run,
/// so that it is not repeated as if it had not.
answer out_of_memory_answer(const call& to, const answer& what) {
  constexpr auto code = response_code::service_unavailable;
  const auto verb = to.original_request().verb;
  if (verb == method::get || what.never_run) return answer::error(code, out_of_memory_text);
  return answer::error(
      code, "out of memory for the answer; the " + std::string(to_string(verb)) + " may have been run");
}

}  // namespace

answer_sender::answer_sender(const clock& time, observer& by)
    : time_(time), by_(by), alive_(std::make_shared<answer_sender*>(this)) {}

decode_fault out_of_memory_fault() {
  return {response_code::service_unavailable, {}, out_of_memory_text, {}, {}};
}

void answer_sender::send(link& via, const exchange_topic& request, const call& to, const answer& what) try {
  send_whole(via, request, to, what);
} catch (const std::bad_alloc&) {
  std::string().swap(payload_);
  by_.on_out_of_memory();
  encode(to, out_of_memory_answer(to, what));
  report(request, publish(via, request));
}

void answer_sender::send(link& via, const exchange_topic& request, const decode_fault& fault) {
  payload_.clear();
  encode_fault(payload_, fault, request.id(), request.tag(), time_.wall());
  report(request, publish(via, request));
}

void answer_sender::send_whole(link& via, const exchange_topic& request, const call& to, const answer& what) {
  encode(to, what);
  const auto size = payload_.size();
  auto error =
      publish(via, request, is_followed(size, via.largest_packet()) ? follow(via, request, to) : nullptr);
  if (error == errc::too_large) error = send_too_large(via, request, to, size);
  report(request, error);
}

void answer_sender::encode(const call& to, const answer& what) {
  payload_.clear();
  encode_answer(payload_, what, to.original_request(), to.target.tag(), time_.wall());
  by_.on_encoded(to, what);
}

error_code answer_sender::publish(link& via, const exchange_topic& request, link::written_handler done) {
  request.write_response_topic(topic_);
  return via.publish(topic_, payload_, time_.now() + send_timeout, {}, std::move(done));
}

/// Keeps what is needed to answer the call again, because the queue of the link does not.
link::written_handler answer_sender::follow(link& via, const exchange_topic& request, const call& to) {
  struct sent {
    exchange_topic request;
    call to;
  };
  return [alive = std::weak_ptr(alive_), &via, size = payload_.size(),
          again = std::make_shared<const sent>(sent{request, to.without_body()})](error_code ec) {
    const auto self = alive.lock();
    if (!self || ec != errc::too_large) return;
    if (const auto failed = (*self)->send_too_large(via, again->request, again->to, size))
      (*self)->report(again->request, failed);
  };
}

error_code answer_sender::send_too_large(link& via, const exchange_topic& request, const call& to,
                                         std::size_t bytes) {
  const auto message = too_large_text("the answer", bytes, via.name(), via.largest_packet());
  by_.on_too_large(request, message);
  encode(to, answer::error(response_code::internal_server_error, message));
  return publish(via, request);
}

void answer_sender::report(const exchange_topic& request, error_code error) {
  release_if_large(payload_);
  by_.on_sent(request, error);
}

}  // namespace mqcoap
