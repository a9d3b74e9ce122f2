#!/usr/bin/env bash
# yaml-cpp 0.7 decodes the escapes \N (next line) and \_ (no-break space) to one byte each, 85 and a0, but the
# similar \L and \P to UTF-8. Valid YAML becomes text that is not UTF-8.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libyaml-cpp-dev=0.7.0+dfsg-8+b1 libyaml-cpp0.7=0.7.0+dfsg-8+b1
compile "$work/root" -lyaml-cpp <<'CPP'
#include <yaml-cpp/yaml.h>
#include <cstdio>
int main() {
  for (const char* text : {"\"\\N\"", "\"\\_\"", "\"\\L\"", "\"\\u0085\"", "\"\\xa0\""}) {
    std::printf("%s:", text);
    for (const unsigned char c : YAML::Load(text).as<std::string>()) std::printf(" %02x", c);
    std::printf("\n");
  }
}
CPP
expect "yaml-cpp" '"\N": 85
"\_": a0
"\L": e2 80 a8
"\u0085": c2 85
"\xa0": c2 a0' "$("$work/program")"
