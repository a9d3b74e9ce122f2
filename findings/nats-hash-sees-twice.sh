#!/usr/bin/env bash
# NATS 2.9.10 stores QoS 1 messages under an internal subject, which a 3.1.1 client that subscribes to #
# receives as well: each message arrives a second time under $MQTT/msgs/TOPIC, although # must not match a
# first level that begins with $. A recorder of all traffic counts twice. 2.10.27 does not do so.
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
