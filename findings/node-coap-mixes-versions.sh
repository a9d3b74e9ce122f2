#!/usr/bin/env bash
# node-coap 1.5.0 joins the blocks of a large answer without looking at their ETag. If the resource changes
# while it is read, it delivers the beginning of the old and the rest of the new version as one body, with 2.05.
# RFC 7959 (section 2.4) wants an error or a new start: aiocoap 0.4.14 raises ResourceChanged, and coap-client
# of libcoap 4.3.1 warns and starts again.
. "$(dirname "$0")/lib.sh"
npm_packages "$work/js" coap@1.5.0
debian trixie "$work/py" python3-aiocoap=0.4.14-1
debian bookworm "$work/root" libcoap3=4.3.1-1 libcoap3-bin=4.3.1-1
# A server of 8 settings in blocks of 64 bytes. They are changed when the first block has been read.
cat >"$work/server.py" <<'PY'
import socket

def read(packet):
    """@return  the token, and the number of the block"""
    at, option, block = 4 + (packet[0] & 15), 0, 0
    while at < len(packet) and packet[at] != 255:
        head, at, sizes = packet[at], at + 1, []
        for size in (head >> 4, head & 15):
            if size == 13:
                size, at = packet[at] + 13, at + 1
            elif size == 14:
                size, at = int.from_bytes(packet[at:at + 2], "big") + 269, at + 2
            sizes.append(size)
        option += sizes[0]
        if option == 23:
            block = int.from_bytes(packet[at:at + sizes[1]], "big") >> 4
        at += sizes[1]
    return packet[4:4 + (packet[0] & 15)], block

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
versions = [b"".join(b"%s%d=%-12s" % (name, number, value) for number in range(8)) for name, value in
            ((b"low", b"1"), (b"low", b"2"))]
version = 0
while True:
    packet, caller = server.recvfrom(2000)
    if packet[1] != 1:
        continue
    token, block = read(packet)
    version = 1 if block else version
    body = versions[version]
    more = len(body) > (block + 1) * 64
    options = b"\x41" + b"%d" % version + b"\xd1\x06" + bytes([block << 4 | (8 if more else 0) | 2])
    server.sendto(bytes([0x60 | len(token), 69]) + packet[2:4] + token + options + b"\xff" +
                  body[block * 64:block * 64 + 64], caller)
PY
cat >"$work/js/client.mjs" <<'JS'
import coap from "coap";
coap.request(`coap://127.0.0.1:${process.argv[2]}/settings`).on("response", (response) => {
  console.log(response.code, response.payload.toString().replace(/ +/g, " ").trim());
  process.exit();
}).end();
JS
cat >"$work/client.py" <<'PY'
import asyncio, logging, sys
import aiocoap

async def main():
    logging.disable()
    client = await aiocoap.Context.create_client_context()
    try:
        answer = await client.request(aiocoap.Message(code=aiocoap.GET, uri=f"coap://127.0.0.1:{sys.argv[1]}/settings")).response
        print(answer.code, answer.payload.decode())
    except aiocoap.error.Error as error:
        print(type(error).__name__)

asyncio.run(main())
PY
serve() {
  : >"$work/port"
  setsid "$python" "$work/server.py" >"$work/port" 2>"$work/log" &
  pids+=($!)
  until [ -s "$work/port" ]; do sleep 0.1; done
  port=$(cat "$work/port")
}
need node
serve
expect "node-coap 1.5.0" "2.05 low0=1 low1=1 low2=1 low3=1 low4=2 low5=2 low6=2 low7=2" "$(node "$work/js/client.mjs" "$port")"
serve
expect "aiocoap 0.4.14" "ResourceChanged" \
  "$(PYTHONPATH=$work/py/usr/lib/python3/dist-packages "$python" "$work/client.py" "$port")"
serve
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu "$work/root/usr/bin/coap-client-notls" -B 5 \
  "coap://127.0.0.1:$port/settings" >"$work/out" 2>&1 || true
expect "coap-client of libcoap 4.3.1" "Data body updated during receipt - new request started" \
  "$(sed -n 's/.*WARN //p' "$work/out")"
