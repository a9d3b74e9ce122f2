#!/usr/bin/env bash
# A bridge of mosquitto 2.0.11 uses 3.1.1 unless `bridge_protocol_version mqttv50` is set, even between
# brokers and clients that all use MQTT 5: response topic, correlation data, user properties and content type
# are lost on the other side, and so is the expiry interval: a message with a lifetime of one second is
# retained there permanently.
. "$(dirname "$0")/lib.sh"
start mosquitto-2.0
far=$port
start mosquitto-2.0 "connection far" "address 127.0.0.1:$far" "topic # out 1"
expect "through the bridge" "properties: []
retained after 3 s: near 0, far 1" "$(probe "$port" "$far" <<'PY'
import sys, time, mqtt
near, far = map(int, sys.argv[1:])
def client(port, name):
    made = mqtt.Client(port, 5)
    made.connect(name)
    return made
reader, writer = client(far, "reader"), client(near, "writer")
reader.subscribe("probe", 1)
for _ in range(100):  # until the bridge is connected
    writer.publish("probe", "?", 1)
    if reader.messages(0.2, 1):
        break
reader.subscribe("lab/x", 1)
writer.publish("lab/x", "m", 1, retain=True, response_topic="answers", correlation_data=b"1", content_type="text/plain",
               user_property=[("a", "b")], message_expiry=1)
got = [m for m in reader.messages(3) if m.topic == "lab/x"]
print("properties:", list(got[0].properties))
time.sleep(0.2)
kept = []
for port in (near, far):
    late = client(port, "late")
    late.subscribe("lab/x", 1)
    kept.append(len(late.messages(1)))
print(f"retained after 3 s: near {kept[0]}, far {kept[1]}")
PY
)"
