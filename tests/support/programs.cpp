#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <support/programs.hpp>

namespace mqcoap::test {

namespace fs = std::filesystem;

fs::path find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  const std::string places = std::string(path == nullptr ? "" : path) + ":/usr/sbin:/usr/bin";
  for (std::size_t begin = 0; begin <= places.size();) {
    const auto end = std::min(places.find(':', begin), places.size());
    auto file = fs::path(places.substr(begin, end - begin)) / name;
    if (::access(file.c_str(), X_OK) == 0) return file;
    begin = end + 1;
  }
  throw std::runtime_error(std::string(name) + " is not installed");
}

void run_program(std::string_view name, const std::vector<std::string>& arguments) {
  const auto program = find_program(name);
  const temporary_directory scratch;
  const auto said = scratch.file("output");
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const auto& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, said.c_str(), O_WRONLY | O_CREAT, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = -1;
  int status = -1;
  const bool spawned = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ) == 0;
  ::posix_spawn_file_actions_destroy(&actions);
  if (spawned && ::waitpid(pid, &status, 0) == pid && status == 0) return;
  std::ifstream output(said);
  throw std::runtime_error(program.string() +
                           " failed: " + std::string(std::istreambuf_iterator<char>(output), {}));
}

temporary_directory::temporary_directory() {
  auto pattern = (fs::temp_directory_path() / "mqcoap-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  path_ = pattern;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace mqcoap::test
