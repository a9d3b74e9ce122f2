#pragma once

#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/lazy.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/options.hpp>
#include <mqcoap/protocol/response_code.hpp>
#include <optional>
#include <string>
#include <utility>

namespace mqcoap {

/// A request of a resource to its backend.
struct backend_request {
  method verb = method::get;
  std::string path;  ///< the path of the resource, without a leading slash
  std::string rest;  ///< for a `**` resource: the part of the path below its prefix; may be empty
  json_text body;    ///< `null` if there is none
  lazy<request_options> options;
  steady_time deadline = steady_time::max();  ///< when the caller stops waiting
};

/// The outcome of a request.
struct backend_reply {
  response_code code = response_code::content;
  std::string text{};  ///< after a successful read: the bytes as they were read
  std::optional<json_text>
      body{};  ///< instead of `text`: a value that needs no parsing; also the body of a write with 205
  std::string message{};   ///< the error message
  std::string location{};  ///< with 201: path of the new resource; empty if it has none
  bool never_run = false;  ///< an error before anything was done (docs/protocol.md, "Run once")

  static backend_reply error(response_code code, std::string message) {
    return {code, {}, std::nullopt, std::move(message), {}, false};
  }
  /// Returns the error of a request that was rejected before anything was done.
  static backend_reply refusal(response_code code, std::string message) {
    auto reply = error(code, std::move(message));
    reply.never_run = true;
    return reply;
  }
  static backend_reply of_text(std::string read) {
    return {response_code::content, std::move(read), std::nullopt, {}, {}, false};
  }
  static backend_reply of_body(json_text body) {
    return {response_code::content, {}, std::move(body), {}, {}, false};
  }
  /// Returns success without a value: 204, 203 or 202, depending on the method.
  static backend_reply done() { return {}; }
};

/// Reads and writes something outside of the process for a resource: a file, a program, an instrument. The
/// resource in front of it (backend_resource) checks requests and parses values from the bytes that
/// were read.
/// @par Threads  All functions on the event loop, which they never block.
class backend {
 public:
  using reply_handler = std::function<void(backend_reply)>;
  /// Cancels the work when it is destroyed; `done` is not called after that. Null if the work cannot be
  /// cancelled, or has ended.
  using running = std::shared_ptr<void>;

  virtual ~backend() = default;

  /// Carries out a request and calls `done` once, possibly inside this call. If it throws, the work
  /// was not started.
  virtual running run(backend_request what, reply_handler done) = 0;
  /// Returns the code for bytes that cannot be parsed as configured: 500 if they come from this machine, 502
  /// if they come from a device or server behind the gateway.
  virtual response_code unreadable() const noexcept { return response_code::internal_server_error; }
};

}  // namespace mqcoap
