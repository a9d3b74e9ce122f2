#pragma once

#include <mqcoap/client/client.hpp>
#include <mqcoap/client/sync_client.hpp>
#include <string>

#include "support/private_broker.hpp"

namespace mqcoap::test {

/// Returns the options to connect to a private broker as a device with this tag; with an empty tag, as a
/// client that only sends requests.
inline client_options options_for(const private_broker& broker, const std::string& tag = {}) {
  client_options options;
  options.broker.host = "127.0.0.1";
  options.broker.port = broker.port();
  if (!tag.empty()) options.tag = *device_tag::parse(tag);
  return options;
}

/// Answers every request with the number at the end of its path, so that a mixed-up answer is detected.
inline request_handler echo_number() {
  return {"echo", {}, [](responder& r) {
            const auto path = r.req().path.key();
            answer a;
            a.body = *json_text::parse(path.substr(path.rfind('/') + 1));
            std::move(r).respond(std::move(a));
          }};
}

}  // namespace mqcoap::test
