#!/usr/bin/env bash
# yaml-cpp 0.7 gives one scalar two values: 017 is 15 as an int and 17 as a double. YAML 1.2 writes octal as
# 0o17, which yaml-cpp does not read as a number.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libyaml-cpp-dev=0.7.0+dfsg-8+b1 libyaml-cpp0.7=0.7.0+dfsg-8+b1
compile "$work/root" -lyaml-cpp <<'CPP'
#include <yaml-cpp/yaml.h>
#include <cstdio>
int main() {
  for (const char* text : {"17", "017", "0o17", "09"}) {
    const auto node = YAML::Load(text);
    int i;
    double d;
    std::printf("%s:", text);
    if (YAML::convert<int>::decode(node, i)) std::printf(" int %d", i);
    if (YAML::convert<double>::decode(node, d)) std::printf(" double %g", d);
    std::printf("\n");
  }
}
CPP
expect "yaml-cpp" "17: int 17 double 17
017: int 15 double 17
0o17:
09: double 9" "$("$work/program")"
