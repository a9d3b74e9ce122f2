#!/usr/bin/env bash
# How often a message is delivered for two overlapping filters depends on the version of the broker and of the
# protocol: mosquitto 2.0.11 sends one copy to a 3.1.1 client and two to an MQTT 5 client; mosquitto 2.1.2 and
# NATS 2.9.10 send two to both. A command that ran once before an upgrade runs twice after it.
. "$(dirname "$0")/lib.sh"
ask() {
  probe "$port" "$@" <<'PY'
import sys, mqtt
said = []
for version in map(int, sys.argv[2:]):
    client = mqtt.Client(int(sys.argv[1]), version)
    client.connect(f"client-{version}")
    client.subscribe(["run/#", "run/+"], 1)
    client.publish("run/now", "x", 1)
    said.append(f"MQTT {version}: {len(client.messages(1))}")
print(", ".join(said))
PY
}
start mosquitto-2.0
expect "mosquitto 2.0.11, copies" "MQTT 4: 1, MQTT 5: 2" "$(ask 4 5)"
start mosquitto-2.1
expect "mosquitto 2.1.2, copies" "MQTT 4: 2, MQTT 5: 2" "$(ask 4 5)"
start nats-2.9
expect "NATS 2.9.10, copies" "MQTT 4: 2" "$(ask 4)"
