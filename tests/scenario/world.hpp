#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <support/lab/lab.hpp>

#include "script.hpp"

namespace mqcoap::scenario {

/// A message that was observed outside of the gateway.
struct seen {
  std::string broker;
  std::string topic;
  std::string payload;
};

/// A gateway, its brokers and a clock, which are controlled by the steps of one script.
class world {
 public:
  /// @param folder  the folder of the configuration files
  explicit world(std::string folder);

  /// Plays a script. Throws std::runtime_error if an expectation fails.
  void play(const script& s);

 private:
  void play(const step& s);
  void caller(std::string_view rest);
  void device(std::string_view rest);
  void broker(std::string_view rest);
  void the_gateway(std::string_view rest);
  void elapse(std::string_view rest);
  void expect(std::string_view rest);
  void expect_forwarded(std::string_view rest);
  void expect_answer(std::string_view rest);
  void expect_event(std::string_view rest);
  void expect_count(std::string_view rest);
  void settle();
  void forget_own();

  std::deque<seen> requests_;         ///< requests to devices
  std::deque<seen> answers_;          ///< answers to callers
  std::deque<seen> events_;           ///< events of resources
  std::set<std::string> own_topics_;  ///< topics of the script's own messages
  std::optional<seen> hop_;           ///< the last expected request at a device
  int next_id_ = 1;
  test::lab lab_;
};

}  // namespace mqcoap::scenario
