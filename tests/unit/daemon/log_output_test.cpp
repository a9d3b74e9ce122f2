#include <doctest/doctest.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <log_output.hpp>
#include <memory>
#include <string>

using namespace mqcoap;

namespace {

struct log_output_fixture {
  std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
  std::filesystem::path folder;
  log_output tested;

  log_output_fixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mqcoap-log-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
  }
  ~log_output_fixture() {
    spdlog::set_default_logger(before);
    std::filesystem::remove_all(folder);
  }
  void open(const config::logging_options& options) { tested.use(log_output::prepare(options)); }
  std::string path(const std::string& name) const { return (folder / name).string(); }
  config::logging_options to_file(const std::string& name, log_level level = log_level::info) const {
    return {level, {config::log_target::place::file, path(name)}};
  }
  std::string content(const std::string& name) {
    REQUIRE(tested.flush(std::chrono::seconds(30)));
    std::ifstream in(path(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string fault_of(const config::logging_options& options) {
    try {
      open(options);
    } catch (const log_fault& e) {
      return e.what();
    }
    return {};
  }
};

request_record a_request() {
  request_record r;
  r.request_id = "0123";
  r.method = "GET";
  r.took = std::chrono::microseconds(100);
  return r;
}

}  // namespace

TEST_CASE_FIXTURE(log_output_fixture,
                  "a file gets lines with their time at its end, and others may not write to it") {
  std::ofstream(path("a.log")) << "before\n";
  open(to_file("a.log"));
  spdlog::info("one");
  spdlog::debug("two");
  const auto text = content("a.log");
  CHECK(text.starts_with("before\n20"));
  CHECK(text.ends_with(" info: one\n"));
  open(to_file("b.log"));
  struct stat made {};
  REQUIRE(::stat(path("b.log").c_str(), &made) == 0);
  CHECK((made.st_mode & 0137u) == 0);
}

TEST_CASE_FIXTURE(log_output_fixture, "a check finds the same errors as a start, and creates nothing") {
  const auto said = [this](const std::string& name) -> std::string {
    try {
      log_output::check(to_file(name));
    } catch (const log_fault& e) {
      return e.what();
    }
    return {};
  };
  CHECK(said("new.log").empty());
  CHECK_FALSE(std::filesystem::exists(path("new.log")));
  std::ofstream(path("old.log")) << "before\n";
  CHECK(said("old.log").empty());
  CHECK(content("old.log") == "before\n");
  CHECK(said("missing/a.log") ==
        "logging.target: cannot write to " + path("missing/a.log") + ": No such file or directory");
  CHECK(said("old.log/a.log").ends_with(": Not a directory"));
  CHECK(said(".").ends_with(": Is a directory"));
  if (::geteuid() == 0) return;  // root may write everywhere
  std::filesystem::permissions(folder,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  CHECK(said("new.log").ends_with(": Permission denied"));
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
}

TEST_CASE_FIXTURE(log_output_fixture,
                  "a file that was rotated away is created again when the log is opened again") {
  open(to_file("a.log"));
  spdlog::info("one");
  std::filesystem::rename(path("a.log"), path("a.log.1"));
  tested.reopen();
  spdlog::info("two");
  CHECK(content("a.log.1").find("one\n") != std::string::npos);
  CHECK(content("a.log").find("two\n") != std::string::npos);
  CHECK(content("a.log").find("one\n") == std::string::npos);
}

TEST_CASE_FIXTURE(log_output_fixture,
                  "a file that cannot be reopened stays in use, and the error is reported") {
  std::filesystem::create_directory(path("logs"));
  open(to_file("logs/a.log"));
  std::filesystem::rename(path("logs"), path("moved"));
  tested.reopen();
  CHECK(
      content("moved/a.log").find("error: the log keeps its destination: logging.target: cannot write to ") !=
      std::string::npos);
}

TEST_CASE_FIXTURE(log_output_fixture, "a log that is only prepared is not used") {
  open(to_file("a.log"));
  {
    const auto unused = log_output::prepare(to_file("b.log", log_level::debug));
    spdlog::info("one");
    spdlog::debug("two");
  }
  CHECK(content("a.log").ends_with(" info: one\n"));
  CHECK(content("b.log").empty());
}

TEST_CASE_FIXTURE(log_output_fixture, "a file that was truncated is written from its beginning") {
  open(to_file("a.log"));
  spdlog::warn("one");
  REQUIRE(tested.flush(std::chrono::seconds(30)));
  std::filesystem::resize_file(path("a.log"), 0);
  spdlog::warn("two");
  CHECK(content("a.log").starts_with("20"));
}

TEST_CASE_FIXTURE(log_output_fixture,
                  "a file that cannot be opened is a fault, and the log keeps its destination") {
  open(to_file("a.log"));
  CHECK(fault_of(to_file("missing/b.log")) ==
        "logging.target: cannot write to " + path("missing/b.log") + ": No such file or directory");
  CHECK_FALSE(std::filesystem::exists(path("missing")));
  CHECK(fault_of({log_level::info, {config::log_target::place::file, folder.string()}})
            .ends_with(": Is a directory"));
  REQUIRE(::mkfifo(path("pipe").c_str(), 0600) == 0);
  CHECK(fault_of(to_file("pipe")).starts_with("logging.target: cannot write to "));
  spdlog::info("still here");
  CHECK(content("a.log").ends_with("still here\n"));
}

TEST_CASE_FIXTURE(log_output_fixture, "the level can change, and requests are lines at debug") {
  open(to_file("a.log", log_level::debug));
  tested.write(a_request());
  CHECK(content("a.log").ends_with(" debug: " + to_line(a_request()) + '\n'));
  open(to_file("b.log", log_level::error));
  tested.write(a_request());
  spdlog::warn("quiet");
  spdlog::error("loud");
  const auto text = content("b.log");
  CHECK(text.ends_with("error: loud\n"));
  CHECK(text.find('\n') == text.size() - 1);
}
