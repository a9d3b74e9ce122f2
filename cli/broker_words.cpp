#include "broker_words.hpp"

namespace mqcoap::cli {

std::string place_of(const link_options& broker) {
  const bool is_ipv6 = broker.host.find(':') != std::string::npos;
  return (is_ipv6 ? '[' + broker.host + ']' : broker.host) + ':' + std::to_string(broker.port);
}

failure unreachable(const link_options& broker, std::string_view why) {
  return {status_unreachable, "no connection to the broker at " + place_of(broker) + ": " + std::string(why),
          "is it running, and is that where it is? Name another with -L mqtt://HOST:PORT or MQCOAP_URL; "
          "`mqcoap doctor` looks closer"};
}

failure refused_filter(const link_options& broker, std::string_view filter) {
  return {status_unreachable,
          "the broker at " + place_of(broker) + " refuses the subscription to " + std::string(filter),
          "its access rules (mosquitto: acl_file) must let this user read that topic; log in as another with "
          "-u and -P"};
}

}  // namespace mqcoap::cli
