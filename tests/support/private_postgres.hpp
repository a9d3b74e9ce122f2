#pragma once

#include <sys/types.h>

#include <string>
#include <support/programs.hpp>

namespace mqcoap::test {

/// A PostgreSQL server for the test, on a socket in a temporary directory. It is terminated with the
/// test. If the test runs as root, the server runs as `nobody`, because PostgreSQL refuses root. Its
/// superuser is `gw`.
class private_postgres {
 public:
  /// @throws std::runtime_error if no server can be started
  private_postgres();
  ~private_postgres();
  private_postgres(const private_postgres&) = delete;
  private_postgres& operator=(const private_postgres&) = delete;

  /// Returns the URL of a database.
  std::string url(const std::string& user = "gw", const std::string& database = "mqcoap") const;
  /// Returns the path of the socket.
  std::string socket() const { return dir_.file(".s.PGSQL.5432"); }
  /// Runs SQL as the superuser and returns the rows. @throws std::runtime_error if it fails
  std::string sql(const std::string& statements, const std::string& database = "mqcoap") const;

  /// Inserts a line at the beginning of pg_hba.conf that requires a password from this user.
  void demand_password_of(const std::string& user);
  void stop();
  void start();
  /// Sends SIGSTOP to the server and all of its processes: the kernel still accepts connections, but they
  /// are not answered.
  void pause();
  void resume();

 private:
  void signal_all(int signal) const;

  temporary_directory dir_;
  std::string programs_;
  pid_t pid_ = -1;
};

}  // namespace mqcoap::test
