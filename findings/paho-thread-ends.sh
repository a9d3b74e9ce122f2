#!/usr/bin/env bash
# paho-mqtt 2.1.0 with loop_start(): an exception in on_message terminates the thread that reads, but not the
# program. is_connected() still returns true, on_disconnect is not called, and publish() still sends: a device
# that publishes its readings looks alive, but never receives a request again.
. "$(dirname "$0")/lib.sh"
debian trixie "$work/root" python3-paho-mqtt=2.1.0-1
start mosquitto-2.0
cat >"$work/program.py" <<'PY'
import sys, threading, time
import mqtt
import paho.mqtt.client as paho
from paho.mqtt import __version__
print("paho-mqtt", __version__)
ended = threading.Event()
threading.excepthook = lambda what: ended.set()
ready, got, gone = threading.Event(), [], []
def on_message(client, data, message):
    got.append(message.payload.decode())
    if message.payload == b"not a number":
        float(message.payload)
client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="device")
client.on_subscribe = lambda *_: ready.set()
client.on_disconnect = lambda *_: gone.append(True)
client.on_message = on_message
client.connect("127.0.0.1", int(sys.argv[1]), keepalive=60)
client.on_connect = lambda c, *_: c.subscribe("set")
client.loop_start()
assert ready.wait(10)
witness = mqtt.Client(int(sys.argv[1]), 4)
witness.connect("witness")
witness.subscribe("said")
for payload in ("1", "not a number", "2"):
    witness.publish("set", payload)
assert ended.wait(10)
result = client.publish("said", "hello")
print("read:", got)
print("is_connected:", client.is_connected(), "on_disconnect:", bool(gone), "publish:", paho.error_string(result.rc))
print("arrived:", len(witness.messages(3, 1)))
PY
expect "the program" "paho-mqtt 2.1.0
read: ['1', 'not a number']
is_connected: True on_disconnect: False publish: No error.
arrived: 1" "$(PYTHONPATH=$here:$work/root/usr/lib/python3/dist-packages "$python" "$work/program.py" "$port" 2>"$work/err" || cat "$work/err")"
