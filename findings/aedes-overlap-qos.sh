#!/usr/bin/env bash
# aedes 1.2.0 and a client with two overlapping filters, one of QoS 0 and one of QoS 1: a message of QoS 1 is
# delivered once, with the QoS of the filter with the wildcard #, even if that is the lower one. MQTT 3.1.1
# (section 3.3.5) requires the highest: with # of QoS 0 for a log, all other subscriptions of that client lose
# their guarantee.
. "$(dirname "$0")/lib.sh"
start aedes-1.2
expect "aedes 1.2.0" "# of 0, run/+ of 1: [0]; # of 1, run/+ of 0: [1]" "$(probe "$port" <<'PY'
import sys, mqtt
said = []
for name, filters in (("# of 0, run/+ of 1", (("#", 0), ("run/+", 1))), ("# of 1, run/+ of 0", (("#", 1), ("run/+", 0)))):
    client = mqtt.Client(int(sys.argv[1]), 4)
    client.connect("client")
    for topic, qos in filters:
        client.subscribe(topic, qos)
    client.publish("run/now", "x", 1)
    said.append(f"{name}: {[m.qos for m in client.messages(1)]}")
print("; ".join(said))
PY
)"
