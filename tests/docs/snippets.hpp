#pragma once

#include <doctest/doctest.h>

#include <mqcoap/client/sync_client.hpp>
#include <string>
#include <vector>

#include "support/private_broker.hpp"

// The environment in which the snippets of docs/library.md run: a broker, and the device 2D_XX_0_9999 on it.
namespace snippets {

inline mqcoap::test::private_broker& broker() {
  static mqcoap::test::private_broker one;
  return one;
}

/// Returns the options with the address of this broker instead of the one on the page.
inline mqcoap::client_options here(mqcoap::client_options options = {}) {
  options.broker = {};
  options.broker.host = "127.0.0.1";
  options.broker.port = broker().port();
  return options;
}

inline mqcoap::client_options as_device(const std::string& tag) {
  auto options = here();
  options.tag = mqcoap::device_tag::parse(tag).value();
  return options;
}

/// Answers GET and PUT of `axuv/gains`, and does not answer requests for `axuv/slow`.
class device {
 public:
  device() : me_(as_device("2D_XX_0_9999")) {
    me_.add_handler(mqcoap::request_handler{"everything", {}, [this](mqcoap::responder& r) { answer(r); }});
    me_.connect();
  }

 private:
  void answer(mqcoap::responder& r) {
    if (r.req().path.key() == "slow") return silent_.push_back(std::move(r));
    if (r.req().path.key() != "gains") throw mqcoap::not_found("there are gains, and slow");
    if (r.req().verb == mqcoap::method::put) return std::move(r).respond({mqcoap::response_code::changed});
    std::move(r).respond({.body = mqcoap::json_text::from_value({0, 1, 2, 3, 4})});
  }

  mqcoap::sync_client me_;
  std::vector<mqcoap::responder> silent_;  ///< destroyed before the client, because dropped responders
                                           ///< send an answer
};

}  // namespace snippets
