#include <doctest/doctest.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <mqcoap/transport/logger.hpp>

#include "log_catcher.hpp"

using namespace mqcoap;

TEST_CASE("a program that says nothing about logging hears warnings on standard error, and no more") {
  REQUIRE(spdlog::default_logger()->name().empty());
  CHECK(logger() != spdlog::default_logger());
  CHECK(logger() == logger());
  CHECK(logger()->level() == spdlog::level::warn);
  CHECK(spdlog::get("mqcoap") == nullptr);
}

TEST_CASE("a default logger that the program has set is taken, and one named mqcoap before it") {
  const test::log_catcher log;
  logger()->info("heard");
  CHECK(log.count("info: heard") == 1);
  const auto own = spdlog::create<spdlog::sinks::null_sink_mt>("mqcoap");
  CHECK(logger() == own);
  spdlog::drop("mqcoap");
  CHECK(logger() == spdlog::default_logger());
}
