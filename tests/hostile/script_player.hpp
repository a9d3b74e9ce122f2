#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "script.hpp"
#include "stage.hpp"

namespace mqcoap::test {

/// Plays a script to one program.
class script_player {
 public:
  script_player(const script& played, std::string_view who);

  /// Returns what went wrong, with the line; empty: nothing.
  std::string play();

 private:
  using words = std::vector<std::string>;

  /// @throws std::exception  with what went wrong
  void run(const words& step);
  void run_broker(const words& step);
  void expect(const words& step);
  /// Whatever was done, the program works with a broker that behaves.
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
  int ups_ = 0;    ///< that were expected so far
  int downs_ = 0;  ///< the same
  std::size_t outcomes_ = 0;
  hostile_broker::heard_packet publish_{};    ///< the last one that was awaited
  hostile_broker::heard_packet subscribe_{};  ///< the same
};

}  // namespace mqcoap::test
