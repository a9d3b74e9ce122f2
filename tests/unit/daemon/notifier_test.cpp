#include <doctest/doctest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <notifier.hpp>
#include <string>

#include "datagram_socket.hpp"
#include "environment.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

/// A socket of a service manager, and a loop that runs only on demand.
struct notifier_fixture {
  test::datagram_socket manager;
  test::environment notify_socket{"NOTIFY_SOCKET", manager.path()};
  test::environment watchdog_limit{"WATCHDOG_USEC", "20000"};
  test::environment watchdog_process{"WATCHDOG_PID", std::to_string(::getpid())};
  std::string status = "all is well";
  boost::asio::io_context loop{1};
  notifier tested{loop.get_executor(), [this] { return status; }, 1ms};

  /// Runs the loop until a notification arrives.
  std::string next() {
    auto heard = manager.take();
    while (heard.empty() && loop.run_one_for(30s) > 0) heard = manager.take();
    return heard;
  }
};

}  // namespace

TEST_CASE_FIXTURE(notifier_fixture, "readiness is reported immediately, with the status") {
  tested.ready();
  CHECK(manager.take() == "READY=1\nSTATUS=all is well");
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "a blocked loop does not notify the watchdog, a running one does so repeatedly") {
  tested.ready();
  manager.take();
  ::usleep(2 * 20000);  // longer than the watchdog's limit
  CHECK(manager.take().empty());
  CHECK(next() == "WATCHDOG=1");
  CHECK(next() == "WATCHDOG=1");
}

TEST_CASE_FIXTURE(notifier_fixture, "the watchdog of another process is not notified") {
  const test::environment somebody_else("WATCHDOG_PID", "1");
  tested.ready();
  manager.take();
  status = "changed";
  CHECK(next() == "STATUS=changed");
  status = "again";
  CHECK(next() == "STATUS=again");
}

TEST_CASE_FIXTURE(notifier_fixture, "the status is reported when it has changed") {
  const test::environment unwatched("WATCHDOG_USEC", std::nullopt);
  tested.ready();
  manager.take();
  for (int i = 0; i < 3; ++i) loop.run_one();  // the same text, requested three times
  CHECK(manager.take().empty());
  status = "1 of 2 brokers up";
  CHECK(next() == "STATUS=1 of 2 brokers up");
}

TEST_CASE_FIXTURE(notifier_fixture, "a reload is reported with its time, and its end with what has changed") {
  const test::environment unwatched("WATCHDOG_USEC", std::nullopt);
  tested.ready();
  manager.take();
  tested.reloading();
  const auto heard = manager.take();
  REQUIRE(heard.starts_with("RELOADING=1\nMONOTONIC_USEC="));
  const auto digits = heard.substr(heard.rfind('=') + 1);
  CHECK_FALSE(digits.empty());
  CHECK(digits.find_first_not_of("0123456789") == std::string::npos);
  tested.ready();
  CHECK(manager.take() == "READY=1\n");
  status = "reload failed";
  tested.ready();
  CHECK(manager.take() == "READY=1\nSTATUS=reload failed");
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "while it stops, it reports that, the watchdog is notified, and the status stays") {
  tested.ready();
  manager.take();
  tested.stopping();
  CHECK(manager.take() == "STOPPING=1\nSTATUS=stopping");
  status = "changed";
  CHECK(next() == "WATCHDOG=1");
  CHECK(next() == "WATCHDOG=1");
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "a manager that does not read delays nothing, and gets everything later, in order") {
  const test::environment unwatched("WATCHDOG_USEC", std::nullopt);
  const mqcoap::notify_socket other;
  int before = 0;
  while (!other.send("of another")) ++before;
  REQUIRE(before > 0);
  tested.ready();
  tested.reloading();
  tested.ready();
  loop.run_for(1ms);
  for (; before > 0; --before) CHECK(manager.take() == "of another");
  CHECK(next() == "READY=1\nSTATUS=all is well");
  CHECK(next().starts_with("RELOADING=1\n"));
  CHECK(next() == "READY=1\n");
  tested.stopping();
  CHECK(next() == "STOPPING=1\nSTATUS=stopping");
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "watchdog notifications that could not be sent are sent once when that is possible again") {
  const mqcoap::notify_socket other;
  int before = 0;
  while (!other.send("of another")) ++before;
  tested.ready();
  ::usleep(2 * 20000);
  loop.run_for(50ms);
  for (; before > 0; --before) CHECK(manager.take() == "of another");
  CHECK(next() == "READY=1\nSTATUS=all is well");
  CHECK(next() == "WATCHDOG=1");
}

TEST_CASE("without a service manager nothing is done, and a manager that is gone is no fault") {
  boost::asio::io_context loop{1};
  int requested = 0;
  const auto status = [&requested] { return std::to_string(++requested); };
  const test::environment watchdog_limit("WATCHDOG_USEC", "20000");
  const auto use = [&] {
    notifier tested(loop.get_executor(), status);
    tested.ready();
    tested.reloading();
    tested.stopping();
  };
  {
    const test::environment none("NOTIFY_SOCKET", std::nullopt);
    use();
  }
  CHECK(requested == 0);
  const test::environment gone("NOTIFY_SOCKET", "/nowhere/socket");
  use();
  CHECK(requested == 1);
}
