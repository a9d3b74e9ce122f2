#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <support/private_broker.hpp>
#include <utility>
#include <vector>

namespace mqcoap::test {
namespace {

namespace fs = std::filesystem;

/// Debian keeps mosquitto where only root's PATH looks.
fs::path find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string places = std::string(path == nullptr ? "" : path) + ":/usr/sbin:/usr/bin";
  for (std::size_t begin = 0; begin <= places.size();) {
    const auto end = std::min(places.find(':', begin), places.size());
    const auto file = fs::path(places.substr(begin, end - begin)) / name;
    if (::access(file.c_str(), X_OK) == 0) return file;
    begin = end + 1;
  }
  throw std::runtime_error(std::string(name) + " is not installed");
}

fs::path make_directory() {
  auto pattern = (fs::temp_directory_path() / "mqcoap-broker-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  return pattern;
}

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

void run_and_wait(const fs::path& program, std::initializer_list<std::string> arguments) {
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const auto& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  int status = -1;
  if (::posix_spawn(&pid, program.c_str(), nullptr, nullptr, argv.data(), environ) != 0 ||
      ::waitpid(pid, &status, 0) != pid || status != 0)
    throw std::runtime_error(program.string() + " failed");
}

/// Reads what a broker says until it is ready. False at the end of its output.
bool wait_until_running(int output) {
  std::string said;
  char buffer[512];
  for (;;) {
    const auto count = ::read(output, buffer, sizeof buffer);
    if (count <= 0) return false;
    said.append(buffer, static_cast<std::size_t>(count));
    if (said.find(" running") != std::string::npos) return true;
  }
}

}  // namespace

private_broker::private_broker(options o) : options_(std::move(o)), dir_(make_directory()) {
  ::signal(SIGPIPE, SIG_IGN);  // as the daemon does: a killed broker must not kill the test
  // Somebody else may take the port before the broker does.
  for (int tries = 0; tries < 5; ++tries) {
    port_ = free_port();
    write_config();
    if (launch()) return;
  }
  fs::remove_all(dir_);
  throw std::runtime_error("mosquitto does not start");
}

private_broker::~private_broker() {
  kill();
  std::error_code ignored;
  fs::remove_all(dir_, ignored);
}

void private_broker::write_config() const {
  std::ofstream config(dir_ / "mosquitto.conf");
  config
      << "listener " << port_ << " 127.0.0.1\n"
      << "allow_anonymous " << (options_.username.empty() ? "true" : "false") << '\n'
      << "set_tcp_nodelay true\nlog_dest stderr\nlog_type information\nlog_type error\nconnection_messages "
         "false\n";
  if (::geteuid() == 0) config << "user root\n";  // else it could not read this directory
  if (!options_.username.empty()) {
    const auto file = dir_ / "passwords";
    run_and_wait(find_program("mosquitto_passwd"),
                 {"-c", "-b", file.string(), options_.username, options_.password});
    config << "password_file " << file.string() << '\n';
  }
  if (!options_.acl.empty()) {
    const auto file = dir_ / "acl";
    std::ofstream(file) << options_.acl;
    config << "acl_file " << file.string() << '\n';
  }
  config << options_.lines;
}

bool private_broker::launch() {
  const auto program = find_program("mosquitto");
  const auto config = (dir_ / "mosquitto.conf").string();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDERR_FILENO);  // standard output would be buffered
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
  ::waitpid(pid_, nullptr, WUNTRACED);  // until it stands
}

void private_broker::resume() { ::kill(pid_, SIGCONT); }

}  // namespace mqcoap::test
