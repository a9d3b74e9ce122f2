#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <mqcoap/base/errc.hpp>
#include <type_traits>

namespace mqcoap {

/// Why a connection to a broker could not be established, or why it ended: an error code, whose category is
/// `connect_category()`. The enumerators follow the order in which a connection is established. Compare the
/// code with an `outage_class` for a coarse classification.
enum class connect_errc {
  none = 0,  ///< nothing went wrong
  other,     ///< an error that is known only as text

  // The broker cannot be reached.
  name_unknown,        ///< the name server has no address for the host
  name_slow,           ///< the name server does not answer in time
  connection_refused,  ///< nothing listens on the port
  network,             ///< another error of the system
  library,             ///< libmosquitto cannot begin to connect
  no_answer,           ///< the server does not answer in time
  no_connack,          ///< no answer to CONNECT while the caller waited

  // TLS cannot be established.
  tls_setup,               ///< the files or options of TLS cannot be used
  tls_authorities_slow,    ///< the trusted authorities are not read in time
  tls_stalled,             ///< the handshake does not finish in time
  tls_closed,              ///< the broker closed the connection during the handshake
  tls_not_spoken,          ///< the server does not speak TLS
  tls_too_old,             ///< the broker offers only old versions of TLS
  tls_untrusted,           ///< no authority that is trusted here has signed the broker's certificate
  tls_wrong_host,          ///< the certificate is for other hosts
  tls_expired,             ///< the certificate has expired
  tls_not_yet_valid,       ///< the certificate is not valid yet
  tls_not_accepted,        ///< the certificate is rejected for another reason
  tls_certificate_wanted,  ///< the broker demands a client certificate, and there is none
  tls_certificate_denied,  ///< the broker does not accept the client certificate
  tls_host_unknown,        ///< the broker does not know the requested host
  tls_no_protocol,         ///< the broker does not offer the application protocol (ALPN)
  tls_alert,               ///< the broker aborted the handshake for another reason
  tls_failed,              ///< the handshake failed on this side

  // The broker was reached, and rejects the client.
  hung_up,          ///< it closed the connection before it answered
  version_refused,  ///< it does not speak this version of MQTT
  bad_credentials,  ///< the user name or the password is wrong
  not_authorized,   ///< the user may not connect
  refused,          ///< it refused for another reason
  will_refused,     ///< the last will cannot be set

  // The connection was established, and ended.
  closed,              ///< the broker closed it and gave no reason
  client_id_taken,     ///< another client connected with the same id
  packet_too_large,    ///< a packet was larger than the broker accepts
  rights_withdrawn,    ///< the broker closed it: no longer authorized
  disconnected,        ///< the broker closed it for another reason
  no_keepalive,        ///< the broker no longer answers
  no_acknowledgement,  ///< the broker answers, but acknowledges nothing
  given_up,            ///< libmosquitto closed it
};

/// The class of a `connect_errc`, as an error condition, for example `if (error == outage_class::refused)`.
enum class outage_class {
  unreachable = 1,  ///< the broker cannot be reached
  tls,              ///< it is reached, but TLS is not established
  refused,          ///< it rejects the client
  lost,             ///< the connection was established, and ended
};

/// The category of `connect_errc`, named `mqcoap.connect`.
const boost::system::error_category& connect_category() noexcept;
/// The category of `outage_class`, named `mqcoap.outage`.
const boost::system::error_category& outage_category() noexcept;
error_code make_error_code(connect_errc e) noexcept;
boost::system::error_condition make_error_condition(outage_class c) noexcept;

/// Returns true if further attempts fail in the same way until a person corrects something, here or at the
/// broker: wrong credentials, a certificate that is not trusted. Returns false for errors that are temporary,
/// or may be.
bool is_lasting(connect_errc e) noexcept;

}  // namespace mqcoap

template <>
struct boost::system::is_error_code_enum<mqcoap::connect_errc> : std::true_type {};
template <>
struct boost::system::is_error_condition_enum<mqcoap::outage_class> : std::true_type {};
