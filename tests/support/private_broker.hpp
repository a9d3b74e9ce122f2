#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <support/programs.hpp>

namespace mqcoap::test {

/// A mosquitto for the test, on a free loopback port. It is terminated with the test.
class private_broker {
 public:
  struct options {
    std::string username = {};  ///< empty: anyone may connect
    std::string password = {};
    std::string acl = {};    ///< lines of an ACL file; empty: everything is allowed
    std::string lines = {};  ///< further configuration lines
  };

  private_broker() : private_broker(options{}) {}
  /// @throws std::runtime_error if no mosquitto can be started
  explicit private_broker(options o);
  ~private_broker();
  private_broker(const private_broker&) = delete;
  private_broker& operator=(const private_broker&) = delete;

  std::uint16_t port() const noexcept { return port_; }

  /// Sends SIGKILL: connections are reset without a DISCONNECT.
  void kill();
  /// Starts it again on the same port.
  void restart();
  /// Sends SIGSTOP: the kernel still accepts connections and data, but they are not answered.
  void pause();
  void resume();

 private:
  void write_config() const;
  /// Returns true when it listens; false if it exited.
  bool launch();

  options options_;
  temporary_directory dir_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  int output_ = -1;
};

}  // namespace mqcoap::test
