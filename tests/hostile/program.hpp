#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mqcoap/transport/link_options.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "hostile_broker.hpp"
#include "unit/transport/event_loop.hpp"

namespace mqcoap::test {

/// How a program connects to the hostile broker.
struct program_options {
  bool v5 = true;
  int qos = 0;
  std::chrono::milliseconds connect_timeout{30'000};
  std::chrono::milliseconds request_timeout{30'000};  ///< of the requests of a client
  std::size_t max_inbound = 4096;
  bool quick = true;  ///< reconnects within milliseconds
};

/// The environment of a program.
struct surroundings {
  event_loop& loop;
  hostile_broker& hostile;
  hostile_broker& good;
};

/// A program under test, connected to a hostile broker.
class program {
 public:
  virtual ~program() = default;

  virtual void start() = 0;
  /// Returns true if it is connected and has everything that it needs from the broker.
  virtual bool up() const = 0;
  /// Returns true if it accepts requests.
  virtual bool serves() const { return true; }
  /// Starts an operation that needs the broker. Its outcome is added to `outcomes`, as text.
  virtual void ask() = 0;
  /// Returns the payload of the device's answer.
  virtual std::string answer_to(std::string_view topic) const = 0;
  /// Called between two iterations of the loop.
  virtual void turn() {}
  virtual void elapse(std::chrono::milliseconds /*by*/) {}
  /// Describes pending operations; empty if there are none.
  virtual std::string leftovers() const { return {}; }
  /// Ends pending operations before the program is destroyed.
  virtual void shut_down() {}

  /// Returns the outcome of a request that the device answers.
  virtual std::string good_outcome() const { return "205"; }

  int ups = 0;
  int downs = 0;
  outage_cause why;
  std::vector<std::string> outcomes;
};

/// Returns a bare link.
std::unique_ptr<program> make_bare_link(const surroundings& in, const program_options& options);
/// Returns a gateway whose callers are on the hostile broker.
std::unique_ptr<program> make_served_gateway(const surroundings& in, const program_options& options);
/// Returns a gateway whose devices are on the hostile broker.
std::unique_ptr<program> make_proxying_gateway(const surroundings& in, const program_options& options);
std::unique_ptr<program> make_asking_client(const surroundings& in, const program_options& options);

/// Functions for the implementations of programs.
link_options options_of(const hostile_broker& at, std::string name, const program_options& options);
std::unique_ptr<mosquitto_link> connect(event_loop& loop, const clock& time, const link_options& options,
                                        bool quick);
/// Returns the topic of the answer; empty if the topic is not that of a request.
std::string response_topic_of(std::string_view request_topic);
/// Returns the code of a response; empty if there is none.
std::string code_in(std::string_view payload);
std::string message(const error_code& error);

}  // namespace mqcoap::test
