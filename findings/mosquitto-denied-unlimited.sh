#!/usr/bin/env bash
# mosquitto 2.0.11 with `max_queued_messages 0`, which means no limit, closes the connection of a client whose
# PUBLISH its acl_file denies, after the PUBACK and without a reason, in 3.1.1 and in MQTT 5; with the default
# of 1000 the connection stays open.
. "$(dirname "$0")/lib.sh"
printf 'topic readwrite open/#\n' >"$work/acl"
ask() {
  probe "$port" <<'PY'
import sys, mqtt
said = []
for version in (4, 5):
    client = mqtt.Client(int(sys.argv[1]), version)
    client.connect(f"client-{version}")
    said.append(f"MQTT {version}: {client.publish('closed/x', 'm', 1).kind}, {client.ping().kind}")
print("; ".join(said))
PY
}
start mosquitto-2.0 "acl_file $work/acl"
expect "by default" "MQTT 4: puback, pingresp; MQTT 5: puback, pingresp" "$(ask)"
start mosquitto-2.0 "acl_file $work/acl" "max_queued_messages 0"
expect "max_queued_messages 0" "MQTT 4: puback, closed; MQTT 5: puback, closed" "$(ask)"
