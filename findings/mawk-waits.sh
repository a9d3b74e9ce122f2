#!/usr/bin/env bash
# mawk 1.3.4, the awk of Debian and its relatives: from a pipe it handles no line before its input buffer is full or
# the input ends. In 20200120 (Debian 12) that is 4096 bytes, in 20250131 and 20260302 (Debian 13 and 14) 262144: in
# mosquitto_sub | awk a reading of 16 bytes a second comes out four and a half hours later, with 16383 others. The
# fflush() after each print that usually helps is for the output and changes nothing. The manual says that -W
# interactive makes it read by lines, which helps, and not what it does without. gawk handles each line when it comes.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/mawk" mawk=1.3.4.20200120-3.1
debian_all trixie "$work/mid" mawk=1.3.4.20250131-1
debian_all forky "$work/new" mawk=1.3.4.20260302-2
debian_all trixie "$work/gawk" gawk=1:5.2.1-2+b1
cat >"$work/program.py" <<'PY'
import os, select, subprocess, sys, time
counts, *command = sys.argv[1:]
awk = subprocess.Popen([*command, "{ print NR; fflush() }"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

def printed(wanted, seconds):
    """Lines that come until the wanted number is there, or until none has come for this time."""
    found, deadline = b"", time.monotonic() + seconds
    while found.count(b"\n") < wanted and select.select([awk.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
        part = os.read(awk.stdout.fileno(), 65536)
        if not part:
            break
        found += part
        deadline = time.monotonic() + seconds
    return found.count(b"\n")

# Readings of 16 bytes, each in a write of its own.
sent, got = 0, 0
for count in counts.split():
    while sent < int(count):
        os.write(awk.stdin.fileno(), b"celsius %7.3f\n" % 20.5)
        sent += 1
    got += printed(sent - got, 2)
    print(f"{sent}: {got}", end=", ")
awk.stdin.close()
print("end:", got + printed(sent - got, 20))
PY
# lines COUNTS AWK...
lines() { "$python" "$work/program.py" "$@" || changed "the program failed"; }
# program FOLDER NAME: sets `run` to the command.
program() {
  run=("$work/$1/usr/lib64/ld-linux-x86-64.so.2" --library-path "$work/$1/usr/lib/x86_64-linux-gnu" "$work/$1/usr/bin/$2")
}
expect "mawk 20200120, lines of 16 bytes sent and handled" "1: 0, 255: 0, 256: 256, 257: 256, end: 257" \
  "$(lines "1 255 256 257" "$work/mawk/usr/bin/mawk")"
for version in mid new; do
  program $version mawk
  said=$("${run[@]}" -W version 2>&1)
  expect "${said%%$'\n'*}" "1: 0, 16383: 0, 16384: 16384, 16385: 16384, end: 16385" "$(lines "1 16383 16384 16385" "${run[@]}")"
done
expect "with -W interactive" "1: 1, 2: 2, 3: 3, end: 3" "$(lines "1 2 3" "${run[@]}" -W interactive)"
program gawk gawk
expect "gawk 5.2.1" "1: 1, 2: 2, 3: 3, end: 3" "$(lines "1 2 3" "${run[@]}")"
