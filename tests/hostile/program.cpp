#include "program.hpp"

#include <mqcoap/protocol/response_code.hpp>
#include <utility>

namespace mqcoap::test {

link_options options_of(const hostile_broker& at, std::string name, const program_options& options) {
  link_options made;
  made.client_id = name;
  made.name = std::move(name);
  made.host = "127.0.0.1";
  made.port = at.port();
  made.protocol = options.v5 ? mqtt_protocol::v5 : mqtt_protocol::v311;
  made.qos = options.qos;
  made.connect_timeout = options.connect_timeout;
  made.max_inbound = options.max_inbound;
  return made;
}

std::unique_ptr<mosquitto_link> connect(event_loop& loop, const clock& time, const link_options& options,
                                        bool quick) {
  using std::chrono::milliseconds;
  backoff waits;
  if (quick)
    waits = backoff({.shortest = milliseconds(1),
                     .longest = milliseconds(2),
                     .longest_at_first = milliseconds(2),
                     .at_first = milliseconds(0),
                     .settled = milliseconds(0)});
  return std::make_unique<mosquitto_link>(loop.context().get_executor(), time, options, resolve_by_system,
                                          waits);
}

std::string response_topic_of(std::string_view request_topic) {
  constexpr std::string_view level = "/request/";
  const auto at = request_topic.find(level);
  if (at == std::string_view::npos) return {};
  return std::string(request_topic).replace(at, level.size(), "/response/");
}

std::string code_in(std::string_view payload) {
  constexpr std::string_view field = "\"response_code\":";
  const auto at = payload.find(field);
  return at == std::string_view::npos ? std::string() : std::string(payload.substr(at + field.size(), 3));
}

std::string message(const error_code& error) {
  if (!error) return "ok";
  if (error.category() == response_category()) return std::to_string(error.value());
  switch (static_cast<errc>(error.value())) {
    case errc::not_connected: return "not_connected";
    case errc::timed_out: return "timed_out";
    case errc::too_large: return "too_large";
    case errc::denied: return "denied";
    case errc::closed: return "closed";
    case errc::connection_lost: return "connection_lost";
    case errc::unusable_answer: return "unusable_answer";
    default: return error.message();
  }
}

}  // namespace mqcoap::test
