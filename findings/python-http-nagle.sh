#!/usr/bin/env bash
# Python 3.11.2's http.server writes the header and the body of a response separately, and leaves Nagle's
# algorithm enabled. On a persistent connection, Linux delays the acknowledgement of the header by 40 ms, and
# the body waits for it: a tiny response takes 44 ms instead of less than one. `disable_nagle_algorithm =
# True` in the handler, or TCP_QUICKACK at the client, avoids that.
. "$(dirname "$0")/lib.sh"
version=3.11.2-6+deb12u8
debian bookworm "$work/root" "python3.11-minimal=$version" "libpython3.11-minimal=$version" "libpython3.11-stdlib=$version"
printf '5' >"$work/value"
cat >"$work/probe.py" <<'PY'
import functools, http.client, http.server, platform, socket, statistics, sys, threading, time

def took(nagle, acknowledges):
    """The milliseconds that an answer takes, in the middle, when requests and answers have alternated for a while."""
    class Handler(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def log_message(self, *words):
            pass
    if not nagle:
        Handler.disable_nagle_algorithm = True
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=sys.argv[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = http.client.HTTPConnection(*server.server_address)
    times = []
    for _ in range(60):
        begun = time.monotonic()
        client.request("GET", "/value")
        answer = client.getresponse()  # the header
        if acknowledges:
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        assert answer.read() == b"5"
        times.append((time.monotonic() - begun) * 1000)
    client.close()
    server.shutdown()
    return statistics.median(times[20:])

def words(milliseconds):
    print(f"{milliseconds:.2f} ms", file=sys.stderr)
    return "35 to 80 ms" if 35 < milliseconds < 80 else "below 20 ms" if milliseconds < 20 else f"{milliseconds:.1f} ms"

print(platform.python_version())
print("as it is:", words(took(True, False)))
print("disable_nagle_algorithm:", words(took(False, False)))
print("TCP_QUICKACK at the client, behind the header:", words(took(True, True)))
PY
expect "a file of one byte, on a connection that is kept" "3.11.2
as it is: 35 to 80 ms
disable_nagle_algorithm: below 20 ms
TCP_QUICKACK at the client, behind the header: below 20 ms" \
  "$(PYTHONHOME=$work/root/usr "$work/root/usr/bin/python3.11" "$work/probe.py" "$work")"
