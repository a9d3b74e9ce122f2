#include <mqcoap/ask/device.hpp>

#include <mqcoap/ask/request_sender.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <utility>

namespace mqcoap::ask {

device::device(request_sender& by, device_link& link, namespace_name namespace_of, device_tag name)
    : via(link),
      ns(std::move(namespace_of)),
      tag(std::move(name)),
      answers_(link, response_filter(ns, tag), [this, &by](error_code ec) { by.on_subscribed(*this, ec); }) {}

}  // namespace mqcoap::ask
