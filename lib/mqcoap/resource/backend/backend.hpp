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

/// What a resource asks of its backend.
struct backend_request {
  method verb = method::get;
  std::string path;  ///< of the resource, without a leading slash
  std::string rest;  ///< of a `**` resource: what is below its prefix; may be empty
  json_text body;    ///< `null` if there is none
  lazy<request_options> options;
  steady_time deadline = steady_time::max();  ///< the caller waits no longer
};

/// What came of it.
struct backend_reply {
  response_code code = response_code::content;
  std::string text{};  ///< of a read that was done: what was read, as it came
  std::optional<json_text>
      body{};           ///< in place of `text`: a value that needs no reading; a write has it with 205
  std::string words{};  ///< of an error

  static backend_reply error(response_code code, std::string words) {
    return {code, {}, std::nullopt, std::move(words)};
  }
  static backend_reply of_text(std::string read) {
    return {response_code::content, std::move(read), std::nullopt, {}};
  }
  static backend_reply of_body(json_text body) { return {response_code::content, {}, std::move(body), {}}; }
  /// A request that was done and has nothing to say: 204, 203 or 202 by its method.
  static backend_reply done() { return {}; }
};

/// What a resource stands for in the lab: a file, a program, an instrument, a topic, a web server. It reads
/// and writes; the resource in front of it (backend_resource) judges requests and makes values of what was
/// read.
/// @par Threads  Everything on the event loop, which it never blocks.
class backend {
 public:
  using reply_handler = std::function<void(backend_reply)>;
  /// Ends the work when it is destroyed, and then `done` is not called any more. Null: it cannot be ended, or
  /// it has ended.
  using running = std::shared_ptr<void>;

  virtual ~backend() = default;

  /// Does what is asked and calls `done` once, maybe inside this call. What it throws says that it was not
  /// begun.
  virtual running run(backend_request what, reply_handler done) = 0;
  /// What it answers when it gives what cannot be read as configured: the gateway's own fault (500), or that
  /// of somebody further away (502).
  virtual response_code unreadable() const noexcept { return response_code::internal_server_error; }
};

}  // namespace mqcoap
