#!/usr/bin/env bash
# lxi-tools 2.4 and 2.8: `lxi scpi --raw` prints what the first segment of the TCP connection brings, and exits
# with 0. If the instrument sends its answer in two writes, the rest is missing: three of six readings, without a
# line break, and nothing says so. Only the missing line break shows that there was more to come.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" lxi-tools=2.4-1 liblxi1=1.18-1 liblua5.3-0=5.3.6-2 libavahi-client3=0.8-10+deb12u1 \
  libavahi-common3=0.8-10+deb12u1 libxml2=2.9.14+dfsg-1.3~deb12u6 libicu72=72.1-3+deb12u1
debian_all forky "$work/new" liblxi1=1.22-1+b2
debian forky "$work/new" lxi-tools=2.8-3 liblua5.4-0=5.4.9-1 libreadline8t64=8.3-4 libtinfo6=6.6+20260608-2
old=(env "LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu" "$work/root/usr/bin/lxi")
new=("$work/new/usr/lib64/ld-linux-x86-64.so.2" --library-path "$work/new/usr/lib/x86_64-linux-gnu" "$work/new/usr/bin/lxi")
cat >"$work/instrument.py" <<'PY'
import socket, time
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    caller, _ = server.accept()
    command = b""
    while not command.endswith(b"\n"):
        command += caller.recv(100)
    if command == b"TWO?\n":
        caller.sendall(b"1.0,2.0,3.0,")
        time.sleep(0.5)  # measures the second half
        caller.sendall(b"4.0,5.0,6.0\n")
    else:
        caller.sendall(b"1.0,2.0,3.0,4.0,5.0,6.0\n")
    caller.recv(1)
    caller.close()
PY
setsid "$python" "$work/instrument.py" >"$work/port" 2>"$work/log" &
pids+=($!)
until [ -s "$work/port" ]; do sleep 0.1; done
# ask COMMAND LXI...
ask() {
  local command=$1 status=0
  shift
  "$@" scpi --raw --timeout 5 --address 127.0.0.1 --port "$(cat "$work/port")" "$command" >"$work/said" 2>&1 || status=$?
  printf 'status %d, %s' "$status" "$(od -An -c "$work/said" | tr -d ' \n')"
}
for version in old new; do
  declare -n lxi=$version
  expect "$version, the answer 1.0,2.0,3.0,4.0,5.0,6.0 in one write" 'status 0, 1.0,2.0,3.0,4.0,5.0,6.0\n' "$(ask ONE? "${lxi[@]}")"
  expect "$version, the same in two writes" 'status 0, 1.0,2.0,3.0,' "$(ask TWO? "${lxi[@]}")"
done
