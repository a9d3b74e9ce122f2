#include <mqcoap/front/mqtt/request_taker.hpp>

#include <mqcoap/front/mqtt/mqtt_origin.hpp>
#include <new>
#include <utility>

namespace mqcoap {

void request_taker::take(const std::shared_ptr<request_way>& from, exchange_topic topic, const inbound& m,
                         const std::weak_ptr<reply_sink>* sink) {
  std::unique_ptr<call> c;
  try {
    c = read(from, std::move(topic), m);
  } catch (const std::bad_alloc&) {
    const auto request = exchange_topic::parse(m.topic);
    if (!request) return;
    const auto fault = out_of_memory_fault();
    by_.on_no_memory_for(*request, fault);
    return from->send(*request, fault);
  }
  if (!c) return;
  ++from->in_flight;
  sink != nullptr ? core_.serve(std::move(c), *sink) : core_.serve(std::move(c));
}

/// Returns null if the request was handled here and is not served.
std::unique_ptr<call> request_taker::read(const std::shared_ptr<request_way>& from, exchange_topic topic,
                                          const inbound& m) {
  if (from->via != nullptr && !by_.inspect(*from->via, topic)) return nullptr;
  auto decoded = decode_request(m.payload, topic.id(), decoding_);
  if (!decoded) {
    by_.on_fault(topic, decoded.error());
    from->send(topic, decoded.error());
    return nullptr;
  }
  auto found = from->via == nullptr ? inspector::finding{} : by_.inspect(*from->via, topic, *decoded);
  if (found.caught) return nullptr;
  // The time that the message waited unread counts toward the timeout of the caller, and that of a route.
  auto c = std::make_unique<call>(call{topic, *std::move(decoded), time_.now() - m.waited});
  c->origin = std::make_shared<mqtt_origin>(from, std::move(topic), std::move(found.objection));
  return c;
}

}  // namespace mqcoap
