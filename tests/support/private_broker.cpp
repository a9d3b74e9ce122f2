#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <support/private_broker.hpp>
#include <utility>

namespace mqcoap::test {
namespace {

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool found = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!found) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

/// Reads the output of a broker until it is ready; version 2.1 prints its user before that. Returns false at
/// the end of the output.
bool wait_until_running(int output) {
  std::string said;
  char buffer[512];
  for (;;) {
    const auto count = ::read(output, buffer, sizeof buffer);
    if (count <= 0) return false;
    said.append(buffer, static_cast<std::size_t>(count));
    if (said.find(" running\n") != std::string::npos) return true;
  }
}

}  // namespace

private_broker::private_broker(options o) : options_(std::move(o)) {
  ::signal(SIGPIPE, SIG_IGN);  // as the daemon does: a killed broker must not kill the test
  // Another program may take the port before the broker does.
  for (int tries = 0; tries < 5; ++tries) {
    port_ = free_port();
    write_config();
    if (launch()) return;
  }
  throw std::runtime_error("mosquitto does not start");
}

private_broker::~private_broker() { kill(); }

void private_broker::write_config() const {
  std::ofstream config(dir_.file("mosquitto.conf"));
  config
      << "listener " << port_ << " 127.0.0.1\n"
      << "allow_anonymous " << (options_.username.empty() ? "true" : "false") << '\n'
      << "set_tcp_nodelay true\nlog_dest stderr\nlog_type information\nlog_type error\nconnection_messages "
         "false\n";
  if (::geteuid() == 0) config << "user root\n";  // as another user it could not read this directory
  if (!options_.username.empty()) {
    const auto file = dir_.file("passwords");
    run_program("mosquitto_passwd", {"-c", "-b", file, options_.username, options_.password});
    config << "password_file " << file << '\n';
  }
  if (!options_.acl.empty()) {
    const auto file = dir_.file("acl");
    std::ofstream(file) << options_.acl;
    config << "acl_file " << file << '\n';
  }
  config << options_.lines;
}

bool private_broker::launch() {
  const auto program = find_program("mosquitto");
  const auto config = dir_.file("mosquitto.conf");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDERR_FILENO);  // stderr, because standard output would be buffered
    ::execl(program.c_str(), program.c_str(), "-c", config.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  output_ = ends[0];
  if (pid_ > 0 && wait_until_running(output_)) return true;
  kill();
  return false;
}

void private_broker::kill() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (output_ >= 0) ::close(output_);
  pid_ = -1;
  output_ = -1;
}

void private_broker::restart() {
  kill();
  if (!launch()) throw std::runtime_error("mosquitto does not start again");
}

void private_broker::pause() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);  // waits until it is stopped
}

void private_broker::resume() { ::kill(pid_, SIGCONT); }

}  // namespace mqcoap::test
