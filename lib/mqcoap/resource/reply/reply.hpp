#pragma once

#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/handler.hpp>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

struct reply_options {
  static constexpr std::string_view kind_name = "reply";

  response_code code = response_code::content;
  json_text body;  ///< for an error with null, the name of the code is sent, because errors have a message
  method_set methods = method_set::all();

  method_set offered() const { return methods; }
  void make(resource_site& at) const;
  friend bool operator==(const reply_options&, const reply_options&) = default;
};

/// Returns the same answer to every request. A 205 honours `accept` (406); other options are ignored.
class reply_resource final : public handler {
 public:
  explicit reply_resource(reply_options options);
  void handle(responder&& r) override;

 private:
  const reply_options options_;
};

/// Returns the kind: `ping: {reply: pong}` in a configuration.
const kind_module& reply_kind();

}  // namespace mqcoap
