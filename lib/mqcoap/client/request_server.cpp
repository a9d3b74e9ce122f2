#include <mqcoap/client/request_server.hpp>

#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/log.hpp>
#include <new>
#include <utility>

namespace mqcoap {

request_server::request_server(const client_options& options, const request_chain& chain, const clock& time)
    : options_(options), chain_(chain), time_(time), sender_(time, *this) {}

void request_server::on_request(exchange_topic topic, const inbound& m, std::weak_ptr<reply_sink> answers) {
  std::unique_ptr<call> c;
  try {
    c = admit(std::move(topic), m);
  } catch (const std::bad_alloc&) {
    on_out_of_memory();
    const auto request = exchange_topic::parse(m.topic);
    if (request && via_ != nullptr) sender_.send(*via_, *request, out_of_memory_fault());
  }
  if (c) chain_.run(responder(std::move(c), std::move(answers)));
}

/// Null if the request is not to be run; then it has been dealt with.
std::unique_ptr<call> request_server::admit(exchange_topic topic, const inbound& m) {
  auto decoded = decode_request(m.payload, topic.id(), options_.decoding);
  if (!decoded) {
    if (via_ != nullptr) sender_.send(*via_, topic, decoded.error());
    return nullptr;
  }
  auto c = std::make_unique<call>(call{std::move(topic), *std::move(decoded), time_.now() - m.waited});
  const auto patience = c->req.options->timeout;
  const bool too_late = patience && m.waited >= *patience;
  if (c->req.verb != method::get && !is_fresh(*c, !too_late)) return nullptr;
  if (!too_late) return c;
  send(*c, answer::refusal(response_code::gateway_timeout,
                           "this device did not run for longer than the request waits; it was not run"));
  return nullptr;
}

/// False if the request has come before; then it has been dealt with.
bool request_server::is_fresh(const call& c, bool enter) {
  const auto found = seen_.check(c, time_.now(), enter);
  if (found.what == duplicate_filter::verdict::answered)
    send(c, *found.first);
  else if (const auto refusal = refusal_of(found.what))
    send(c, *refusal);
  return found.what == duplicate_filter::verdict::fresh;
}

/// The answer comes first: what it takes to remember it may fail.
void request_server::finish(const call& answered, const answer& what) try {
  send(answered, what);
  for (const auto& repeat : seen_.note(answered, what)) send(repeat, what);
} catch (const std::bad_alloc&) {
  on_out_of_memory();
}

/// If one answer cannot be sent (out of memory), the others are sent all the same.
void request_server::send(const call& c, const answer& what) try {
  if (via_ != nullptr) sender_.send(*via_, c, what);
} catch (const std::bad_alloc&) {
  on_out_of_memory();
}

void request_server::on_sent(const exchange_topic& request, error_code error) {
  if (error)
    say(options_.broker.log, log_level::debug, "the answer under {} could not be sent: {}", request.text(),
        error.message());
}

void request_server::on_out_of_memory() noexcept try {
  if (memory_lines_.pass(time_.now()))
    say(options_.broker.log, log_level::error, "out of memory for a message");
} catch (const std::exception&) {
  // Then the line is missing as well.
}

void request_server::on_too_large(const exchange_topic& request, std::string_view words) {
  say(options_.broker.log, log_level::warning, "{}: {}", request.text(), words);
}

}  // namespace mqcoap
