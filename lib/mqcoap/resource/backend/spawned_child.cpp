#include <mqcoap/resource/backend/spawned_child.hpp>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace mqcoap {
namespace {

constexpr int first_free = STDERR_FILENO + 1;
/// The PATH if neither the environment of the program nor that of the gateway has one.
constexpr char usual_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

void require(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

struct both_ends {
  descriptor read, write;
};

/// Moves a descriptor above the standard streams, which the child overwrites.
descriptor above_standard(descriptor end) {
  if (*end >= first_free) return end;
  descriptor moved(::fcntl(*end, F_DUPFD_CLOEXEC, first_free));
  if (!moved) require(errno, "no pipe");
  return moved;
}

both_ends make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) require(errno, "no pipe");
  both_ends made{descriptor(ends[0]), descriptor(ends[1])};
  made.read = above_standard(std::move(made.read));
  made.write = above_standard(std::move(made.write));
  return made;
}

class file_actions {
 public:
  file_actions() { require(::posix_spawn_file_actions_init(&actions_), "posix_spawn"); }
  ~file_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  file_actions(const file_actions&) = delete;
  file_actions& operator=(const file_actions&) = delete;

  void put(const descriptor& from, int to) {
    require(::posix_spawn_file_actions_adddup2(&actions_, *from, to), "posix_spawn");
  }
  void open_nothing(int to) {
    require(::posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", O_RDONLY, 0), "posix_spawn");
  }
  /// Closes all other descriptors, such as those that a library opened without O_CLOEXEC.
  void close_others() {
    require(::posix_spawn_file_actions_addclosefrom_np(&actions_, first_free), "posix_spawn");
  }
  const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// Sets a separate process group, and signal dispositions as for the children of a shell.
class attributes {
 public:
  attributes() {
    require(::posix_spawnattr_init(&attributes_), "posix_spawn");
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_,
        static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  ~attributes() { ::posix_spawnattr_destroy(&attributes_); }
  attributes(const attributes&) = delete;
  attributes& operator=(const attributes&) = delete;
  const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

std::string path_of(const child_options& options) {
  for (const auto& [name, value] : options.environment)
    if (name == "PATH") return value;
  const char* const ours = std::getenv("PATH");
  return ours != nullptr && *ours != '\0' ? ours : usual_path;
}

std::vector<std::string> environment_of(const child_options& options) {
  std::vector<std::string> made{"PATH=" + path_of(options)};
  for (const auto& [name, value] : options.environment)
    if (name != "PATH") made.push_back(name + '=' + value);
  return made;
}

/// Returns a null-terminated array for exec(3), which refers to the texts.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> made;
  for (auto& each : texts) made.push_back(each.data());
  made.push_back(nullptr);
  return made;
}

/// Returns 0, or the error because of which it cannot be run.
int find_fault(const std::string& path) {
  struct stat seen {};
  if (::stat(path.c_str(), &seen) != 0) return errno;
  if (!S_ISREG(seen.st_mode)) return EACCES;
  return ::access(path.c_str(), X_OK) == 0 ? 0 : errno;
}

}  // namespace

program_place find_program(const child_options& options) {
  const auto& name = options.argv.front();
  if (name.find('/') != std::string::npos) return {name, find_fault(name)};
  const auto folders = path_of(options);
  program_place found{name, ENOENT};
  for (std::size_t begin = 0; begin <= folders.size();) {
    const auto end = std::min(folders.find(':', begin), folders.size());
    if (end > begin) {  // an empty one would mean the current folder
      auto path = folders.substr(begin, end - begin) + '/' + name;
      const int error = find_fault(path);
      if (error == 0) return {std::move(path), 0};
      if (error == EACCES) found.error = error;
    }
    begin = end + 1;
  }
  return found;
}

spawned_child::spawned_child(const child_options& options) {
  const auto program = find_program(options);
  require(program.error, "the program");
  auto arguments = options.argv;
  auto variables = environment_of(options);
  file_actions actions;
  both_ends in;
  if (options.has_input) {
    in = make_pipe();
    actions.put(in.read, STDIN_FILENO);
  } else {
    actions.open_nothing(STDIN_FILENO);
  }
  both_ends out = make_pipe();
  both_ends err = make_pipe();
  actions.put(out.write, STDOUT_FILENO);
  actions.put(err.write, STDERR_FILENO);
  actions.close_others();
  const attributes own;
  require(::posix_spawn(&pid_, program.path.c_str(), actions.get(), own.get(), pointers_to(arguments).data(),
                        pointers_to(variables).data()),
          "the program");
  watched_ = descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (watched_) exited = descriptor(::fcntl(*watched_, F_DUPFD_CLOEXEC, first_free));
  if (!exited) {
    const int error = errno;
    kill();
    ::waitpid(pid_, nullptr, 0);
    require(error, "pidfd_open");
  }
  input = std::move(in.write);
  output = std::move(out.read);
  errors = std::move(err.read);
}

spawned_child::~spawned_child() {
  if (pid_ < 0) return;
  if (!terminated_at_) terminate();
  if (!await_exit(*terminated_at_ + grace_period - std::chrono::steady_clock::now())) {
    kill();
    if (!await_exit(grace_period))
      return;  // it is stuck in the kernel, and is reaped after the gateway has exited
  }
  reap();
}

bool spawned_child::await_exit(std::chrono::nanoseconds most) const noexcept {
  using namespace std::chrono;
  const auto until = steady_clock::now() + most;
  pollfd awaited{*watched_, POLLIN, 0};
  for (;;) {
    const auto left = ceil<milliseconds>(until - steady_clock::now()).count();
    const int found = ::poll(&awaited, 1, static_cast<int>(std::max<decltype(left)>(left, 0)));
    if (found > 0) return true;
    if (found == 0 || errno != EINTR) return false;
  }
}

/// Signals the group by its number, which no other process or group can have until the program is reaped.
void spawned_child::terminate() noexcept {
  if (pid_ > 0) ::kill(-pid_, SIGTERM);
  terminated_at_ = std::chrono::steady_clock::now();
}

void spawned_child::kill() noexcept {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

int spawned_child::reap() noexcept {
  kill();
  int status = 0;
  const auto pid = std::exchange(pid_, -1);
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return 0;  // SIGCHLD was ignored when this process was started
  return status;
}

}  // namespace mqcoap
