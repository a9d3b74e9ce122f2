#pragma once

#include <chrono>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/channel.hpp>
#include <mqcoap/gateway/reload_status.hpp>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/response.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/state/cell_changed.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <string_view>

namespace mqcoap {

/// A request has ended with an answer.
struct request_ended {
  const call& ended_call;
  const answer& what;
  std::chrono::nanoseconds took;  ///< since the request arrived
};

/// Something was sent to the caller of a request: its answer, or a replacement.
struct answer_written {
  const call& to;
  const answer& what;
};

/// A message under the topic of a request was answered without becoming a call.
struct request_unreadable {
  const exchange_topic& topic;
  const decode_fault& fault;
  bool out_of_memory = false;  ///< memory allocation failed, whatever its contents
};

/// The connection to a configured broker was established or lost.
struct link_changed {
  std::string_view broker;
  steady_time when;
  const outage_cause* why = nullptr;  ///< the cause of the outage; null: the connection is up
};

/// The value of a resource without a cell may have changed.
struct reading_changed {
  std::string_view device;
  std::string_view path;
};

/// The facts about events in a gateway, for subscribers. They do not depend on the log level.
/// @par Threads  All functions on the event loop.
struct feed {
  channel<request_ended> ended;
  channel<answer_written> written;
  channel<request_unreadable> unreadable;
  channel<link_changed> links;
  channel<cell_changed> values;       ///< changes of resources with a state: value, collection, signal
  channel<reading_changed> readings;  ///< changes of resources that are notified of them: topic
  channel<reload_status> reloads;  ///< a reload has ended; published by the code that reads the configuration
};

}  // namespace mqcoap
