#pragma once

#include <sys/types.h>

#include <string>
#include <support/programs.hpp>

namespace mqcoap::test {

/// A PostgreSQL server of the test, on a socket in a temporary directory. Ends with the test. As root it runs
/// as `nobody`, because PostgreSQL refuses root. Its superuser is `gw`.
class private_postgres {
 public:
  /// @throws std::runtime_error if none can be started
  private_postgres();
  ~private_postgres();
  private_postgres(const private_postgres&) = delete;
  private_postgres& operator=(const private_postgres&) = delete;

  /// Returns the address of a database.
  std::string url(const std::string& user = "gw", const std::string& database = "mqcoap") const;
  /// Returns the path of the socket.
  std::string socket() const { return dir_.file(".s.PGSQL.5432"); }
  /// Runs SQL as the superuser, and returns the rows. @throws std::runtime_error if it fails
  std::string sql(const std::string& statements, const std::string& database = "mqcoap") const;

  /// Adds a line before those of pg_hba.conf.
  void demand_password_of(const std::string& user);
  void stop();
  void start();
  /// Sends SIGSTOP to the server and to all of its processes: the kernel still accepts connections, and
  /// nobody answers.
  void pause();
  void resume();

 private:
  void signal_all(int signal) const;

  temporary_directory dir_;
  std::string programs_;
  pid_t pid_ = -1;
};

}  // namespace mqcoap::test
