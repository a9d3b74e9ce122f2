#!/usr/bin/env bash
# NATS 2.9.10 and 2.10.27, RabbitMQ 3.10.8 and aedes 1.2.0 treat `$share/GROUP/...` from a 3.1.1 client as an
# ordinary topic name: SUBACK returns 1, and no message ever arrives. mosquitto 2.0.11 supports sharing in
# 3.1.1 as well.
. "$(dirname "$0")/lib.sh"
for broker in mosquitto-2.0 nats-2.9 nats-2.10 aedes-1.2 rabbitmq-3.10; do
  start "$broker"
  wanted="SUBACK [1], messages 0 of 3"
  [ "$broker" != mosquitto-2.0 ] || wanted="SUBACK [1], messages 3 of 3"
  expect "$broker" "$wanted" "$(probe "$port" <<'PY'
import sys, mqtt
client = mqtt.Client(int(sys.argv[1]), 4)
client.connect("worker")
said = client.subscribe("$share/workers/jobs", 1)
for number in range(3):
    client.publish("jobs", str(number), 1)
print(f"SUBACK {said.codes}, messages {len(client.messages(2, 3))} of 3")
PY
)"
done
