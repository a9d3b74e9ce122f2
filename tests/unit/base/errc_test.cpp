#include <doctest/doctest.h>

#include <mqcoap/base/errc.hpp>
#include <set>
#include <string>

using namespace mqcoap;

namespace {

constexpr errc all[]{errc::not_connected,
                     errc::queue_full,
                     errc::timed_out,
                     errc::too_large,
                     errc::denied,
                     errc::closed,
                     errc::invalid_name,
                     errc::invalid_topic,
                     errc::invalid_path,
                     errc::invalid_id,
                     errc::invalid_address,
                     errc::invalid_duration,
                     errc::invalid_size,
                     errc::missing_unit,
                     errc::storage_full,
                     errc::storage_failed,
                     errc::storage_unreachable,
                     errc::stale,
                     errc::connection_lost,
                     errc::too_many_pending,
                     errc::unusable_answer,
                     errc::handler_failed};

}  // namespace

TEST_CASE("every error has a distinct message") {
  std::set<std::string> seen;
  for (const auto e : all) {
    const error_code code = e;
    CHECK(code.failed());
    CHECK(&code.category() == &mqcoap_category());
    CHECK_FALSE(code.message().empty());
    CHECK(code.message() != "unknown error");
    CHECK_MESSAGE(seen.insert(code.message()).second, code.message());
  }
}

TEST_CASE("the list of errors in these tests is complete") {
  const error_code beyond(static_cast<int>(std::size(all)) + 1, mqcoap_category());
  CHECK(beyond.message() == "unknown error");
}

TEST_CASE("an error differs from others and from those of other categories") {
  const error_code code = errc::timed_out;
  CHECK(code == errc::timed_out);
  CHECK(code != errc::closed);
  CHECK(code != error_code(code.value(), boost::system::generic_category()));
  CHECK(std::string(mqcoap_category().name()) == "mqcoap");
}

TEST_CASE("a result holds a value or an error") {
  const result<int> good = 5;
  const result<int> bad = errc::denied;
  CHECK(good.has_value());
  CHECK(*good == 5);
  REQUIRE(bad.has_error());
  CHECK(bad.error() == errc::denied);
}
