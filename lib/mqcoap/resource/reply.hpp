#pragma once

#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/handler.hpp>

namespace mqcoap {

struct reply_options {
  response_code code = response_code::content;
  json_text body;  ///< with an error and null, the code's name is sent: errors carry words
  method_set methods = method_set::all();

  friend bool operator==(const reply_options&, const reply_options&) = default;
};

/// The same answer to every request. A 205 honours `accept` (406); nothing else is looked at.
class reply_resource final : public handler {
 public:
  explicit reply_resource(reply_options options);
  void handle(responder&& r) override;

 private:
  const reply_options options_;
};

}  // namespace mqcoap
