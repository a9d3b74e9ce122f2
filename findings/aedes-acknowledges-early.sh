#!/usr/bin/env bash
# aedes 1.2.0 acknowledges a PUBLISH of QoS 1 before it is distributed: a client that subscribes after
# PUBACK receives the message twice, as a new one and as the retained one. A command that was retained for
# later runs twice.
. "$(dirname "$0")/lib.sh"
start aedes-1.2
expect "subscribed after PUBACK, the flag retain of what comes" "[0, 1]" "$(probe "$port" <<'PY'
import sys, mqtt
client = mqtt.Client(int(sys.argv[1]), 4)
client.connect("client")
assert client.publish("run", "x", 1, retain=True).kind == "puback"
client.subscribe("run", 1)
print([m.retain for m in client.messages(1)])
PY
)"
