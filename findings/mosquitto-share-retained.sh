#!/usr/bin/env bash
# mosquitto 2.0.11 sends the retained message to each client that joins a shared subscription; according
# to MQTT 5 (section 3.3.1.3) none is sent. Each worker that joins a group runs the last command again.
# 2.1.2 sends none.
. "$(dirname "$0")/lib.sh"
for broker in mosquitto-2.0 mosquitto-2.1; do
  start "$broker"
  wanted="MQTT 4: [b'last command'], MQTT 5: [b'last command']"
  [ "$broker" = mosquitto-2.0 ] || wanted="MQTT 4: [], MQTT 5: []"
  expect "$broker, to those that subscribe to \$share/workers/jobs" "$wanted" "$(probe "$port" <<'PY'
import sys, mqtt
port = int(sys.argv[1])
boss = mqtt.Client(port, 5)
boss.connect("boss")
boss.publish("jobs", "last command", 1, retain=True)
said = []
for version in (4, 5):
    worker = mqtt.Client(port, version)
    worker.connect(f"worker-{version}")
    worker.subscribe("$share/workers/jobs", 1)
    said.append(f"MQTT {version}: {[m.payload for m in worker.messages(1)]}")
print(", ".join(said))
PY
)"
done
