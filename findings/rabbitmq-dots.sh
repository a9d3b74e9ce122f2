#!/usr/bin/env bash
# RabbitMQ 3.10.8 converts topics to AMQP routing keys: a dot within a level becomes a level separator. A
# subscriber to a/b/c receives what was published to a/b.c, under the name a/b/c; a subscriber to a/+ does not
# receive a/b.c.
. "$(dirname "$0")/lib.sh"
start rabbitmq-3.10
expect "published to run/v1.2" "run/+ brings [], run/v1/2 brings ['run/v1/2'], run/v1.2 brings ['run/v1/2']" "$(probe "$port" <<'PY'
import sys, mqtt
said = []
for topic in ("run/+", "run/v1/2", "run/v1.2"):
    client = mqtt.Client(int(sys.argv[1]), 4)
    client.connect("client")
    client.subscribe(topic, 1)
    client.publish("run/v1.2", "x", 1)
    said.append(f"{topic} brings {[m.topic for m in client.messages(2, 1)]}")
print(", ".join(said))
PY
)"
