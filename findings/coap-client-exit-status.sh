#!/usr/bin/env bash
# coap-client of libcoap 4.3.1 exits with status 0 whatever the result of the request: 2.05, 4.04, 4.05, or no
# server. A script can recognize success only by the output, and a backup job of settings by `coap-client
# >file` stores empty files without an error.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libcoap3=4.3.1-1 libcoap3-bin=4.3.1-1
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
udp=$(free_port)
setsid "$work/root/usr/bin/coap-server-notls" -A 127.0.0.1 -p "$udp" >"$work/server.log" 2>&1 &
pids+=($!)
client() { "$work/root/usr/bin/coap-client-notls" "$@" >"$work/out" 2>"$work/err" && echo "status 0: $(head -c 60 "$work/err")" || echo "status $?"; }
for _ in $(seq 50); do
  "$work/root/usr/bin/coap-client-notls" -B 1 -m get "coap://127.0.0.1:$udp/" >"$work/out" 2>/dev/null || true
  [ ! -s "$work/out" ] || break
done
[ -s "$work/out" ] || changed "coap-server does not answer"
expect "GET of nothing" "status 0: 4.04 Not Found" "$(client -m get "coap://127.0.0.1:$udp/nothing")"
expect "POST to /time" "status 0: 4.05 Method Not Allowed" "$(client -m post -e x "coap://127.0.0.1:$udp/time")"
client -B 2 -m get "coap://127.0.0.1:$(free_port)/x" >"$work/nobody"
expect "GET where nobody listens" "status 0" "$(cut -c1-8 "$work/nobody")"
