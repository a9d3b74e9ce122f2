#pragma once

#include <memory>
#include <mqcoap/front/mqtt/request_way.hpp>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace mqcoap {

/// A request topic and the link that delivered it. The answer is published there, under the response topic.
class mqtt_origin final : public call_origin {
 public:
  /// @param objection  the answer that rejects the request; null if it may run
  mqtt_origin(std::weak_ptr<request_way> way, exchange_topic topic, std::unique_ptr<answer> objection = {})
      : way_(std::move(way)), topic_(std::move(topic)), objection_(std::move(objection)) {}

  std::string_view name() const noexcept override { return topic_.text(); }
  std::string_view broker() const noexcept override {
    const auto way = way_.lock();
    return way && way->via != nullptr ? std::string_view(way->via->name()) : std::string_view();
  }
  std::optional<answer> objection() const override {
    return objection_ ? std::optional(*objection_) : std::nullopt;
  }
  void send(const call& to, const answer& what) override {
    const auto* const own =
        to.origin.get() == this ? this : dynamic_cast<const mqtt_origin*>(to.origin.get());
    if (own == nullptr) return to.origin->send(to, what);  // a repeat from another front
    if (const auto way = way_.lock()) way->send(own->topic_, to, what);
  }
  void ended() noexcept override {
    if (const auto way = way_.lock()) way->request_ended();
  }

 private:
  const std::weak_ptr<request_way> way_;
  const exchange_topic topic_;
  const std::unique_ptr<answer> objection_;
};

}  // namespace mqcoap
