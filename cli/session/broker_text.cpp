#include "session/broker_text.hpp"

#include "session/hints.hpp"

namespace mqcoap::cli {

failure unreachable(const link_options& broker, const outage_cause& why) {
  return {status_unreachable, "cannot connect to " + place_of(broker) + ": " + why.message(),
          hint_for_outage(why, broker)};
}

failure refused_filter(const link_options& broker, std::string_view filter) {
  return {status_unreachable, place_of(broker) + " refuses the subscription to " + std::string(filter),
          "its access rules (mosquitto: acl_file) must allow reading it; or log in as another user with -u"};
}

}  // namespace mqcoap::cli
