#!/usr/bin/env bash
# paho-mqtt 2.1.0: publish() without a connection returns MQTT_ERR_NO_CONN for every QoS. A message of QoS 0
# is then lost; a message of QoS 1 is queued nevertheless, and is sent when a connection is established. A
# program that retries on this error sends it twice.
. "$(dirname "$0")/lib.sh"
debian trixie "$work/root" python3-paho-mqtt=2.1.0-1
start mosquitto-2.0
cat >"$work/program.py" <<'PY'
import sys
import mqtt
import paho.mqtt.client as paho
witness = mqtt.Client(int(sys.argv[1]), 4)
witness.connect("witness")
witness.subscribe("run/#")
client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="caller")
for qos in (0, 1):
    print(f"QoS {qos}:", paho.error_string(client.publish(f"run/{qos}", "x", qos).rc))
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_start()
print("arrived:", [m.topic for m in witness.messages(3)])
PY
expect "the program" "QoS 0: The client is not currently connected.
QoS 1: The client is not currently connected.
arrived: ['run/1']" "$(PYTHONPATH=$here:$work/root/usr/lib/python3/dist-packages "$python" "$work/program.py" "$port" 2>"$work/err" || cat "$work/err")"
