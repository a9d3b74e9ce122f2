#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <mqcoap/base/errc.hpp>
#include <type_traits>

namespace mqcoap {

/// Why a connection to a broker was not made, or why it ended: an error code, whose category is
/// `connect_category()`. In the order in which a connection is made. Compare it with an `outage_class` for
/// the coarse question.
enum class connect_errc {
  none = 0,  ///< nothing went wrong
  other,     ///< something that has words only

  // The broker is not reached.
  name_unknown,        ///< the name server has no address of the host
  name_slow,           ///< the name server does not answer in time
  connection_refused,  ///< nobody listens there
  network,             ///< another error of the system
  library,             ///< libmosquitto cannot begin to connect
  no_answer,           ///< what listens there says nothing in time
  no_connack,          ///< no answer to CONNECT while the caller waited

  // TLS.
  tls_setup,               ///< the files or options of TLS cannot be used
  tls_authorities_slow,    ///< the trusted authorities are not read in time
  tls_stalled,             ///< the handshake does not end in time
  tls_closed,              ///< the broker closed the connection during the handshake
  tls_not_spoken,          ///< something else is spoken there
  tls_too_old,             ///< the broker offers old versions of TLS only
  tls_untrusted,           ///< no authority that we trust has signed the broker's certificate
  tls_wrong_host,          ///< the certificate is for other hosts
  tls_expired,             ///< the certificate is not valid any more
  tls_not_yet_valid,       ///< the certificate is not valid yet
  tls_not_accepted,        ///< the certificate is not valid for another reason
  tls_certificate_wanted,  ///< the broker demands a certificate of ours, and there is none
  tls_certificate_denied,  ///< the broker does not accept our certificate
  tls_host_unknown,        ///< the broker does not know the host that we ask for
  tls_no_protocol,         ///< the broker does not offer the application protocol (ALPN)
  tls_alert,               ///< the broker ended the handshake for another reason
  tls_failed,              ///< the handshake failed here

  // The broker is reached, and does not let us in.
  hung_up,          ///< it closed the connection before it answered
  version_refused,  ///< it does not speak this version of MQTT
  bad_credentials,  ///< user or password are wrong
  not_authorized,   ///< the user may not connect
  refused,          ///< it refused for another reason
  will_refused,     ///< the last will cannot be set

  // The connection was there.
  closed,              ///< the broker closed it and gave no reason
  client_id_taken,     ///< another client came with the same id
  packet_too_large,    ///< a packet was larger than the broker takes
  rights_withdrawn,    ///< the broker ended it: not authorized any more
  disconnected,        ///< the broker ended it for another reason
  no_keepalive,        ///< the broker does not answer any more
  no_acknowledgement,  ///< the broker answers, but acknowledges nothing
  given_up,            ///< libmosquitto ended it
};

/// The class of a `connect_errc`, an error condition, as in `if (error == outage_class::refused)`.
enum class outage_class {
  unreachable = 1,  ///< the broker is not reached
  tls,              ///< it is reached, but TLS is not established
  refused,          ///< it does not let us in
  lost,             ///< the connection was there, and ended
};

/// The category of `connect_errc`, named `mqcoap.connect`.
const boost::system::error_category& connect_category() noexcept;
/// The category of `outage_class`, named `mqcoap.outage`.
const boost::system::error_category& outage_category() noexcept;
error_code make_error_code(connect_errc e) noexcept;
boost::system::error_condition make_error_condition(outage_class c) noexcept;

/// True if further tries end in the same way until a person corrects something, here or at the broker: wrong
/// credentials, a certificate that is not trusted. False for what may pass by itself, and for what may be
/// either.
bool is_lasting(connect_errc e) noexcept;

}  // namespace mqcoap

template <>
struct boost::system::is_error_code_enum<mqcoap::connect_errc> : std::true_type {};
template <>
struct boost::system::is_error_condition_enum<mqcoap::outage_class> : std::true_type {};
