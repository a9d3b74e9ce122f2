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

/// How a program speaks with the hostile broker.
struct program_options {
  bool v5 = true;
  int qos = 0;
  std::chrono::milliseconds connect_timeout{30'000};
  std::chrono::milliseconds request_timeout{30'000};  ///< of a client's requests
  std::size_t max_inbound = 4096;
  bool quick = true;  ///< reconnects within milliseconds
};

/// Where a program runs.
struct surroundings {
  event_loop& loop;
  hostile_broker& hostile;
  hostile_broker& good;
};

/// A program of ours with its connection to a hostile broker.
class program {
 public:
  virtual ~program() = default;

  virtual void start() = 0;
  /// It has its connection, and what it needs of the broker.
  virtual bool up() const = 0;
  /// Those who ask it can do so.
  virtual bool serves() const { return true; }
  /// Begins something that needs the broker. What becomes of it is one of `outcomes`, in words.
  virtual void ask() = 0;
  /// The payload of the device's answer.
  virtual std::string answer_to(std::string_view topic) const = 0;
  /// To be called between two turns of the loop.
  virtual void turn() {}
  virtual void elapse(std::chrono::milliseconds /*by*/) {}
  /// What is under way, in words; empty: nothing.
  virtual std::string leftovers() const { return {}; }
  /// Ends what is under way, before it is destroyed.
  virtual void shut_down() {}

  /// The outcome of what the device answers.
  virtual std::string good_outcome() const { return "205"; }

  int ups = 0;
  int downs = 0;
  outage_cause why;
  std::vector<std::string> outcomes;
};

/// A bare link.
std::unique_ptr<program> make_bare_link(const surroundings& in, const program_options& options);
/// A gateway whose callers are at the hostile broker.
std::unique_ptr<program> make_served_gateway(const surroundings& in, const program_options& options);
/// A gateway whose devices are at the hostile broker.
std::unique_ptr<program> make_proxying_gateway(const surroundings& in, const program_options& options);
std::unique_ptr<program> make_asking_client(const surroundings& in, const program_options& options);

/// For the makers of programs.
link_options options_of(const hostile_broker& at, std::string name, const program_options& options);
std::unique_ptr<mosquitto_link> connect(event_loop& loop, const clock& time, const link_options& options,
                                        bool quick);
/// The topic of an answer. Empty: this is no request.
std::string response_topic_of(std::string_view request_topic);
/// The code of a response; empty: there is none.
std::string code_in(std::string_view payload);
std::string words(const error_code& error);

}  // namespace mqcoap::test
