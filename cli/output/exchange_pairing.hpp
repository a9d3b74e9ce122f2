#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/histogram.hpp>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "output/exchange_fields.hpp"

namespace mqcoap::cli {

/// A request and its outcome, as far as they were observed.
struct seen_exchange {
  enum class state : std::uint8_t {
    answered,
    overdue,      ///< no answer yet; if it still arrives, it is reported as `answered` with `late`
    repeated,     ///< another answer to a request that was already answered
    unsolicited,  ///< an answer to a request that was not seen or has been dropped
  };

  state what = state::answered;
  unix_millis at;  ///< the time of the request; for an unsolicited answer, the time of the answer
  std::string tag;
  std::string subsystem;
  std::string from;            ///< `source` of the request; empty: missing, or the request was not seen
  std::string path;            ///< empty: could not be read
  std::optional<method> verb;  ///< empty: could not be read, or the request was not seen
  std::optional<std::int64_t> code;
  std::optional<std::chrono::nanoseconds> took;
  std::size_t request_bytes = 0;
  std::size_t response_bytes = 0;
  bool late = false;
  std::string fault;  ///< how one of the payloads violates the protocol; empty: neither does
};

/// Selects exchanges by tag, subsystem and path; an empty path could not be read.
using exchange_filter =
    std::function<bool(std::string_view tag, std::string_view subsystem, std::string_view path)>;

struct pairing_options {
  std::chrono::milliseconds overdue{5000};
  std::size_t capacity = 65'536;  ///< number of requests that are stored; beyond it the oldest is dropped
  exchange_filter wanted{};       ///< selects the exchanges that are reported and counted; empty: all
};

/// Totals of all observed exchanges.
struct pairing_totals {
  std::uint64_t requests = 0;
  std::uint64_t answered = 0;
  std::uint64_t repeated = 0;  ///< further answers to answered requests
  std::uint64_t unsolicited = 0;
  std::uint64_t faulty = 0;  ///< payloads that violate the protocol
  std::map<std::int64_t, std::uint64_t> codes;
  histogram latency;  ///< ns
};

/// Pairs responses with their requests by topic, and reports the selected exchanges. Its memory is bounded.
class exchange_pairing {
 public:
  explicit exchange_pairing(pairing_options options = {}) : options_(std::move(options)) {}

  /// Returns the exchange that can be reported now; nothing for a request, and for messages that are neither
  /// a request nor a response.
  std::optional<seen_exchange> on_message(std::string_view topic, std::string_view payload, steady_time now,
                                          unix_millis wall);

  /// Returns the requests that became overdue; each is reported once.
  std::vector<seen_exchange> take_overdue(steady_time now);
  /// Returns the earliest time at which `take_overdue` may return something; max if there is none.
  steady_time next_overdue() const noexcept;

  const pairing_totals& totals() const noexcept { return totals_; }

 private:
  struct entry {
    std::uint64_t number = 0;  ///< distinguishes requests that reuse an id
    steady_time requested_at;
    bool answered = false;
    bool wanted = true;
    seen_exchange so_far;
  };
  struct place {
    std::string key;
    std::uint64_t number;
    steady_time deadline;
  };

  void on_request(const exchange_topic& topic, std::string_view payload, steady_time now, unix_millis wall);
  std::optional<seen_exchange> on_response(const exchange_topic& topic, std::string_view payload,
                                           steady_time now, unix_millis wall);
  seen_exchange pair(entry& e, const exchange_fields& fields, steady_time now);
  bool wants(const exchange_topic& topic, std::string_view path) const {
    return !options_.wanted || options_.wanted(topic.tag(), topic.subsystem(), path);
  }
  entry* find(const place& p);
  void make_room();

  const pairing_options options_;
  pairing_totals totals_;
  text_map<entry> entries_;
  std::deque<place> order_;  ///< by age
  std::size_t checked_ = 0;  ///< number of entries at the front of `order_` whose deadline has passed
  std::uint64_t numbers_ = 0;
};

}  // namespace mqcoap::cli
