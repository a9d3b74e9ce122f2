#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <boost/throw_exception.hpp>
#include <stdexcept>
#include <type_traits>

namespace mqcoap {

using boost::system::error_code;

/// Throws the exception for reading the value of a `result` that holds one of the library's fault types.
/// Boost 1.85 and later require this function, and find it by argument-dependent lookup.
template <class Fault>
[[noreturn]] void throw_exception_from_error(const Fault& /*fault*/, const boost::source_location& where) {
  boost::throw_with_location(std::logic_error("a result was read that holds a fault"), where);
}

namespace result_lookup {

// Ends the lookup here, so that only the namespaces of the argument count, as they do for Boost.
void throw_exception_from_error() = delete;

/// Satisfied by types for which Boost.System finds `throw_exception_from_error`. Since Boost 1.85 it is
/// needed for each `->` of a result; older ones compile without it.
template <class Error>
concept throwable = requires(const Error& error, const boost::source_location& where) {
  throw_exception_from_error(error, where);
};

}  // namespace result_lookup

/// A value or an error.
template <class T, result_lookup::throwable E = error_code>
using result = boost::system::result<T, E>;

/// The errors that occur locally. The answer of a peer is a `response_code`, never one of these.
enum class errc {
  not_connected = 1,    ///< no connection to the broker
  queue_full,           ///< the bounded outgoing queue is full
  timed_out,            ///< the deadline passed
  too_large,            ///< exceeds a limit of the configuration or of MQTT
  denied,               ///< the broker refused the subscription or the message
  closed,               ///< the object was stopped
  connection_lost,      ///< the connection was lost while waiting for an answer: the outcome is unknown
  too_many_pending,     ///< the limit of requests that wait for an answer is reached
  unusable_answer,      ///< the answer is not a valid response
  handler_failed,       ///< a handler of the user threw an exception
  invalid_name,         ///< not [A-Za-z0-9_.-]{1,64}
  invalid_topic,        ///< not a topic of the protocol
  invalid_path,         ///< not a resource path
  invalid_id,           ///< not a request id
  invalid_address,      ///< not TAG/SUBSYSTEM/PATH
  invalid_duration,     ///< not a number with ms, s, min or h
  invalid_size,         ///< not a number with B, KiB, MiB or GiB
  missing_unit,         ///< a bare number where a unit is needed
  storage_full,         ///< the storage for state is full
  storage_failed,       ///< the disk or the database reported an error
  storage_unreachable,  ///< the database does not answer
  stale,                ///< it was changed by another party since it was read
};

const boost::system::error_category& mqcoap_category() noexcept;
error_code make_error_code(errc e) noexcept;

}  // namespace mqcoap

template <>
struct boost::system::is_error_code_enum<mqcoap::errc> : std::true_type {};
