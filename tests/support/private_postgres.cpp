#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <support/private_postgres.hpp>
#include <vector>

namespace mqcoap::test {
namespace {

namespace fs = std::filesystem;

/// Returns the directory of the newest installed server.
std::string find_programs() {
  std::vector<int> versions;
  std::error_code none;
  for (const auto& each : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const auto name = each.path().filename().string();
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    if (fs::exists(each.path() / "bin/postgres")) versions.push_back(version);
  }
  if (versions.empty()) throw std::runtime_error("no PostgreSQL in /usr/lib/postgresql");
  return "/usr/lib/postgresql/" + std::to_string(*std::max_element(versions.begin(), versions.end())) +
         "/bin/";
}

/// Returns the user that the server runs as; null: the current user.
const passwd* server_user() { return ::geteuid() == 0 ? ::getpwnam("nobody") : nullptr; }

/// Switches to that user, in the child process.
void drop_rights() {
  const auto* const user = server_user();
  if (user == nullptr) return;
  if (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) ::_exit(126);
}

pid_t launch(const std::vector<std::string>& words, const std::string& output) {
  std::vector<char*> arguments;
  for (const auto& each : words) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  const auto pid = ::fork();
  if (pid != 0) return pid;
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  drop_rights();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

std::string text_of_file(const std::string& name) {
  std::ifstream file(name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void wait_for_success(pid_t pid, const std::string& output) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("PostgreSQL: " + text_of_file(output));
}

/// Returns the direct children of a process.
std::vector<pid_t> children_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  std::vector<pid_t> found;
  for (pid_t each = 0; file >> each;) found.push_back(each);
  return found;
}

}  // namespace

private_postgres::private_postgres() : programs_(find_programs()) {
  ::signal(SIGPIPE, SIG_IGN);
  if (const auto* const user = server_user())
    if (::chown(dir_.path().c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown");
  const auto log = dir_.file("initdb.log");
  wait_for_success(launch({programs_ + "initdb", "-D", dir_.file("data"), "-U", "gw", "-A", "trust", "-E",
                           "UTF8", "--locale=C", "--no-sync"},
                          log),
                   log);
  start();
  sql("CREATE DATABASE mqcoap", "postgres");
}

private_postgres::~private_postgres() {
  if (pid_ <= 0) return;
  resume();
  ::kill(pid_, SIGQUIT);  // terminates its child processes as well
  ::waitpid(pid_, nullptr, 0);
}

std::string private_postgres::url(const std::string& user, const std::string& database) const {
  std::string escaped;
  for (const char each : dir_.path().string()) escaped += each == '/' ? "%2F" : std::string(1, each);
  return "postgresql://" + user + '@' + escaped + '/' + database;
}

std::string private_postgres::sql(const std::string& statements, const std::string& database) const {
  const auto output = dir_.file("psql.out");
  fs::remove(output);
  std::ofstream(dir_.file("psql.sql")) << statements;
  wait_for_success(launch({programs_ + "psql", "-h", dir_.path().string(), "-U", "gw", "-d", database,
                           "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", dir_.file("psql.sql")},
                          output),
                   output);
  auto text = text_of_file(output);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

void private_postgres::demand_password_of(const std::string& user) {
  const auto name = dir_.file("data/pg_hba.conf");
  const auto lines = text_of_file(name);
  std::ofstream(name) << "local all " << user << " scram-sha-256\n" << lines;
  sql("SELECT pg_reload_conf()", "postgres");
}

void private_postgres::start() {
  const auto log = dir_.file("server.log");
  pid_ = launch({programs_ + "postgres", "-D", dir_.file("data"), "-k", dir_.path().string(), "-c",
                 "listen_addresses=", "-c", "max_connections=40"},
                log);
  // Waits as pg_ctl does: the server writes to this file when it is ready.
  for (int tries = 0; tries < 600; ++tries) {
    const auto ready = text_of_file(dir_.file("data/postmaster.pid"));
    if (ready.starts_with(std::to_string(pid_) + '\n') && ready.find("ready") != std::string::npos) return;
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) break;
    ::usleep(50'000);
  }
  pid_ = -1;
  throw std::runtime_error("PostgreSQL does not start: " + text_of_file(log));
}

void private_postgres::stop() {
  ::kill(pid_, SIGINT);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void private_postgres::signal_all(int signal) const {
  ::kill(pid_, signal);
  for (const auto each : children_of(pid_)) ::kill(each, signal);
}

/// The server is stopped first, so that it starts no further process in the meantime.
void private_postgres::pause() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
  signal_all(SIGSTOP);
}

void private_postgres::resume() { signal_all(SIGCONT); }

}  // namespace mqcoap::test
