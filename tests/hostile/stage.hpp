#pragma once

#include <memory>
#include <mqcoap/base/clock.hpp>
#include <string>
#include <string_view>

#include "program.hpp"
#include "unit/transport/link_recorder.hpp"

namespace mqcoap::test {

/// A program between a hostile broker and a good one, and an unrelated link to the good one.
class stage {
 public:
  /// @param who  link, front, field or client
  stage(std::string_view who, const program_options& options);
  ~stage();
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  event_loop loop;
  hostile_broker hostile{loop.context()};
  hostile_broker good{loop.context()};
  std::unique_ptr<program> tested;

  void start();
  /// Returns false if the condition is not met within a limit that is reached only if something is broken.
  template <class Condition>
  bool run_until(Condition condition) {
    return loop.run_until([&] {
      tested->turn();
      return condition();
    });
  }
  /// Runs everything that is ready.
  void poll();
  /// Connects the program and lets it send one request. Returns what went wrong; empty if nothing did.
  std::string welcome();
  /// Returns what the hostile broker has damaged; empty if nothing.
  std::string harm() const;

 private:
  void answer(hostile_broker& at, const bench::publish_packet& m) const;

  manual_clock time_;
  link_recorder bystander_events_;
  hostile_broker elsewhere_{loop.context()};
  std::unique_ptr<mosquitto_link> bystander_;
};

}  // namespace mqcoap::test
