#!/usr/bin/env bash
# mosquitto 2.1.2 accepts packets of up to 2,000,000 bytes, where 2.0.11 accepted any size: `max_packet_size`
# now has a default. In 3.1.1 this is not announced: the connection of a client that sends more is closed,
# with everything else that it does. In MQTT 5, CONNACK announces the limit.
. "$(dirname "$0")/lib.sh"
for broker in mosquitto-2.0 mosquitto-2.1; do
  start "$broker"
  wanted="MQTT 4: limit None, 1900000 puback, 2100000 puback; MQTT 5: limit None, 1900000 puback, 2100000 puback"
  [ "$broker" = mosquitto-2.0 ] ||
    wanted="MQTT 4: limit None, 1900000 puback, 2100000 closed; MQTT 5: limit 2000000, 1900000 puback, 2100000 disconnect 149"
  expect "$broker" "$wanted" "$(probe "$port" <<'PY'
import sys, mqtt
said = []
for version in (4, 5):
    parts = []
    for size in (1900000, 2100000):
        client = mqtt.Client(int(sys.argv[1]), version)
        connack = client.connect("client")
        try:
            answer = client.publish("x", b"x" * size, 1)
        except ConnectionError:
            answer = client.read(5)
        parts.append(f"{size} {answer.kind}" + (f" {answer.code}" if answer.kind == "disconnect" else ""))
    limit = connack.properties.get("maximum_packet_size")
    said.append(f"MQTT {version}: limit {limit}, " + ", ".join(parts))
print("; ".join(said))
PY
)"
done
