#include <doctest/doctest.h>
#include <prometheus/metric_family.h>

#include <cmath>
#include <limits>
#include <mqcoap/observe/metrics_text.hpp>
#include <random>
#include <string>

using namespace mqcoap;
using namespace mqcoap::observe;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

std::string gauge(double value) {
  MetricFamily family{"g", "h", MetricType::Gauge, {ClientMetric{}}};
  family.metric[0].gauge.value = value;
  const auto text = to_metrics_text({family});
  constexpr std::string_view head = "# HELP g h\n# TYPE g gauge\ng ";
  REQUIRE(text.starts_with(head));
  REQUIRE(text.ends_with('\n'));
  return text.substr(head.size(), text.size() - head.size() - 1);
}

}  // namespace

TEST_CASE("every number reads back as the same double") {
  constexpr double largest = std::numeric_limits<double>::max();
  CHECK(gauge(largest) == "1.7976931348623157e+308");
  CHECK(gauge(-largest) == "-1.7976931348623157e+308");
  CHECK(gauge(std::numeric_limits<double>::denorm_min()) == "5e-324");
  CHECK(gauge(0.1 + 0.2) == "0.30000000000000004");
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const double number = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 1900) - 1000);
    REQUIRE(std::stod(gauge(number)) == number);
  }
}

TEST_CASE("numbers of a common size are written without an exponent") {
  CHECK(gauge(0) == "0");
  CHECK(gauge(1) == "1");
  CHECK(gauge(-2.5) == "-2.5");
  CHECK(gauge(100'000) == "100000");
  CHECK(gauge(0.0001) == "0.0001");
  CHECK(gauge(1795376802.522) == "1795376802.522");
  CHECK(gauge(0.00001) == "1e-05");
  CHECK(gauge(1e15) == "1e+15");
}

TEST_CASE("values that are not finite are named as in Prometheus") {
  CHECK(gauge(INFINITY) == "+Inf");
  CHECK(gauge(-INFINITY) == "-Inf");
  CHECK(gauge(NAN) == "NaN");
}

TEST_CASE("labels and help texts are escaped, each by its own rule") {
  MetricFamily family{"c", "a \"b\" \\ \n", MetricType::Counter, {ClientMetric{}, ClientMetric{}}};
  family.metric[0].label = {{"x", "a \"b\" \\ \n"}, {"y", ""}};
  family.metric[1].counter.value = 3;
  CHECK(to_metrics_text({family}) ==
        "# HELP c a \"b\" \\\\ \\n\n# TYPE c counter\nc{x=\"a \\\"b\\\" \\\\ \\n\",y=\"\"} 0\nc 3\n");
}

TEST_CASE("histograms and summaries have a line for each part") {
  MetricFamily histogram{"h", "H", MetricType::Histogram, {ClientMetric{}}};
  histogram.metric[0].label = {{"x", "1"}};
  histogram.metric[0].histogram = {3, 0.5, {{1, 0.0001}, {3, INFINITY}}};
  MetricFamily summary{"s", "S", MetricType::Summary, {ClientMetric{}}};
  summary.metric[0].summary = {2, 0.3, {{0.5, 0.1}, {0.99, 0.2}}};
  CHECK(to_metrics_text({histogram, summary}) ==
        "# HELP h H\n# TYPE h histogram\n"
        "h_bucket{x=\"1\",le=\"0.0001\"} 1\nh_bucket{x=\"1\",le=\"+Inf\"} 3\nh_sum{x=\"1\"} "
        "0.5\nh_count{x=\"1\"} 3\n"
        "# HELP s S\n# TYPE s summary\n"
        "s{quantile=\"0.5\"} 0.1\ns{quantile=\"0.99\"} 0.2\ns_sum 0.3\ns_count 2\n");
}
