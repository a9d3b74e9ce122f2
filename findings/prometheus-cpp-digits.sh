#!/usr/bin/env bash
# prometheus-cpp 1.0.1 writes numbers with 16 digits. 0.1 + 0.2 becomes 0.3, and the largest double becomes a
# number that exceeds the range of doubles: readers take it for infinity or reject the page.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" prometheus-cpp-dev=1.0.1-1 libprometheus-cpp-core1.0=1.0.1-1
compile "$work/root" -lprometheus-cpp-core <<'CPP'
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <cfloat>
#include <cstdio>
#include <cstdlib>
int main() {
  for (double x : {0.1 + 0.2, 364.24477330547739, 1795808298.1234567, DBL_MAX}) {
    auto registry = std::make_shared<prometheus::Registry>();
    prometheus::BuildGauge().Name("x").Register(*registry).Add({}).Set(x);
    const auto page = prometheus::TextSerializer().Serialize(registry->Collect());
    const auto text = page.substr(page.rfind(' ') + 1, page.size() - page.rfind(' ') - 2);
    std::printf("%.17g is written as %s, which is %.17g\n", x, text.c_str(), std::strtod(text.c_str(), nullptr));
  }
}
CPP
expect "prometheus-cpp" "0.30000000000000004 is written as 0.3, which is 0.29999999999999999
364.24477330547739 is written as 364.2447733054774, which is 364.24477330547739
1795808298.1234567 is written as 1795808298.123457, which is 1795808298.123457
1.7976931348623157e+308 is written as 1.797693134862316e+308, which is inf" "$("$work/program")"
