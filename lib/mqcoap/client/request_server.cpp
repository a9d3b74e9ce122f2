#include <mqcoap/client/request_server.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <utility>

namespace mqcoap {

request_server::request_server(const client_options& options, const request_chain& chain, const clock& time,
                               send_payload send)
    : options_(options),
      chain_(chain),
      time_(time),
      send_(std::move(send)),
      alive_(std::make_shared<request_server*>(this)) {}

void request_server::on_request(exchange_topic topic, std::string_view payload,
                                std::shared_ptr<reply_sink> answers) {
  auto decoded = decode_request(payload, topic.id(), options_.decoding);
  if (!decoded) {
    payload_.clear();
    encode_fault(payload_, decoded.error(), topic.id(), topic.tag(), time_.wall());
    send_(topic, payload_, {});
    return;
  }
  auto c = std::make_unique<call>(call{std::move(topic), *std::move(decoded), time_.now()});
  if (c->req.verb == method::get || is_fresh(*c)) chain_.run(responder(std::move(c), std::move(answers)));
}

/// False if the request has come before; then it has been dealt with.
bool request_server::is_fresh(const call& c) {
  const auto key = duplicate_filter::key_of(c.topic.subsystem(), c.topic.tag(), c.req.id);
  const auto found = seen_.check(key, c, time_.now());
  switch (found.what) {
    case duplicate_filter::verdict::fresh: return true;
    case duplicate_filter::verdict::running: return false;
    case duplicate_filter::verdict::crowded:
      refuse(c, response_code::service_unavailable,
             "this request runs already, and too many spellings of its id wait for the answer");
      return false;
    case duplicate_filter::verdict::answered: send(c, *found.first); return false;
    case duplicate_filter::verdict::conflict:
      refuse(
          c, response_code::bad_request,
          "header.request_id was used before for another method, path or body; every request needs its own");
      return false;
    case duplicate_filter::verdict::full:
      refuse(c, response_code::service_unavailable,
             "too many requests within 300 s to guard them all; try again later");
      return false;
  }
  return true;
}

void request_server::finish(const call& answered, const answer& what) {
  const auto joined = note_outcome(answered, what);
  send(answered, what);
  for (const auto& repeat : joined) send(repeat, what);
}

/// Returns the repeats that the answer is for, too.
std::vector<call> request_server::note_outcome(const call& answered, const answer& what) {
  const auto& asked = answered.asked();
  if (asked.verb == method::get) return {};
  const auto key = duplicate_filter::key_of(answered.topic.subsystem(), answered.topic.tag(), asked.id);
  return what.never_run ? seen_.forget(key) : seen_.finish(key, what);
}

void request_server::refuse(const call& c, response_code code, std::string_view words) {
  send(c, answer::error(code, words));
}

void request_server::encode(const call& c, const answer& what) {
  payload_.clear();
  encode_answer(payload_, what, c.asked(), c.topic.tag(), time_.wall());
}

void request_server::send(const call& c, const answer& what) {
  encode(c, what);
  const auto size = payload_.size();
  link::written_handler written;
  if (size >= followed_payload) {
    // The link's queue does not keep the call: what is needed of it, should this come back, is little.
    const auto& asked = c.asked();
    request kept{asked.verb, asked.path, asked.id, asked.correlation_id, {}, asked.source, {}, {}, {}, {}};
    written =
        [alive = std::weak_ptr(alive_), size,
         again = std::make_shared<const call>(call{c.topic, std::move(kept), c.received})](error_code error) {
          const auto self = alive.lock();
          if (self && error == errc::too_large) (*self)->send_too_large(*again, size);
        };
  }
  if (send_(c.topic, payload_, std::move(written)) == errc::too_large) send_too_large(c, size);
}

/// Silence would cost the caller its whole patience.
void request_server::send_too_large(const call& c, std::size_t bytes) {
  const auto words = too_large_words("the answer", bytes, options_.broker.name);
  encode(c, answer::error(response_code::internal_server_error, words));
  send_(c.topic, payload_, {});
}

}  // namespace mqcoap
