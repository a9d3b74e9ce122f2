#!/usr/bin/env bash
# NATS closes the connection of a client that publishes to a topic with a dot (2.9.10) or a space (2.9.10 and
# 2.10.27), in 3.1.1 without a reason, together with everything else that the client does. Before that, it
# grants a subscription whose wildcard matches such a topic.
. "$(dirname "$0")/lib.sh"
for broker in nats-2.9 nats-2.10; do
  start "$broker"
  wanted="'lab/v1.2': closed, 'lab/a b': closed"
  [ "$broker" = nats-2.9 ] || wanted="'lab/v1.2': puback, 'lab/a b': closed"
  expect "$broker, answers to PUBLISH" "$wanted" "$(probe "$port" <<'PY'
import sys, mqtt
said = []
for topic in ("lab/v1.2", "lab/a b"):
    client = mqtt.Client(int(sys.argv[1]), 4)
    client.connect("device")
    client.subscribe("lab/+", 0)
    said.append(f"{topic!r}: {client.publish(topic, 'x', 1).kind}")
print(", ".join(said))
PY
)"
done
