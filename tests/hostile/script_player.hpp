#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "script.hpp"
#include "stage.hpp"

namespace mqcoap::test {

/// Plays a script against one program.
class script_player {
 public:
  script_player(const script& played, std::string_view who);

  /// Returns what went wrong, with the line; empty if nothing did.
  std::string play();

 private:
  using words = std::vector<std::string>;

  /// @throws std::exception  if something went wrong
  void run(const words& step);
  void run_broker(const words& step);
  void expect(const words& step);
  /// Checks that the program works with a well-behaved broker after all that happened.
  void recover();
  void await(const std::string& type);
  void await_down(const std::string& kind);
  void await_outcome(const std::string& expected);
  void send(const words& step);
  std::string make(const words& packet) const;
  std::string make_answer(const words& packet, std::string_view topic) const;
  std::string make_suback(words numbers) const;
  template <class Condition>
  void until(Condition condition, const std::string& what);

  const script& script_;
  stage stage_;
  const std::string who_;
  int ups_ = 0;    ///< how often the program was expected to connect so far
  int downs_ = 0;  ///< how often it was expected to lose the connection
  std::size_t outcomes_ = 0;
  hostile_broker::heard_packet publish_{};    ///< the last PUBLISH that was awaited
  hostile_broker::heard_packet subscribe_{};  ///< the last SUBSCRIBE that was awaited
};

}  // namespace mqcoap::test
