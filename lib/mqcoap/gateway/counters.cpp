#include <mqcoap/gateway/counters.hpp>

namespace mqcoap {

std::string_view to_string(event e) noexcept {
  switch (e) {
    case event::answered: return "requests answered";
    case event::forwarded: return "requests forwarded";
    case event::foreign_topic: return "messages on topics that are not part of the protocol";
    case event::unknown_tag: return "requests for a tag that is not served here";
    case event::retained: return "retained messages";
    case event::request_repeated: return "requests that came twice";
    case event::request_returned: return "own requests that came back";
    case event::request_stale: return "requests that waited too long to be read";
    case event::handler_late: return "requests that a resource did not answer in time";
    case event::answer_unsent: return "answers that could not be sent";
    case event::answer_late: return "late answers";
    case event::answer_duplicate: return "duplicate answers";
    case event::answer_mismatched: return "answers with another topic, id or path";
    case event::answer_unexpected: return "answers that nobody here asked for";
    case event::topic_too_large: return "messages of topics that were too large";
    case event::event_published: return "events published";
    case event::event_unread: return "events of resources that could not be read";
    case event::event_unsent: return "events that could not be sent";
  }
  return "";
}

}  // namespace mqcoap
