#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <filesystem>
#include <start_check.hpp>
#include <string>

#include "support/other_user.hpp"
#include "unit/config/support.hpp"

using namespace mqcoap;

namespace {

config::settings with(const config::logging_options& logging,
                      std::optional<observe::http_options> http = {}) {
  return {{}, {0, default_namespace(), {}, {}, {}, {}}, logging, std::move(http), {}};
}

}  // namespace

TEST_CASE("a log that cannot be opened is an error") {
  CHECK(check_start(with({}), "a.yaml").empty());
  const config::log_target nowhere{config::log_target::place::file, "/nowhere/mqcoapd.log"};
  const auto found = check_start(with({log_level::info, nowhere}), "a.yaml");
  REQUIRE(found.size() == 1);
  CHECK(to_string(found.front()) ==
        "a.yaml: error: logging.target: cannot write to /nowhere/mqcoapd.log: No such file or directory\n");
}

TEST_CASE("a directory for state that does not exist is an error") {
  const mqcoap::test::temporary_folder folder;
  auto configuration = with({});
  configuration.state.is_needed = true;
  configuration.state.directory = folder.path("");
  CHECK(check_start(configuration, "a.yaml").empty());
  configuration.state.directory = folder.path("missing");
  auto found = check_start(configuration, "a.yaml");
  REQUIRE(found.size() == 1);
  CHECK(found.front().level == diagnostic::severity::error);
  CHECK(found.front().message ==
        "the directory for state cannot be used: " + folder.path("missing") + ": No such file or directory");
  configuration.state.is_needed = false;  // no resource keeps state
  CHECK(check_start(configuration, "a.yaml").empty());
}

TEST_CASE("a directory for state that this user may not look up is a warning") {
  namespace fs = std::filesystem;
  const mqcoap::test::temporary_folder folder;
  mqcoap::test::other_user::make_folder(folder.path("closed"));
  fs::create_directory(folder.path("closed/state"));
  fs::permissions(folder.path("closed"), fs::perms::none);
  auto configuration = with({});
  configuration.state.is_needed = true;
  configuration.state.directory = folder.path("closed/state");
  const auto found = [&] {
    const mqcoap::test::other_user without_privileges;
    return check_start(configuration, "a.yaml");
  }();
  fs::permissions(folder.path("closed"), fs::perms::owner_all);
  REQUIRE(found.size() == 1);
  CHECK(found.front().level == diagnostic::severity::warning);
  CHECK(found.front().message ==
        "the directory for state cannot be used: " + folder.path("closed/state") + ": Permission denied");
}

TEST_CASE("an address that this machine does not have is a warning, and a port that is taken is nothing") {
  boost::asio::io_context loop;
  const boost::asio::ip::tcp::acceptor running(loop, {boost::asio::ip::address_v4::loopback(), 0});
  const auto port = running.local_endpoint().port();
  CHECK(check_start(with({}, observe::http_options{"127.0.0.1", port, {}}), "a.yaml").empty());
  // An address for documentation (RFC 5737), which no machine has.
  const auto found = check_start(with({}, observe::http_options{"192.0.2.1", port, {}}), "a.yaml");
  REQUIRE(found.size() == 1);
  CHECK(found.front().level == diagnostic::severity::warning);
  CHECK(found.front().message ==
        "http.listen: no metrics are served while 192.0.2.1 cannot be listened on: Cannot assign requested "
        "address");
}
