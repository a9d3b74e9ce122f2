#include <doctest/doctest.h>

#include <session/watching.hpp>
#include <words/timestamps.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using test::exchanged;

namespace {

const request_spec polled("DEV_1/axuv/gains");
constexpr unix_millis polled_at{1'767'225'600'123};  // 2026-01-01T00:00:00.123Z

request_outcome good(std::string_view body) { return {{}, exchanged(response_code::content, body), {}}; }
request_outcome bad() {
  return {make_error_code(response_code::not_found), exchanged(response_code::not_found, "\"no\""), {}};
}
request_outcome silent() { return {make_error_code(errc::timed_out), {}, "late"}; }

}  // namespace

TEST_CASE("times are written with milliseconds") {
  CHECK(utc_time(polled_at) == "2026-01-01T00:00:00.123Z");
  CHECK(utc_time({-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(time_of_day(polled_at).size() == 12);
}

TEST_CASE("only changes are shown, of answers and of faults") {
  const output_format how;
  watch_log log(how, false);
  CHECK(log.add(good("1"), polled, polled_at).out == "2026-01-01T00:00:00.123Z\t1\n");
  CHECK(log.add(good("1"), polled, polled_at).out.empty());
  CHECK(log.add(good("2"), polled, polled_at).out == "2026-01-01T00:00:00.123Z\t2\n");
  CHECK(log.add(silent(), polled, polled_at).problem.find("no answer") != std::string::npos);
  CHECK(log.add(silent(), polled, polled_at).problem.empty());
  CHECK(log.add(bad(), polled, polled_at).problem.find("404 NOT_FOUND 12 ms: no") != std::string::npos);
  CHECK(log.add(good("2"), polled, polled_at).out == "2026-01-01T00:00:00.123Z\t2\n");
}

TEST_CASE("with --all everything is shown") {
  const output_format how;
  watch_log log(how, true);
  CHECK_FALSE(log.add(good("1"), polled, polled_at).out.empty());
  CHECK_FALSE(log.add(good("1"), polled, polled_at).out.empty());
}

TEST_CASE("a line of CSV for each poll, its header when it changes") {
  const output_format how{.kind = output_kind::csv};
  watch_log log(how, true);
  CHECK(log.add(good("5"), polled, polled_at).out == "time,value\n2026-01-01T00:00:00.123Z,5\n");
  CHECK(log.add(good("6"), polled, polled_at).out == "2026-01-01T00:00:00.123Z,6\n");
  CHECK(log.add(good("[1,\"a,b\"]"), polled, polled_at).out ==
        "time,0,1\n2026-01-01T00:00:00.123Z,1,\"a,b\"\n");
  CHECK(log.add(good("{\"x\":1,\"y\":[2]}"), polled, polled_at).out ==
        "time,x,y\n2026-01-01T00:00:00.123Z,1,[2]\n");
}

TEST_CASE("JSON lines contain answers and missing answers") {
  const output_format how{.kind = output_kind::json};
  watch_log log(how, false);
  CHECK(log.add(good("5"), polled, polled_at)
            .out.starts_with(R"({"time":"2026-01-01T00:00:00.123Z","address":)"));
  CHECK(log.add(silent(), polled, polled_at).out ==
        "{\"time\":\"2026-01-01T00:00:00.123Z\",\"address\":\"DEV_1/axuv/gains\",\"error\":\"the deadline "
        "passed\"}\n");
}

TEST_CASE("with several resources, each line has the address, and changes are tracked separately") {
  const output_format how;
  watch_log log(how, false, true);
  const request_spec other("DEV_2/axuv/gains");
  request_outcome from_other = good("1");
  from_other.answered->to = other.to;
  CHECK(log.add(good("1"), polled, polled_at).out == "2026-01-01T00:00:00.123Z\tDEV_1/axuv/gains\t1\n");
  CHECK(log.add(from_other, other, polled_at).out == "2026-01-01T00:00:00.123Z\tDEV_2/axuv/gains\t1\n");
  CHECK(log.add(good("1"), polled, polled_at).out.empty());
  CHECK(log.add(silent(), other, polled_at).problem.find("DEV_2/axuv/gains\tno answer") != std::string::npos);
  const output_format table{.kind = output_kind::csv};
  watch_log rows(table, true, true);
  CHECK(rows.add(good("1"), polled, polled_at).out ==
        "time,address,value\n2026-01-01T00:00:00.123Z,DEV_1/axuv/gains,1\n");
  CHECK(rows.add(from_other, other, polled_at).out == "2026-01-01T00:00:00.123Z,DEV_2/axuv/gains,1\n");
}
