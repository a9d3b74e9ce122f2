#include <doctest/doctest.h>
#include <algorithm>
#include <boost/json/parse.hpp>
#include <mqcoap/protocol/response_code.hpp>
#include <output/bench_result.hpp>

using namespace mqcoap;
using namespace mqcoap::cli;
using namespace std::chrono_literals;

namespace {

bench_result hundred_answers() {
  bench_result r;
  r.sent = 100;
  r.elapsed = 2s;
  for (int i = 1; i <= 100; ++i) r.count({}, 205, i * 1ms);
  return r;
}

/// Errors whose message needs escapes in JSON.
class quoting_category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "quoting"; }
  std::string message(int) const override { return "a \"quoted\" fault"; }
};

const bench_subject subject{"DEV_1/axuv/gains", "GET", 4, 0};

}  // namespace

TEST_CASE("answers are counted by code, and error answers count as answers") {
  auto r = hundred_answers();
  r.sent += 3;
  r.count(response_code::not_found, 404, 1ms);
  r.count(errc::timed_out, 0, 5s);
  r.count(errc::queue_full, 0, 0s);
  CHECK(r.answered == 101);
  CHECK(r.codes.at(404) == 1);
  CHECK(r.timeouts == 1);
  CHECK(r.failures.size() == 1);
  CHECK(r.failed() == 3);
  CHECK(r.latency.count() == 101);
  CHECK(r.per_second() == doctest::Approx(50.5));
}

TEST_CASE("the report names each code and the percentiles") {
  auto r = hundred_answers();
  r.count(errc::timed_out, 0, 5s);
  const auto message = to_report(subject, r);
  for (const char* part : {"GET DEV_1/axuv/gains, 4 in flight, 2.0 s", "100 of 100, 50.0/s",
                           "205       100 CONTENT", "timeouts  1", "p50 49.9 ms", "max 100 ms"})
    CHECK_MESSAGE(message.find(part) != std::string::npos, message);
}

TEST_CASE("the row of the CSV has a cell for each name in its header") {
  const auto csv = to_csv(subject, hundred_answers());
  const auto end = csv.find('\n');
  const auto commas = [](std::string_view line) { return std::count(line.begin(), line.end(), ','); };
  CHECK(commas(csv.substr(0, end)) == commas(csv.substr(end + 1)));
  CHECK(csv.substr(end + 1).starts_with("DEV_1/axuv/gains,GET,4,0,2.000,100,100,50.0,0,0,49."));
}

TEST_CASE("the object is JSON, even if error messages need escapes") {
  auto r = hundred_answers();
  const quoting_category quoting;
  r.count(error_code(1, quoting), 0, 1ms);
  r.count(error_code(2, quoting), 0, 1ms);
  const auto value = boost::json::parse(to_json(subject, r));
  CHECK(value.at("codes").at("205").to_number<int>() == 100);
  CHECK(value.at("failures").at("a \"quoted\" fault").to_number<int>() == 2);
  CHECK(value.at("latency_ms").at("max").to_number<double>() == doctest::Approx(100));
}

TEST_CASE("a result without answers causes no division by zero") {
  const bench_result none;
  CHECK(none.per_second() == 0);
  CHECK(to_report(subject, none).find("latency") == std::string::npos);
  CHECK(boost::json::parse(to_json(subject, none)).at("answers").to_number<int>() == 0);
}

TEST_CASE("the most serious outcome determines the exit status") {
  auto r = hundred_answers();
  CHECK(status_of(r) == status_ok);
  r.count(response_code::not_found, 404, 1ms);
  CHECK(status_of(r) == status_client_error);
  r.count(response_code::service_unavailable, 503, 1ms);
  CHECK(status_of(r) == status_server_error);
  r.count(errc::timed_out, 0, 1ms);
  CHECK(status_of(r) == status_no_answer);
  r.count(errc::too_large, 0, 1ms);
  CHECK(status_of(r) == status_usage);
  r.count(errc::queue_full, 0, 1ms);
  CHECK(status_of(r) == status_internal);
  r.count(errc::not_connected, 0, 1ms);
  CHECK(status_of(r) == status_unreachable);
}

TEST_CASE("a failure has the exit status that get has for it") {
  for (const auto each : {errc::not_connected, errc::connection_lost, errc::denied, errc::closed,
                          errc::timed_out, errc::unusable_answer, errc::too_large, errc::queue_full,
                          errc::too_many_pending, errc::handler_failed}) {
    auto r = hundred_answers();
    r.count(each, 0, 1ms);
    CAPTURE(make_error_code(each).message());
    CHECK(status_of(r) == status_of(make_error_code(each)));
    CHECK(r.failed() == 1);
  }
}
