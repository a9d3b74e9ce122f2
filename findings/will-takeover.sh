#!/usr/bin/env bash
# A client that connects with an id that is in use closes the older connection. mosquitto 2.0.11 and aedes
# 1.2.0 then send the last will of the older one, as MQTT 3.1.1 (section 3.1.2.5) requires; NATS 2.9.10 and
# 2.10.27 and RabbitMQ 3.10.8 do not. A program that relies on OFFLINE when another one replaces it is not
# notified there.
. "$(dirname "$0")/lib.sh"
for broker in mosquitto-2.0 aedes-1.2 nats-2.9 nats-2.10 rabbitmq-3.10; do
  start "$broker"
  wanted="the last will: none"
  case $broker in mosquitto* | aedes*) wanted="the last will: OFFLINE" ;; esac
  expect "$broker" "$wanted" "$(probe "$port" <<'PY'
import sys, mqtt
port = int(sys.argv[1])
watcher = mqtt.Client(port, 4)
watcher.connect("watcher")
watcher.subscribe("state", 0)
first = mqtt.Client(port, 4)
first.connect("device", will=("state", "OFFLINE", 0, False, {}))
second = mqtt.Client(port, 4)
second.connect("device")
second.ping()
ended = first.read(10)
assert ended.kind == "closed", ended
said = watcher.messages(3, 1)
print("the last will:", said[0].payload.decode() if said else "none")
PY
)"
done
