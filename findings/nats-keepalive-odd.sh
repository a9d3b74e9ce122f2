#!/usr/bin/env bash
# NATS 2.9.10, 2.10.27 and 2.15.1 close a silent connection after one and a half keepalive intervals, cut to whole
# seconds: 1 s with a keepalive of 1 s, 4 s with one of 3 s. paho-mqtt 2.1.0 pings once in an interval. With a
# keepalive of 1 s it is thrown out again and again there, and never by mosquitto.
. "$(dirname "$0")/lib.sh"
debian trixie "$work/root" python3-paho-mqtt=2.1.0-1
cat >"$work/silent.py" <<'PY'
import sys, time, mqtt
clients = []
for keepalive in (1, 2, 3):
    client = mqtt.Client(int(sys.argv[1]), 4)
    client.connect(f"silent{keepalive}", keepalive=keepalive)
    clients.append((keepalive, time.monotonic(), client))
for keepalive, start, client in clients:
    client.read(10)
    print(f"keepalive {keepalive} s: closed after {round(2 * (time.monotonic() - start)) / 2} s")
PY
cat >"$work/caller.py" <<'PY'
import sys, threading
import paho.mqtt.client as paho
lost, enough = [], threading.Event()

def on_disconnect(client, data, flags, reason, properties):
    lost.append(reason)
    if len(lost) == 2:
        enough.set()

client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="caller")
client.on_disconnect = on_disconnect
client.reconnect_delay_set(1, 1)
client.connect("127.0.0.1", int(sys.argv[1]), keepalive=1)
client.loop_start()
enough.wait(10)
print(f"paho-mqtt has lost the connection {len(lost)} times")
PY
paho() { PYTHONPATH=$work/root/usr/lib/python3/dist-packages "$python" "$work/caller.py" "$port" 2>&1; }
for broker in nats-2.9 nats-2.10 nats-2.15; do
  start "$broker"
  expect "$broker" "keepalive 1 s: closed after 1.0 s
keepalive 2 s: closed after 3.0 s
keepalive 3 s: closed after 4.0 s" "$(probe "$port" <"$work/silent.py")"
  expect "$broker, keepalive 1 s" "paho-mqtt has lost the connection 2 times" "$(paho)"
done
start mosquitto-2.0
expect "mosquitto 2.0.11, keepalive 1 s" "paho-mqtt has lost the connection 0 times" "$(paho)"
