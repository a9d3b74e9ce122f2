#!/usr/bin/env bash
# mosquitto 2.0.11 with an acl_file grants every SUBSCRIBE: SUBACK returns 1 for a topic that the file
# denies, and no message ever arrives. A denied PUBLISH gets a reason in MQTT 5 (0x87, 135), and an ordinary
# PUBACK in 3.1.1.
. "$(dirname "$0")/lib.sh"
printf 'topic readwrite open/#\n' >"$work/acl"
start mosquitto-2.0 "acl_file $work/acl"
expect "a client that may use open/# only" "MQTT 4: SUBACK of closed/x [1], PUBACK there 0, messages 0
MQTT 5: SUBACK of closed/x [1], PUBACK there 135, messages 0" "$(probe "$port" <<'PY'
import sys, mqtt
for version in (4, 5):
    client = mqtt.Client(int(sys.argv[1]), version)
    client.connect(f"client-{version}")
    said = client.subscribe("closed/x", 1)
    published = client.publish("closed/x", "m", 1)
    print(f"MQTT {version}: SUBACK of closed/x {said.codes}, PUBACK there {published.code}, messages {len(client.messages(1))}")
PY
)"
