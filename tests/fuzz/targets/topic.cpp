#include <mqcoap/protocol/general_topic.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/topic_filter.hpp>

#include "../property.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

void check_exchange_topic(const exchange_topic& topic, std::string_view text) {
  HOLDS(topic.text() == text);
  HOLDS(valid_topic(text));
  const bool asks = topic.which() == exchange_topic::kind::request;
  const std::string joined = std::string(topic.ns()) + '/' + std::string(topic.subsystem()) +
                             (asks ? "/request/" : "/response/") + std::string(topic.tag()) + '/' +
                             std::string(topic.id());
  HOLDS(joined == text);

  const auto answer = exchange_topic::parse(topic.response_topic());
  HOLDS(answer);
  HOLDS(answer->which() == exchange_topic::kind::response);
  HOLDS(answer->tag() == topic.tag() && answer->subsystem() == topic.subsystem() &&
        answer->id() == topic.id());
  HOLDS(answer->response_topic() == answer->text());
  std::string written = "something else";
  topic.write_response_topic(written);
  HOLDS(written == answer->text());

  const auto ns = *namespace_name::parse(topic.ns());
  const auto tag = *device_tag::parse(topic.tag());
  HOLDS(filter_matches(request_filter(ns, tag), text) == asks);
  HOLDS(filter_matches(all_requests_filter(ns), text) == asks);
  HOLDS(filter_matches(response_filter(ns, tag), answer->text()));
  HOLDS(!general_topic::parse(text));
  if (const auto id = request_id::parse(topic.id(), validation::lenient)) {
    const auto made =
        exchange_topic::make(ns, *subsystem_name::parse(topic.subsystem()), topic.which(), tag, *id);
    HOLDS(made.text() == text);
  }
}

void check_general_topic(const general_topic& topic, std::string_view text) {
  HOLDS(topic.text() == text);
  for (const bool any : {true, false}) {
    general_filter filter(topic.which);
    if (!any) {
      filter.subsystem = topic.subsystem;
      filter.tag = topic.tag;
      filter.path = topic.path;
    }
    // A path may contain characters that are MQTT wildcards; such a topic cannot be published to.
    if (valid_topic(text)) HOLDS(filter_matches(filter.text(topic.ns), text));
  }
}

}  // namespace

void run_topic(std::string_view text) {
  if (const auto topic = exchange_topic::parse(text)) check_exchange_topic(*topic, text);
  if (const auto topic = general_topic::parse(text)) check_general_topic(*topic, text);
  if (valid_topic(text)) {
    HOLDS(filter_matches(text, text));
    HOLDS(filter_matches("#", text) == !text.starts_with('$'));
  }
}

}  // namespace mqcoap::fuzz
