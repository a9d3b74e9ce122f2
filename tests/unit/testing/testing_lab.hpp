#pragma once

#include <doctest/doctest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <mqcoap/client/client.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <mqcoap/testing/broker.hpp>
#include <optional>
#include <string>
#include <utility>

namespace mqcoap::test {

using namespace std::chrono_literals;
namespace asio = boost::asio;

inline client_options as_device(const std::string& tag) {
  client_options options;
  options.tag = *device_tag::parse(tag);
  return options;
}

/// A device and a caller, connected through a broker in memory.
struct lab {
  asio::io_context loop;
  testing::broker broker{loop};
  client device;
  client caller;

  explicit lab(client_options of_device = as_device("DEV"), client_options of_caller = {})
      : device(loop, std::move(of_device), broker), caller(loop, std::move(of_caller), broker) {}
  ~lab() { broker.settle(); }

  void connect() {
    std::optional<error_code> first;
    std::optional<error_code> second;
    device.async_connect([&](error_code ec) { first = ec; });
    caller.async_connect([&](error_code ec) { second = ec; });
    broker.settle();
    REQUIRE(first);
    REQUIRE_FALSE(*first);
    REQUIRE(second);
    REQUIRE_FALSE(*second);
  }

  struct answered {
    error_code error;
    response what;
  };
  void ask(std::optional<answered>& into, request_spec what) {
    caller.async_request(std::move(what), [&into](error_code ec, response r) {
      into = answered{ec, std::move(r)};
    });
  }
  answered ask(request_spec what) {
    std::optional<answered> got;
    ask(got, std::move(what));
    broker.settle();
    REQUIRE(got);
    return *std::move(got);
  }
};

}  // namespace mqcoap::test
