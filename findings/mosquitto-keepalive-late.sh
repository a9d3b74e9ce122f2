#!/usr/bin/env bash
# mosquitto 2.0.11 looks only every five seconds for clients that are silent. With a keepalive of 1 s a client may
# be gone for 6 s until its last will is sent; MQTT wants 1.5 s. mosquitto 2.1.2 looks every second. A short
# keepalive makes a broken connection no better known there, but costs packets.
. "$(dirname "$0")/lib.sh"
cat >"$work/program.py" <<'PY'
import sys, time, mqtt
port = int(sys.argv[1])
watcher = mqtt.Client(port, 4)
watcher.connect("watcher")
watcher.subscribe("state/#", 0)
begun, took, devices = {}, {}, []

def watch(until):
    while len(took) < 6 and (left := until - time.monotonic()) > 0:
        for message in watcher.messages(left, 1):
            took[message.topic] = time.monotonic() - begun[message.topic]

# Six devices that connect one second apart and then are silent.
for number in range(6):
    devices.append(mqtt.Client(port, 4))
    devices[-1].connect(f"device{number}", keepalive=1, will=(f"state/{number}", "OFFLINE", 0, False, {}))
    begun[f"state/{number}"] = time.monotonic()
    watch(time.monotonic() + 1)
watch(time.monotonic() + 12)
longest = max(took.values())
print(len(took), "wills, the latest after", "more than 4 s" if longest > 4 else "less than 3 s" if longest < 3 else longest)
PY
for broker in mosquitto-2.0 mosquitto-2.1 aedes-1.2; do
  start "$broker"
  wanted="6 wills, the latest after less than 3 s"
  [ "$broker" != mosquitto-2.0 ] || wanted="6 wills, the latest after more than 4 s"
  expect "$broker, keepalive 1 s" "$wanted" "$(probe "$port" <"$work/program.py")"
done
