#pragma once

#include <array>
#include <cstdint>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/transport/link.hpp>
#include <string_view>

namespace mqcoap::observe {

/// The reasons why messages from a broker are dropped, as labels.
struct drop_reason {
  event what;
  std::string_view label;
};
inline constexpr std::array drop_reasons{drop_reason{event::foreign_topic, "foreign_topic"},
                                         drop_reason{event::unknown_tag, "unknown_tag"},
                                         drop_reason{event::retained, "retained"},
                                         drop_reason{event::request_repeated, "request_repeated"},
                                         drop_reason{event::request_returned, "request_returned"},
                                         drop_reason{event::request_stale, "request_stale"},
                                         drop_reason{event::answer_late, "answer_late"},
                                         drop_reason{event::answer_duplicate, "answer_duplicate"},
                                         drop_reason{event::answer_mismatched, "answer_mismatched"},
                                         drop_reason{event::answer_unexpected, "answer_unexpected"},
                                         drop_reason{event::topic_too_large, "topic_too_large"}};

/// The reasons why a connection did not transmit messages, as labels.
struct link_drop_reason {
  std::uint64_t link_stats::*count;
  std::string_view label;
};
inline constexpr std::array link_drop_reasons{
    link_drop_reason{&link_stats::expired, "expired"}, link_drop_reason{&link_stats::refused, "refused"},
    link_drop_reason{&link_stats::lost, "lost"}, link_drop_reason{&link_stats::oversized, "oversized"},
    link_drop_reason{&link_stats::denied, "denied"}};

}  // namespace mqcoap::observe
