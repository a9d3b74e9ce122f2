#!/usr/bin/env bash
# boost::system::result<T, E> with an error type E of one's own: `held->size()` compiles with Boost 1.81 of Debian 12. With
# Boost 1.92 of Debian 14 it does not, unless there is a function throw_exception_from_error for E: `->` throws there, where
# it returned a null pointer for a result without a value.
. "$(dirname "$0")/lib.sh"
need g++
debian bookworm "$work/old" libboost1.81-dev=1.81.0-5+deb12u1
debian forky "$work/new" libboost1.92-dev=1.92.0-4+b1
cat >"$work/program.cpp" <<'CPP'
#include <boost/system/result.hpp>
#include <string>
struct fault {};
int main() {
  const boost::system::result<std::string, fault> held = std::string("four");
  return held->size() == 4 ? 0 : 1;
}
CPP
compiles() { if g++ -std=c++17 -fsyntax-only -isystem "$1/usr/include" "$work/program.cpp" 2>"$work/errors"; then echo yes; else echo no; fi; }
expect "compiles with Boost 1.81" yes "$(compiles "$work/old")"
expect "compiles with Boost 1.92" no "$(compiles "$work/new")"
grep -q "no matching function for call to .throw_exception_from_error" "$work/errors" || changed "the reason was: throw_exception_from_error"
sed -i 's/^struct fault {};/struct fault {};\n[[noreturn]] void throw_exception_from_error(const fault\&, const boost::source_location\&);/' "$work/program.cpp"
expect "compiles with Boost 1.92 and that function" yes "$(compiles "$work/new")"
