#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <mqcoap/store/state_database.hpp>
#include <verbs/config_state.hpp>
#include <words/failure.hpp>

#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;

namespace {

/// Limits the size of files that the test writes, which fails like a full disk.
class small_disk {
 public:
  explicit small_disk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit less{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &less);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

/// Makes a database of more than 200 kB. @return the options that copy it
state_arguments stored_in(const test::temporary_folder& folder, const std::string& copy) {
  using access = store::sqlite_database::access;
  std::filesystem::create_directory(folder.path("state"));
  const auto file = folder.path("state/") + store::state_database::file_name;
  { store::state_database made(file, access::write); }
  store::sqlite_database(file, access::write)
      .execute("CREATE TABLE filler(x); INSERT INTO filler VALUES(zeroblob(200000))");
  state_arguments given;
  given.directory = folder.path("state");
  given.backup = copy;
  return given;
}

settled_options quiet() {
  settled_options options{};
  options.quiet = true;
  return options;
}

}  // namespace

TEST_CASE("a copy of the state that fails leaves nothing behind, and can be tried again") {
  const test::temporary_folder folder;
  std::filesystem::create_directory(folder.path("copies"));
  const auto copy = folder.path("copies/monday.db");
  const auto given = stored_in(folder, copy);
  {
    const small_disk disk(100'000);
    CHECK_THROWS_AS(show_state(given, quiet()), failure);
  }
  CHECK(std::filesystem::is_empty(folder.path("copies")));
  CHECK(show_state(given, quiet()) == status_ok);
  CHECK(std::filesystem::file_size(copy) > 200'000);
}

TEST_CASE("a copy of the state overwrites nothing, and says why it cannot be created") {
  const test::temporary_folder folder;
  const auto given = stored_in(folder, folder.write("mine", "mine"));
  CHECK_THROWS_WITH_AS(show_state(given, quiet()), (given.backup + " exists already").c_str(), failure);
  CHECK(std::filesystem::file_size(given.backup) == 4);
  auto other = given;
  for (const auto& file :
       {folder.path("mine/copy.db"), folder.path("none/copy.db"), folder.path(std::string(300, 'x'))}) {
    CAPTURE(file);
    other.backup = file;
    try {
      show_state(other, quiet());
      FAIL("copied");
    } catch (const failure& e) {
      CHECK(e.status() == status_usage);
      CHECK(std::string(e.what()).find(file + " cannot be created: ") == 0);
    }
  }
  std::filesystem::create_symlink("nowhere", folder.path("link"));
  other.backup = folder.path("link");
  CHECK_THROWS_AS(show_state(other, quiet()), failure);
  CHECK_FALSE(std::filesystem::exists(folder.path("nowhere")));
}
