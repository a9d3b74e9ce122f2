#!/usr/bin/env bash
# ctest 3.25 and 4.3 end a test at its TIMEOUT and show its output up to the last line break; what stands behind that is
# dropped. Python's `unittest -v` writes the name of a test before it runs and the line break after it, so that of
# a suite that hangs exactly the name of the test that hangs is missing: the last one shown says "ok".
. "$(dirname "$0")/lib.sh"
mkdir "$work/suite"
cat >"$work/suite/test_two.py" <<'PY'
import threading
import unittest


class Two(unittest.TestCase):
    def test_a_ends(self):
        pass

    def test_b_hangs(self):
        threading.Event().wait()


unittest.main(verbosity=2)
PY
cat >"$work/suite/CTestTestfile.cmake" <<CTEST
add_test(two "$python" "$work/suite/test_two.py")
set_tests_properties(two PROPERTIES TIMEOUT 5)
CTEST
names() { grep -o '^test_[a-z_]*' "$1" | tr '\n' ' ' || true; }
timeout -k 1 5 "$python" "$work/suite/test_two.py" >"$work/alone" 2>&1 || true
expect "tests that the suite names" "test_a_ends test_b_hangs " "$(names "$work/alone")"

show() {
  local suite=$1 version=$2 root=$work/$1
  debian_all "$suite" "$root" "cmake=$version-1"
  ctest() { "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu" "$root/usr/bin/ctest" "$@"; }
  [ -e "$root/usr/lib64" ] || ln -s ../lib64 "$root/usr/lib64"
  expect "version" "ctest version $version" "$(ctest --version | head -n 1)"
  (cd "$work/suite" && ctest --output-on-failure) >"$work/said" 2>&1 || true
  expect "the result" "1 - two (Timeout)" "$(grep -o '1 - two (Timeout)' "$work/said" || true)"
  expect "tests that ctest names" "test_a_ends " "$(names "$work/said")"
}
show bookworm 3.25.1
show forky 4.3.4
