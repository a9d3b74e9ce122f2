#!/usr/bin/env bash
# PyYAML 6.0 reads 1e3 as text (it requires a decimal point and a sign in the exponent), a time or a port
# range like 12:30 as 750, and 1_000 as a number. yaml-cpp reads the same file as 1000, text and text: one
# settings file, two programs, two values.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" python3-yaml=6.0-3+b2 libyaml-cpp-dev=0.7.0+dfsg-8+b1 libyaml-cpp0.7=0.7.0+dfsg-8+b1
expect "PyYAML" "6.0
1e3: '1e3'
1.0e+3: 1000.0
12:30: 750
1_000: 1000" "$(PYTHONPATH=$work/root/usr/lib/python3/dist-packages "$python" -c '
import yaml
print(yaml.__version__)
for text in ("1e3", "1.0e+3", "12:30", "1_000"):
    print(f"{text}: {yaml.load(text, yaml.SafeLoader)!r}")')"
compile "$work/root" -lyaml-cpp <<'CPP'
#include <yaml-cpp/yaml.h>
#include <cstdio>
int main() {
  for (const char* text : {"1e3", "1.0e+3", "12:30", "1_000"}) {
    double d;
    if (YAML::convert<double>::decode(YAML::Load(text), d)) std::printf("%s: %g\n", text, d);
    else std::printf("%s: no number\n", text);
  }
}
CPP
expect "yaml-cpp" "1e3: 1000
1.0e+3: 1000
12:30: no number
1_000: no number" "$("$work/program")"
