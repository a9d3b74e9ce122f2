#pragma once

#include <mqcoap/base/errc.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/client/handler_list.hpp>
#include <mqcoap/protocol/response.hpp>
#include <utility>

namespace mqcoap {

/// The handlers that a response passes before the caller gets it.
class response_chain {
 public:
  /// @param log  receives the failures of handlers that do not raise their exceptions
  explicit response_chain(log_sink log = {}) : log_(std::move(log)) {}

  handler_id add(response_handler h) { return handlers_.add(std::move(h)); }
  bool remove(handler_id id) { return handlers_.remove(id); }
  void clear() { handlers_.clear(); }

  /// Runs the handlers. Returns the error of the request: the response code of an error answer, or what a
  /// handler raised (`response_handler::raise_exceptions`).
  error_code run(const exchange& of, response& r) const;

 private:
  const log_sink log_;
  handler_list<response_handler> handlers_;
};

}  // namespace mqcoap
