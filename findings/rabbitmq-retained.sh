#!/usr/bin/env bash
# RabbitMQ 3.10.8 sends retained messages only to subscriptions to the exact topic; a subscription with a
# wildcard is granted and does not receive them. A list of online devices, read from state/+, stays empty
# until the state of one changes.
. "$(dirname "$0")/lib.sh"
start rabbitmq-3.10
expect "retained messages" "state/device-1: 1, state/+: 0, state/#: 0, #: 0" "$(probe "$port" <<'PY'
import sys, mqtt
port = int(sys.argv[1])
device = mqtt.Client(port, 4)
device.connect("device-1")
device.publish("state/device-1", "ONLINE", 1, retain=True)
said = []
for number, topic in enumerate(("state/device-1", "state/+", "state/#", "#")):
    client = mqtt.Client(port, 4)
    client.connect(f"reader-{number}")
    client.subscribe(topic, 1)
    said.append(f"{topic}: {len(client.messages(1.5))}")
print(", ".join(said))
PY
)"
