#!/usr/bin/env bash
# Boost.JSON 1.81 (Debian 12) parses about one in ten shortest doubles as a neighbouring one: a number that a
# program wrote so that it can be read back exactly is changed.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libboost1.81-dev=1.81.0-5+deb12u1 libboost-json1.81-dev=1.81.0-5+deb12u1 \
  libboost-json1.81.0=1.81.0-5+deb12u1 libboost-container1.81.0=1.81.0-5+deb12u1
compile "$work/root" -lboost_json -lboost_container <<'CPP'
#include <boost/json.hpp>
#include <boost/version.hpp>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <random>
int main() {
  std::printf("Boost %d.%d\n", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000);
  const char* text = "364.24477330547739";
  std::printf("%s: Boost.JSON %.17g, strtod %.17g\n", text, boost::json::parse(text).as_double(), std::strtod(text, nullptr));
  std::mt19937_64 random(1);
  int wrong = 0;
  for (int i = 0; i < 100000; ++i) {
    const double x = double(random()) * (1000 / 18446744073709551616.0);
    char shortest[40];
    *std::to_chars(shortest, shortest + 39, x).ptr = '\0';
    wrong += boost::json::parse(shortest).to_number<double>() != x;
  }
  std::printf("of 100000 shortest doubles, read as another one: %s\n", wrong > 5000 ? "more than 5000" : "fewer");
}
CPP
expect "the program" "Boost 1.81
364.24477330547739: Boost.JSON 364.24477330547734, strtod 364.24477330547739
of 100000 shortest doubles, read as another one: more than 5000" "$("$work/program")"
