#!/usr/bin/env bash
# RabbitMQ 3.10.8 and the session of a disconnected client: messages of QoS 0 are queued for a subscription of
# QoS 1 as if they had QoS 1. A PUT that its sender gave up an hour ago is run when the device reconnects.
# mosquitto 2.0.11 drops them.
. "$(dirname "$0")/lib.sh"
for broker in rabbitmq-3.10 mosquitto-2.0; do
  start "$broker"
  wanted="['QoS 0', 'QoS 1']"
  [ "$broker" = rabbitmq-3.10 ] || wanted="['QoS 1']"
  expect "$broker, on coming back" "$wanted" "$(probe "$port" <<'PY'
import sys, mqtt
port = int(sys.argv[1])
device = mqtt.Client(port, 4)
device.connect("device", clean=False)
device.subscribe("run", 1)
device.disconnect()
caller = mqtt.Client(port, 4)
caller.connect("caller")
caller.publish("run", "QoS 0", 0)
caller.publish("run", "QoS 1", 1)
device = mqtt.Client(port, 4)
assert device.connect("device", clean=False).session == 1
print([m.payload.decode() for m in device.messages(2)])
PY
)"
done
