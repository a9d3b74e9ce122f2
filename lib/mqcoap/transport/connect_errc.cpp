#include <mqcoap/transport/connect_errc.hpp>

#include <string>

namespace mqcoap {
namespace {

/// Returns the text of an error code. Programs show `outage_cause::message` to people, which
/// includes the details.
const char* message_of(connect_errc e) noexcept {
  switch (e) {
    case connect_errc::none: return "no error";
    case connect_errc::other: return "no connection to the broker";
    case connect_errc::name_unknown: return "the broker's host name is unknown";
    case connect_errc::name_slow: return "the name server did not answer in time";
    case connect_errc::connection_refused: return "nothing listens on the broker's port";
    case connect_errc::network: return "the network failed";
    case connect_errc::library: return "libmosquitto could not begin to connect";
    case connect_errc::no_answer: return "the broker did not answer in time";
    case connect_errc::no_connack: return "the broker did not answer CONNECT in time";
    case connect_errc::tls_setup: return "the files or options of TLS cannot be used";
    case connect_errc::tls_authorities_slow: return "the trusted authorities were not read in time";
    case connect_errc::tls_stalled: return "the TLS handshake did not end in time";
    case connect_errc::tls_closed: return "the broker closed the connection during the TLS handshake";
    case connect_errc::tls_not_spoken: return "the broker's port does not speak TLS";
    case connect_errc::tls_too_old: return "the broker offers only old versions of TLS";
    case connect_errc::tls_untrusted: return "the broker's certificate is not trusted";
    case connect_errc::tls_wrong_host: return "the broker's certificate is for another host";
    case connect_errc::tls_expired: return "the broker's certificate has expired";
    case connect_errc::tls_not_yet_valid: return "the broker's certificate is not valid yet";
    case connect_errc::tls_not_accepted: return "the broker's certificate is not accepted";
    case connect_errc::tls_certificate_wanted: return "the broker demands a client certificate";
    case connect_errc::tls_certificate_denied: return "the broker does not accept the client certificate";
    case connect_errc::tls_host_unknown: return "the broker does not know the requested host";
    case connect_errc::tls_no_protocol: return "the broker does not offer the application protocol";
    case connect_errc::tls_alert: return "the broker ended the TLS handshake";
    case connect_errc::tls_failed: return "the TLS handshake failed";
    case connect_errc::hung_up: return "the broker closed the connection before it answered";
    case connect_errc::version_refused: return "the broker does not speak this version of MQTT";
    case connect_errc::bad_credentials: return "the user name or the password is wrong";
    case connect_errc::not_authorized: return "the user may not connect";
    case connect_errc::refused: return "the broker refused the connection";
    case connect_errc::will_refused: return "the last will cannot be set";
    case connect_errc::closed: return "the broker closed the connection";
    case connect_errc::client_id_taken: return "another client connected with the same client id";
    case connect_errc::packet_too_large: return "a packet was larger than the broker accepts";
    case connect_errc::rights_withdrawn: return "the broker withdrew the right to be connected";
    case connect_errc::disconnected: return "the broker ended the connection";
    case connect_errc::no_keepalive: return "the broker no longer answers";
    case connect_errc::no_acknowledgement: return "the broker no longer acknowledges messages";
    case connect_errc::given_up: return "libmosquitto ended the connection";
  }
  return "unknown error";
}

/// Returns the class of an error; relies on the order of the enumerators.
outage_class class_of(connect_errc e) noexcept {
  if (e >= connect_errc::closed) return outage_class::lost;
  if (e >= connect_errc::hung_up) return outage_class::refused;
  if (e >= connect_errc::tls_setup) return outage_class::tls;
  return outage_class::unreachable;
}

class connect_category_type final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "mqcoap.connect"; }
  std::string message(int value) const override { return message_of(static_cast<connect_errc>(value)); }
  boost::system::error_condition default_error_condition(int value) const noexcept override {
    const auto e = static_cast<connect_errc>(value);
    // An error that is known only as text may belong to any class.
    if (e == connect_errc::none || e == connect_errc::other) return {value, *this};
    return make_error_condition(class_of(e));
  }
};

class outage_category_type final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "mqcoap.outage"; }
  std::string message(int value) const override {
    switch (static_cast<outage_class>(value)) {
      case outage_class::unreachable: return "the broker cannot be reached";
      case outage_class::tls: return "TLS to the broker is not established";
      case outage_class::refused: return "the broker rejects the client";
      case outage_class::lost: return "the connection to the broker ended";
    }
    return "unknown outage";
  }
};

}  // namespace

const boost::system::error_category& connect_category() noexcept {
  static const connect_category_type instance;
  return instance;
}

const boost::system::error_category& outage_category() noexcept {
  static const outage_category_type instance;
  return instance;
}

error_code make_error_code(connect_errc e) noexcept { return {static_cast<int>(e), connect_category()}; }

boost::system::error_condition make_error_condition(outage_class c) noexcept {
  return {static_cast<int>(c), outage_category()};
}

bool is_lasting(connect_errc e) noexcept {
  switch (e) {
    case connect_errc::tls_setup:
    case connect_errc::tls_not_spoken:
    case connect_errc::tls_too_old:
    case connect_errc::tls_untrusted:
    case connect_errc::tls_wrong_host:
    case connect_errc::tls_expired:
    case connect_errc::tls_not_accepted:
    case connect_errc::tls_certificate_wanted:
    case connect_errc::tls_certificate_denied:
    case connect_errc::tls_host_unknown:
    case connect_errc::tls_no_protocol:
    case connect_errc::version_refused:
    case connect_errc::bad_credentials:
    case connect_errc::not_authorized:
    case connect_errc::will_refused: return true;
    default: return false;
  }
}

}  // namespace mqcoap
