#!/usr/bin/env bash
# NATS 2.9.10 keeps QoS 1 messages under a subject of its own, and a 3.1.1 client that subscribes to # sees it: each message
# comes a second time under $MQTT/msgs/TOPIC, although # must not match a first level with $. A recorder of all traffic
# counts double. 2.10.27 does not show it.
. "$(dirname "$0")/lib.sh"
for broker in nats-2.9 nats-2.10; do
  start "$broker"
  wanted="['lab/x', '\$MQTT/msgs/lab/x']"
  [ "$broker" = nats-2.9 ] || wanted="['lab/x']"
  expect "$broker, topics that # brings" "$wanted" "$(probe "$port" <<'PY'
import sys, mqtt
client = mqtt.Client(int(sys.argv[1]), 4)
client.connect("recorder")
client.subscribe("#", 0)
client.publish("lab/x", "1", 1)
print([m.topic for m in client.messages(3, 2) if m.payload == b"1"])
PY
)"
done
