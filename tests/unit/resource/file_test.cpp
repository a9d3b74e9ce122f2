#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mqcoap/resource/backend/file_access.hpp>
#include <mqcoap/resource/file/file_backend.hpp>
#include <string>
#include <thread>
#include <vector>

#include "recorder.hpp"
#include "support/other_user.hpp"
#include "support/run_loop.hpp"
#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

constexpr std::size_t plenty = 1 << 16;

std::string message(const backend_reply& reply) {
  return std::to_string(to_int(reply.code)) + ' ' + (is_error(reply.code) ? reply.message : reply.text);
}

/// Limits the size of files that this process writes, during its lifetime.
class small_files {
 public:
  explicit small_files(rlim_t bytes) : ignored_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &usual_) == 0);
    const rlimit small{bytes, usual_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  }
  small_files(const small_files&) = delete;
  small_files& operator=(const small_files&) = delete;
  ~small_files() {
    ::setrlimit(RLIMIT_FSIZE, &usual_);
    std::signal(SIGXFSZ, ignored_);
  }

 private:
  sighandler_t ignored_;
  rlimit usual_{};
};

struct file_fixture {
  temporary_folder folder;
  boost::asio::io_context loop;
  backend_services services{loop.get_executor()};
  std::vector<std::string> answers;

  std::string content(const std::string& name) const {
    std::ifstream in(folder.path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::shared_ptr<file_backend> at(const std::string& name, bool atomic = false) {
    file_options options;
    options.at.path = folder.path(name);
    options.atomic = atomic;
    return std::make_shared<file_backend>(options, services);
  }
  backend::running ask(backend& of, method verb, const std::string& body = "null") {
    return of.run({.verb = verb, .path = "x", .rest = {}, .body = text(body), .options = {}},
                  [this](backend_reply reply) { answers.push_back(message(reply)); });
  }
  void settle(std::size_t wanted) {
    run_until(loop, [&] { return answers.size() >= wanted; });
  }
};

}  // namespace

TEST_CASE_FIXTURE(file_fixture, "files are read to their end, those without a size as well") {
  folder.write("a", "21.5\n");
  CHECK(message(read_file({{}, folder.path("a")}, plenty)) == "205 21.5\n");
  folder.write("empty", "");
  CHECK(message(read_file({{}, folder.path("empty")}, plenty)) == "205 ");
  CHECK(read_file({{}, "/proc/self/status"}, plenty).text.find("VmRSS") != std::string::npos);
  folder.write("long", std::string(plenty, 'x'));
  CHECK(read_file({{}, folder.path("long")}, plenty).text.size() == plenty);
  CHECK(message(read_file({{}, folder.path("long")}, plenty - 1)) == "500 the file is larger than 65535B");
}

TEST_CASE_FIXTURE(file_fixture, "a file that is not regular is rejected without blocking") {
  CHECK(message(read_file({{}, folder.path("none")}, plenty)) == "404 there is no such file");
  CHECK(message(read_file({{}, folder.path("")}, plenty)) == "403 it is not a regular file");
  REQUIRE(::mkfifo(folder.path("fifo").c_str(), 0600) == 0);
  CHECK(message(read_file({{}, folder.path("fifo")}, plenty)) == "403 it is not a regular file");
  CHECK(message(read_file({{}, "/dev/zero"}, plenty)) == "403 it is not a regular file");
  CHECK(message(write_file({{}, folder.path("fifo")}, "x", false)) == "403 it is not a regular file");
  CHECK(message(write_file({{}, "/dev/null"}, "x", true)) == "403 it is not a regular file");
}

TEST_CASE_FIXTURE(file_fixture, "beneath a folder, no path leads out of it and no link is followed") {
  std::filesystem::create_directories(folder.path("tree/sub"));
  folder.write("secret", "secret");
  folder.write("tree/a", "a");
  folder.write("tree/sub/b", "b");
  std::filesystem::create_symlink("../secret", folder.path("tree/link"));
  std::filesystem::create_symlink("sub", folder.path("tree/folder"));
  std::filesystem::create_symlink("a", folder.path("tree/inside"));
  const auto get = [&](const std::string& path) { return read_file({folder.path("tree"), path}, plenty); };
  CHECK(message(get("a")) == "205 a");
  CHECK(message(get("sub/b")) == "205 b");
  CHECK(get("none").code == response_code::not_found);
  CHECK(get("a/b").code == response_code::not_found);
  CHECK(get("sub").code == response_code::forbidden);
  for (const char* path : {"link", "folder/b", "inside"}) CHECK(get(path).code == response_code::forbidden);
  // All notations for the parent folder, alone and within a path.
  std::size_t tried = 0;
  const std::vector<std::string> steps{"..",     ".",
                                       "",       "%2e%2e",
                                       "..%2f",  "...",
                                       "..\\",   "\xc0\xae\xc0\xae",
                                       "sub/..", std::string("..\0", 3),
                                       "link",   "folder"};
  for (const auto& first : steps)
    for (const auto& second : steps)
      for (const auto& third : steps)
        for (const char* last : {"secret", "../secret"}) {
          ++tried;
          const auto reply = get(first + '/' + second + '/' + third + '/' + last);
          CHECK_MESSAGE(is_error(reply.code), first << '/' << second << '/' << third);
        }
  CHECK(tried > 2000);
}

TEST_CASE_FIXTURE(file_fixture,
                  "a folder that is exchanged for a link while it is read gives nothing of elsewhere") {
  std::filesystem::create_directories(folder.path("tree/sub"));
  std::filesystem::create_directories(folder.path("outside"));
  folder.write("tree/sub/x", "inside");
  folder.write("outside/x", "outside");
  std::filesystem::create_symlink("../outside", folder.path("tree/other"));
  std::atomic<bool> stop = false;
  std::thread exchanger([&] {
    while (!stop)
      ::syscall(SYS_renameat2, AT_FDCWD, folder.path("tree/sub").c_str(), AT_FDCWD,
                folder.path("tree/other").c_str(), RENAME_EXCHANGE);
  });
  std::size_t good = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto reply = read_file({folder.path("tree"), "sub/x"}, plenty);
    good += reply.text == "inside" ? 1 : 0;
    CHECK(reply.text != "outside");
  }
  stop = true;
  exchanger.join();
  CHECK(good > 0);
}

TEST_CASE_FIXTURE(file_fixture, "a write replaces all there was, in place or by a new file") {
  folder.write("a", "something longer", 0640);
  struct stat before {
  }, after{};
  REQUIRE(::stat(folder.path("a").c_str(), &before) == 0);
  CHECK(write_file({{}, folder.path("a")}, "1", false).code == response_code::content);
  CHECK(content("a") == "1");
  CHECK(write_file({{}, folder.path("a")}, "22", true).code == response_code::content);
  CHECK(content("a") == "22");
  REQUIRE(::stat(folder.path("a").c_str(), &after) == 0);
  CHECK(before.st_ino != after.st_ino);
  CHECK((after.st_mode & 07777U) == 0640U);
  CHECK(write_file({{}, folder.path("new")}, "3", true).code == response_code::content);
  CHECK(content("new") == "3");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path("")), {}) ==
        2);  // no temporary file remains
}

TEST_CASE_FIXTURE(file_fixture, "a write into a folder that does not exist is 404") {
  for (const bool atomic : {false, true})
    CHECK(message(write_file({{}, folder.path("none/a")}, "x", atomic)) == "404 there is no such folder");
}

TEST_CASE_FIXTURE(file_fixture, "an atomic write leaves a link as it is, and replaces the file behind it") {
  std::filesystem::create_directory(folder.path("real"));
  folder.write("real/a", "before");
  std::filesystem::create_symlink("real/a", folder.path("a"));
  CHECK(write_file({{}, folder.path("a")}, "after", true).code == response_code::content);
  CHECK(std::filesystem::is_symlink(folder.path("a")));
  CHECK(content("real/a") == "after");
}

TEST_CASE_FIXTURE(file_fixture, "what the system denies is 403") {
  // The kernel denies this to root as well, as whom the tests may run; in a container the reason may be
  // another.
  const file_place read_only{{}, "/proc/sys/kernel/ngroups_max"};
  CHECK(message(read_file(read_only, plenty)).starts_with("205 "));
  CHECK(message(write_file(read_only, "1", false)).starts_with("403 it cannot be opened: "));
}

TEST_CASE_FIXTURE(file_fixture,
                  "where the kernel lets nobody create a file, its folder is not called missing") {
  const auto replaced = message(write_file({{}, "/proc/sys/kernel/ngroups_max"}, "1", true));
  CHECK_MESSAGE(replaced.find("no file can be created next to it: ") != std::string::npos, replaced);
  CHECK(message(write_file({{}, "/proc/sys/kernel/no_such_setting"}, "1", false)).find("folder") ==
        std::string::npos);
}

TEST_CASE_FIXTURE(file_fixture,
                  "a write that was carried out is no 403, though its folder cannot be opened") {
  namespace fs = std::filesystem;
  other_user::make_folder(folder.path("box"));
  fs::permissions(folder.path("box"), fs::perms::owner_write | fs::perms::owner_exec);
  const auto reply = [&] {
    const other_user without_privileges;
    return write_file({{}, folder.path("box/a")}, "1", true);
  }();
  fs::permissions(folder.path("box"), fs::perms::owner_all);
  CHECK(message(reply) == "500 it was written, but may not survive a power failure: Permission denied");
  CHECK(content("box/a") == "1");
}

TEST_CASE_FIXTURE(file_fixture, "a write that fails in place says that the content may be lost") {
  folder.write("a", "before");
  const auto reply = [&] {
    const small_files none(0);
    return write_file({{}, folder.path("a")}, "x", false);
  }();
  CHECK(message(reply) == "500 it cannot be written, and its content may be lost: File too large");
}

TEST_CASE_FIXTURE(file_fixture, "a write that fails says why; an atomic one leaves the file as it was") {
  folder.write("a", "before");
  const auto reply = [&] {
    const small_files four(4);
    return write_file({{}, folder.path("a")}, std::string(100, 'x'), true);
  }();
  CHECK(message(reply) == "500 it cannot be written, and is unchanged: File too large");
  CHECK(content("a") == "before");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path("")), {}) == 1);
}

TEST_CASE_FIXTURE(file_fixture,
                  "requests for a file have their turn, in order, and GETs that wait share a look") {
  folder.write("a", "1");
  const auto tested = at("a");
  std::vector<backend::running> running;
  running.push_back(ask(*tested, method::get));
  running.push_back(ask(*tested, method::put, "\"2\""));
  for (int i = 0; i < 3; ++i) running.push_back(ask(*tested, method::get));
  running.push_back(ask(*tested, method::put, R"({"three":3})"));
  running.push_back(ask(*tested, method::get));
  settle(7);
  CHECK(answers ==
        std::vector<std::string>{"205 1", "205 ", "205 2", "205 2", "205 2", "205 ", R"(205 {"three":3})"});
}

TEST_CASE_FIXTURE(file_fixture, "a caller who disconnected gets no answer, and delays nobody") {
  folder.write("a", "1");
  const auto tested = at("a");
  auto first = ask(*tested, method::get);
  auto gone = ask(*tested, method::put, "\"2\"");
  const auto last = ask(*tested, method::get);
  gone.reset();
  first.reset();
  settle(1);
  CHECK(answers == std::vector<std::string>{"205 1"});
  CHECK(content("a") == "1");  // a write whose caller has disconnected before its turn is dropped
}

TEST_CASE_FIXTURE(file_fixture, "the number of waiting requests is limited") {
  folder.write("a", "1");
  const auto tested = at("a");
  std::vector<backend::running> running;
  for (std::size_t i = 0; i < file_backend::most_waiting + 2; ++i)
    running.push_back(ask(*tested, method::get));
  CHECK(answers.size() == 1);
  CHECK(answers.front().starts_with("503"));
  settle(file_backend::most_waiting + 2);
}
