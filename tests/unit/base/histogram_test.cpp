#include <doctest/doctest.h>

#include <mqcoap/base/histogram.hpp>

using mqcoap::histogram;

TEST_CASE("quantiles of a histogram are within 1 % over nine decades") {
  for (std::uint64_t scale = 1; scale <= 1'000'000'000; scale *= 10) {
    histogram h;
    for (std::uint64_t i = 1; i <= 1000; ++i) h.record(i * scale);
    CHECK(static_cast<double>(h.quantile(0.5)) ==
          doctest::Approx(500.0 * static_cast<double>(scale)).epsilon(0.01));
    CHECK(static_cast<double>(h.quantile(0.99)) ==
          doctest::Approx(990.0 * static_cast<double>(scale)).epsilon(0.01));
    CHECK(h.max() == 1000 * scale);
    CHECK(h.mean() == doctest::Approx(500.5 * static_cast<double>(scale)));
  }
}

TEST_CASE("one slow answer in a thousand shows in the maximum and not in p99") {
  histogram h;
  for (int i = 0; i < 999; ++i) h.record(100);
  h.record(5'000'000);
  CHECK(h.quantile(0.99) == 100);
  CHECK(h.quantile(1.0) == doctest::Approx(5'000'000).epsilon(0.01));
  CHECK(h.max() == 5'000'000);
}

TEST_CASE("a histogram accepts zero and the largest possible value") {
  histogram h;
  h.record(0);
  CHECK(h.quantile(1.0) == 0);
  h.record(UINT64_MAX);
  CHECK(h.max() == UINT64_MAX);
  CHECK(h.quantile(1.0) > UINT64_MAX / 100 * 99);
}

TEST_CASE("a cleared histogram is empty") {
  histogram h;
  h.record(7);
  h.clear();
  CHECK(h.count() == 0);
  CHECK(h.quantile(0.5) == 0);
  CHECK(h.max() == 0);
}
