#!/usr/bin/env bash
# muParser 2.3.3 accepts a comma between expressions, evaluates all of them and returns the last. A number
# with a decimal comma is therefore not an error but a different number: 2,5 is 5, and 2,5*2 is 10.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libmuparser-dev=2.3.3-0.1 libmuparser2v5=2.3.3-0.1
compile "$work/root" -lmuparser <<'CPP'
#include <muParser.h>
#include <cstdio>
int main() {
  mu::Parser p;
  for (const char* text : {"2,5", "2,5*2", "21,5 + sin(0)"}) {
    p.SetExpr(text);
    std::printf("%s = %.17g\n", text, p.Eval());
  }
}
CPP
expect "muParser" "2,5 = 5
2,5*2 = 10
21,5 + sin(0) = 5" "$("$work/program")"
