#include "session/hints.hpp"

#include <mqcoap/base/units.hpp>

#include "session/repeat_arguments.hpp"
#include "words/holds.hpp"

namespace mqcoap::cli {
namespace {

using kind = outage_cause::kind;

/// Returns the hint for a write that may or may not have run.
std::string hint_for_unknown(const request_spec& spec) {
  const auto where = spec.to.to_string();
  std::string out = "check first whether it ran: mqcoap get " + where;
  if (spec.id)
    out += "\n--request-id " + std::string(spec.id->text()) +
           ": with this id a gateway runs the same command only once and repeats its answer; a bare device "
           "runs it again";
  return out;
}

/// Returns the hint for a gateway's answer that mentions the largest packet of a broker. @param message  the
/// text of the answer
std::string hint_for_packet(std::string_view message) {
  if (holds(message, "`max_packet`")) return "`max_packet` of that broker in the gateway's configuration";
  if (holds(message, "in one packet")) return "`max_packet_size` in the mosquitto.conf of that broker";
  return {};
}

/// Returns the hint for a 413; the text of the answer shows which of several limits was exceeded.
std::string hint_for_too_large(std::string_view message) {
  if (auto hint = hint_for_packet(message); !hint.empty()) return hint;
  if (holds(message, "the payload has"))
    return "`limits.payload` in the gateway's configuration, 256KiB by default";
  if (holds(message, "DELETE") || holds(message, "has room for"))
    return "`collection: {max: ...}` of that resource in the gateway's configuration";
  return {};
}

/// Returns the hint for a 504. @param message  the text of the answer: a gateway names its own resource by
/// its path, and another device by its tag
std::string hint_for_timeout(std::string_view message) {
  const auto name = message.substr(0, message.find(' '));
  if (name.ends_with(':') || name.find('/') != std::string_view::npos)
    return "the program, server or instrument behind this resource is slow or stuck; the gateway's log may "
           "say "
           "why";
  return "is the device switched on? `mqcoap ls` shows which devices are online";
}

/// @param largest_packet  the broker's limit; 0 if it announces none
std::string hint_for_unsent(std::size_t largest_packet) {
  if (largest_packet == 0) return "an MQTT message has at most 256 MiB";
  return "the broker accepts packets of at most " + size_to_string(largest_packet) +
         ": `max_packet_size` in mosquitto.conf";
}

std::string hint_for_proxying(const std::string& tag, std::string_view message) {
  if (holds(message, "does not forward"))
    return "`forward: " + tag + "` under `proxy` in the gateway's configuration";
  return "a route for the device under `proxy.routes` in the gateway's configuration";
}

bool wants_certificate(const outage_cause& why) {
  return why.any([](const connection_fault& f) {
    return f.what == kind::tls_certificate_wanted ||
           (f.what == kind::hung_up && f.attempt.certificate_requested);
  });
}

bool wants_user(const outage_cause& why) {
  return why.any([](const connection_fault& f) {
    return f.what == kind::bad_credentials || f.what == kind::not_authorized ||
           f.what == kind::rights_withdrawn;
  });
}

}  // namespace

std::string place_of(const link_options& broker) {
  const bool is_v6 = broker.host.find(':') != std::string::npos;
  return (broker.tls ? "mqtts://" : "mqtt://") + (is_v6 ? '[' + broker.host + ']' : broker.host) + ':' +
         std::to_string(broker.port);
}

std::string hint_for_outage(const outage_cause& why, const link_options& broker) {
  if (why.is(kind::tls_untrusted))
    return "--cafile FILE: the certificate of the authority that signed the broker's";
  if (why.is(kind::tls_wrong_host)) return "-h with a name of the certificate, or --insecure";
  if (wants_certificate(why)) return "--cert FILE --key FILE";
  if (why.is(kind::tls_stalled) || why.is(kind::tls_closed))
    return "mqtt:// for a port without TLS, or -p with the port of TLS, mostly 8883";
  if (why.is(kind::name_unknown) || why.is(kind::name_slow))
    return "is '" + broker.host + "' spelled right? `getent hosts " + broker.host + '`';
  if (wants_user(why))
    return broker.username.empty()
               ? "the broker wants a user: -u NAME and --password-file FILE, or MQCOAP_PASSWORD"
               : "wrong user or password; the user is '" + broker.username + '\'';
  if (why.is(kind::hung_up))
    return (broker.tls
                ? std::string()
                : std::string("does the broker speak TLS on this port? mqtts://, or --cafile FILE; ")) +
           "-V 3.1.1 or -V 5 for another version";
  return "name the broker: -h HOST -p PORT, -L URL, or MQCOAP_URL; `mqcoap doctor` finds out more";
}

std::string hint_for_answer(const request_outcome& outcome, const request_spec& spec) {
  const auto& tag = spec.to.tag.text();
  if (may_have_run(outcome, spec.verb)) return hint_for_unknown(spec);
  switch (outcome.answered->answer.code) {
    case response_code::not_found: return "mqcoap ls " + tag;
    case response_code::method_not_allowed: return "mqcoap ls " + tag + "  shows each resource's methods";
    case response_code::unauthorized: return "--token-file FILE, or MQCOAP_TOKEN";
    case response_code::request_entity_too_large:
      return hint_for_too_large(message_of(outcome.answered->answer.body));
    case response_code::internal_server_error:
      return hint_for_packet(message_of(outcome.answered->answer.body));
    case response_code::service_unavailable: return "wait a moment, or look at the gateway's log";
    case response_code::gateway_timeout: return hint_for_timeout(message_of(outcome.answered->answer.body));
    case response_code::proxying_not_supported:
      return hint_for_proxying(tag, message_of(outcome.answered->answer.body));
    default: return {};
  }
}

std::string acl_line_for_requests(const namespace_name& ns, std::string_view tag) {
  return "topic write " + ns.text() + "/+/request/" + std::string(tag) + "/+";
}

std::string acl_line_for_answers(const namespace_name& ns, std::string_view tag) {
  return "topic read " + ns.text() + "/+/response/" + std::string(tag) + "/+";
}

std::string hint_for_failure(const request_outcome& outcome, const request_spec& spec,
                             const settled_options& options) {
  const auto& tag = spec.to.tag.text();
  const auto& error = outcome.error;
  const auto online =
      "is " + tag + " switched on, and its tag spelled right? `mqcoap ls` shows which devices are online\n";
  if (may_have_run(outcome, spec.verb))
    return (error == errc::timed_out ? online : "") + hint_for_unknown(spec);
  if (error == errc::timed_out)
    return online + "a slow device: --timeout " + to_string(options.client.timeout * 2) +
           "; namespace now '" + options.client.ns.text() + "' (-n)";
  if (error == errc::denied)
    return "in the broker's access rules: " + (outcome.sent ? acl_line_for_requests(options.client.ns, tag)
                                                            : acl_line_for_answers(options.client.ns, tag));
  if (error == errc::connection_lost) return "whether " + tag + " has run the request is unknown";
  if (error == errc::too_large) return hint_for_unsent(outcome.largest_packet);
  return {};
}

}  // namespace mqcoap::cli
