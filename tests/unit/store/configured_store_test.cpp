#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <mqcoap/store/configured_store.hpp>

#include "store_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::store;
using namespace mqcoap::test;

TEST_CASE_FIXTURE(store_fixture, "a store is opened when a resource needs it, and not before") {
  configured_store store(environment());
  store.configure({directory(), false});
  CHECK_FALSE(std::filesystem::exists(database()));
  CHECK_FALSE(store.status().has_value());
  CHECK(store.load().empty());
  CHECK_FALSE(commit(store, {put("a", "1")}));
  store.configure({directory(), true});
  REQUIRE(store.status().has_value());
  CHECK(store.status()->where == database());
  CHECK_FALSE(commit(store, {put("a", "2")}));
  store.configure({directory(), true});
  store.configure({directory(), false});
  CHECK(logged.empty());
  store.configure({"/elsewhere", true});
  REQUIRE(logged.size() == 1);
  CHECK(logged[0] == "`state` is read at the start only: state stays in " + directory());
}

TEST_CASE_FIXTURE(store_fixture, "without a directory of its own, the unit's is used") {
  configured_store store(environment());
  ::unsetenv("STATE_DIRECTORY");
  CHECK_THROWS_WITH_AS(
      store.configure({"", true}),
      "resources with `persist: true` need a directory: name it by `state: {dir: ...}`, or by "
      "$STATE_DIRECTORY, as the unit does",
      storage_fault);
  ::setenv("STATE_DIRECTORY", (directory() + ":/var/lib/other").c_str(), 1);
  store.configure({"", true});
  CHECK(store.status()->where == database());
  ::unsetenv("STATE_DIRECTORY");
}
