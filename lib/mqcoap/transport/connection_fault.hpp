#pragma once

#include <chrono>
#include <cstddef>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/transport/connect_errc.hpp>
#include <optional>
#include <string>
#include <utility>

namespace mqcoap {

/// Why a connection to a broker could not be established, or why it ended: a kind, which is an error code,
/// and the details. Programs decide by the kind; `message` creates the text for people from both.
struct connection_fault {
  using kind = connect_errc;

  /// A certificate that was rejected.
  struct certificate_facts {
    bool is_authority = false;  ///< the certificate of the broker's authority, not its own
    std::string names = {};     ///< of the hosts that it is issued for, as they appear in it
    bool host_is_address = false;
    /// The address appears in it as a DNS or common name, where it does not count.
    bool names_host_elsewhere = false;
    std::string date = {};  ///< when its validity ends or begins

    friend bool operator==(const certificate_facts&, const certificate_facts&) = default;
  };
  /// The attempt during which the broker closed the connection.
  struct attempt_facts {
    bool mqtt_5 = false;
    bool tls = false;
    bool certificate_requested = false;  ///< the broker requested a client certificate, and there is none

    friend bool operator==(const attempt_facts&, const attempt_facts&) = default;
  };
  /// A packet whose size may be the reason why the connection ended.
  struct packet_facts {
    std::size_t bytes = 0;
    std::optional<std::size_t> limit = {};  ///< larger packets are rejected here from now on

    friend bool operator==(const packet_facts&, const packet_facts&) = default;
  };
  /// Another client that uses, or may use, the same client id.
  struct rival_facts {
    std::string client_id = {};
    int short_lived = 0;             ///< consecutive connections that ended so soon; 0: too few to tell
    std::chrono::seconds within{0};  ///< how soon they ended

    friend bool operator==(const rival_facts&, const rival_facts&) = default;
  };
  /// How long the broker has not acknowledged anything.
  struct silence_facts {
    unix_millis since{};
    std::chrono::seconds lasted{0};

    friend bool operator==(const silence_facts&, const silence_facts&) = default;
  };

  kind what = kind::none;
  /// The error text of the system, OpenSSL, the name server or the broker.
  std::string quoted = {};
  int system_error = 0;                ///< errno: network, closed (0: an orderly close)
  std::chrono::milliseconds limit{0};  ///< the time limit that expired, for kinds that are timeouts
  std::string host = {};               ///< the requested host: tls_wrong_host, tls_host_unknown
  certificate_facts certificate = {};  ///< tls_wrong_host, tls_expired, tls_not_yet_valid, tls_not_accepted
  attempt_facts attempt = {};          ///< hung_up
  std::optional<packet_facts> packet = {};  ///< closed, packet_too_large, disconnected
  std::optional<rival_facts> rival = {};    ///< closed, client_id_taken
  silence_facts silence = {};               ///< no_acknowledgement

  /// Creates the fault of an errno: connection_refused or network.
  static connection_fault of_system(int error);
  /// Creates a fault that consists only of a text.
  /// @param message  not empty
  static connection_fault of_message(std::string message) {
    return {.what = kind::other, .quoted = std::move(message)};
  }

  explicit operator bool() const noexcept { return what != kind::none; }
  /// Returns a text for people: for a log, an answer, a screen. Empty if nothing went wrong.
  std::string message() const;

  friend bool operator==(const connection_fault&, const connection_fault&) = default;
};

}  // namespace mqcoap
