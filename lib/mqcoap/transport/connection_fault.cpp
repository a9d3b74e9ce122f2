#include <mqcoap/transport/connection_fault.hpp>

#include <spdlog/fmt/chrono.h>

#include <cerrno>
#include <ctime>
#include <mqcoap/base/units.hpp>
#include <string_view>
#include <system_error>

// The error texts of all kinds of faults.

namespace mqcoap {
namespace {

using kind = connection_fault::kind;

constexpr std::string_view is_tls_spoken = ": is TLS spoken on this port?";

std::string utc(unix_millis at) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(at.count / 1000)));
}

std::string_view whose(const connection_fault& f) {
  return f.certificate.is_authority ? "the certificate of the broker's authority"
                                    : "the broker's certificate";
}

/// Only SAN IP entries count for a host that is an address.
std::string wrong_host_text(const connection_fault& f) {
  const auto& of = f.certificate;
  const std::string san = "SAN IP (subjectAltName=IP:" + f.host + ')';
  if (of.host_is_address && of.names_host_elsewhere)
    return fmt::format(
        "{} names {} as a DNS or common name only, which is not for {} as an address: it needs a {}",
        whose(f), f.host, f.host, san);
  return fmt::format("{} is for {}, not for {}: use one of its names{}", whose(f), of.names, f.host,
                     of.host_is_address ? ", or one with a " + san : std::string());
}

std::string hung_up_text(const connection_fault& f) {
  return fmt::format(
      "the broker closed the connection before answering MQTT {}: does it want {}another version "
      "of MQTT?{}",
      f.attempt.mqtt_5 ? "5" : "3.1.1", f.attempt.tls ? "" : "TLS on this port? Or ",
      f.attempt.certificate_requested ? "; it had asked for a client certificate, and none is configured"
                                      : "");
}

std::string packet_text(const connection_fault& f) {
  const auto& packet = *f.packet;
  const auto size =
      f.what == kind::packet_too_large
          ? fmt::format(", the largest packet so far had {} bytes: ", packet.bytes)
          : fmt::format(", within a second of the largest packet so far, of {} bytes: ", packet.bytes);
  if (!packet.limit) return size + "does it accept packets of this size (mosquitto: max_packet_size)?";
  return fmt::format("{}for the second time, so packets of more than {} bytes are refused from now on", size,
                     *packet.limit);
}

std::string rival_text(const connection_fault::rival_facts& rival) {
  if (rival.short_lived == 0) return fmt::format(" (another client uses the id '{}')", rival.client_id);
  return fmt::format("; does another client use the id '{}'? {} connections ended within {}", rival.client_id,
                     rival.short_lived, to_string(rival.within));
}

/// Returns the text for a broker that cannot be reached.
std::string reach_text(const connection_fault& f) {
  switch (f.what) {
    case kind::name_unknown: return "cannot resolve the name: " + f.quoted;
    case kind::name_slow: return "the name was not resolved within " + to_string(f.limit);
    case kind::connection_refused:
      return std::generic_category().message(ECONNREFUSED) + ": no broker listens there";
    case kind::network: return std::generic_category().message(f.system_error);
    case kind::no_answer: return "no answer within " + to_string(f.limit);
    case kind::no_connack: return "no answer to CONNECT within " + to_string(f.limit);
    default: return f.quoted;
  }
}

std::string certificate_text(const connection_fault& f) {
  const auto& date = f.certificate.date;
  switch (f.what) {
    case kind::tls_untrusted:
      return fmt::format(
          "the broker's certificate is not signed by a trusted authority ({}): check the CA file", f.quoted);
    case kind::tls_wrong_host: return wrong_host_text(f);
    case kind::tls_expired: return fmt::format("{} expired on {} and must be renewed", whose(f), date);
    case kind::tls_not_yet_valid:
      return fmt::format("{} is not valid before {} (check this machine's clock)", whose(f), date);
    default: return fmt::format("{} is not accepted: {}", whose(f), f.quoted);
  }
}

std::string handshake_text(const connection_fault& f) {
  switch (f.what) {
    case kind::tls_setup: return "TLS: " + f.quoted;
    case kind::tls_authorities_slow:
      return "TLS: the trusted authorities were not read within " + to_string(f.limit);
    case kind::tls_stalled:
      return fmt::format("the TLS handshake did not end within {}{}", to_string(f.limit), is_tls_spoken);
    case kind::tls_closed:
      return fmt::format("the connection was closed during the TLS handshake{}", is_tls_spoken);
    case kind::tls_not_spoken: return "the server does not speak TLS";
    case kind::tls_too_old:
      return "the broker does not offer TLS 1.2 or newer, and older versions are not safe: update or "
             "reconfigure it";
    case kind::tls_certificate_wanted:
      return "the broker requires a client certificate, and none is configured";
    case kind::tls_certificate_denied:
      return "the broker does not accept the client certificate: " + f.quoted;
    case kind::tls_host_unknown: return "the broker does not know the host " + f.host;
    case kind::tls_no_protocol: return "the broker does not offer the application protocol (ALPN)";
    case kind::tls_alert: return "the broker ended the TLS handshake: " + f.quoted;
    default:
      return "the TLS handshake failed: " +
             (f.quoted.empty() ? std::string("for no known reason") : f.quoted);
  }
}

std::string refusal_text(const connection_fault& f) {
  if (f.what == kind::hung_up) return hung_up_text(f);
  if (f.what == kind::will_refused) return "the last will cannot be set: " + f.quoted;
  const bool credentials = f.what == kind::bad_credentials || f.what == kind::not_authorized;
  return "refused by the broker: " + f.quoted + (credentials ? " (check username and password)" : "");
}

/// Returns the text for a connection that ended.
std::string loss_text(const connection_fault& f) {
  switch (f.what) {
    case kind::closed:
      return f.system_error == 0 ? "the broker closed the connection"
                                 : std::generic_category().message(f.system_error);
    case kind::no_keepalive: return "the broker does not answer";
    case kind::no_acknowledgement:
      return fmt::format("the broker answers, but has acknowledged nothing (PUBACK) since {}, for {}",
                         utc(f.silence.since), to_string(f.silence.lasted));
    case kind::given_up: return "the connection was closed here: " + f.quoted;
    default: return "disconnected by the broker: " + f.quoted;
  }
}

}  // namespace

connection_fault connection_fault::of_system(int error) {
  return {.what = error == ECONNREFUSED ? kind::connection_refused : kind::network, .system_error = error};
}

std::string connection_fault::message() const {
  if (what < kind::tls_setup) return reach_text(*this);
  if (what >= kind::tls_untrusted && what <= kind::tls_not_accepted) return certificate_text(*this);
  if (what < kind::hung_up) return handshake_text(*this);
  if (what < kind::closed) return refusal_text(*this);
  auto text = loss_text(*this);
  if (packet) text += packet_text(*this);
  if (rival) text += rival_text(*rival);
  return text;
}

}  // namespace mqcoap
