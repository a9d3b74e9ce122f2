#!/usr/bin/env bash
# libcoap 4.3.1 and 4.3.5: a server runs a confirmable request once more if it comes once more, with the same
# message id, because the answer was lost. RFC 7252 (section 4.5) wants the first answer again. Here the first
# PUT creates a resource (2.01), and its repeat finds it there (2.04): a POST that counts, moves or pays does so
# twice. node-coap 1.5.0 and aiocoap 0.4.14 run it once.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libcoap3=4.3.1-1 libcoap3-bin=4.3.1-1
debian_all forky "$work/new" libcoap3-bin=4.3.5-4
npm_packages "$work/js" coap@1.5.0
debian trixie "$work/py" python3-aiocoap=0.4.14-1
cat >"$work/js/server.mjs" <<'JS'
import coap from "coap";
let runs = 0;
coap.createServer((request, response) => {
  if (request.method === "PUT") response.code = ++runs === 1 ? "2.01" : "2.04";
  response.end();
}).listen(Number(process.argv[2]), "127.0.0.1");
JS
cat >"$work/server.py" <<'PY'
import asyncio, sys
import aiocoap, aiocoap.resource

class Thing(aiocoap.resource.Resource):
    runs = 0

    async def render_put(self, request):
        self.runs += 1
        return aiocoap.Message(code=aiocoap.CREATED if self.runs == 1 else aiocoap.CHANGED)

async def main():
    site = aiocoap.resource.Site()
    site.add_resource(["thing"], Thing())
    await aiocoap.Context.create_server_context(site, bind=("127.0.0.1", int(sys.argv[1])))
    await asyncio.get_running_loop().create_future()

asyncio.run(main())
PY
# serve COMMAND...: starts a server at a free port, which is added to the command, and sends it the request twice.
# The answers are in the file said.
serve() {
  local udp
  udp=$(free_port)
  setsid "$@" "$udp" >"$work/log" 2>&1 &
  pids+=($!)
  "$python" - "$udp" >"$work/said" <<'PY' || { cat "$work/log" >&2; changed "the server does not answer"; }
import socket, sys, time
caller = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
caller.connect(("127.0.0.1", int(sys.argv[1])))
caller.settimeout(0.5)

def ask(packet, tries):
    for _ in range(tries):
        try:
            caller.send(packet)
            code = caller.recv(2000)[1]
            return f"{code >> 5}.{code & 31:02}"
        except OSError:
            time.sleep(0.2)
    sys.exit("no answer")

# A ping (an empty confirmable message) until the server is there, and then a confirmable PUT to /thing with
# token 1 and message id 2, twice.
ask(b"\x40\x00\x00\x01", 40)
put = b"\x41\x03\x00\x02\x01" + b"\xb5thing" + b"\x10" + b"\xff" + b"on"
print(ask(put, 1), ask(put, 1))
PY
}
need node
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu serve "$work/root/usr/bin/coap-server-notls" -d 10 -A 127.0.0.1 -p
expect "libcoap 4.3.1" "2.01 2.04" "$(cat "$work/said")"
serve "$work/new/usr/lib64/ld-linux-x86-64.so.2" --library-path "$work/new/usr/lib/x86_64-linux-gnu" \
  "$work/new/usr/bin/coap-server-notls" -d 10 -A 127.0.0.1 -p
expect "libcoap 4.3.5" "2.01 2.04" "$(cat "$work/said")"
serve node "$work/js/server.mjs"
expect "node-coap 1.5.0" "2.01 2.01" "$(cat "$work/said")"
PYTHONPATH=$work/py/usr/lib/python3/dist-packages serve "$python" "$work/server.py"
expect "aiocoap 0.4.14" "2.01 2.01" "$(cat "$work/said")"
