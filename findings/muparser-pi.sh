#!/usr/bin/env bash
# muParser 2.3.3 defines pi as `_pi` with 13 digits, but `_e` with 17: sin(_pi) is 8e-13 instead of 1e-16.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libmuparser-dev=2.3.3-0.1 libmuparser2v5=2.3.3-0.1
compile "$work/root" -lmuparser <<'CPP'
#include <muParser.h>
#include <cstdio>
int main() {
  mu::Parser p;
  for (const char* text : {"_pi", "_e", "sin(_pi)"}) {
    p.SetExpr(text);
    std::printf("%s = %.17g\n", text, p.Eval());
  }
}
CPP
expect "muParser" "_pi = 3.141592653589
_e = 2.7182818284590451
sin(_pi) = 7.9326579347212659e-13" "$("$work/program")"
