#!/usr/bin/env bash
# Node-RED 4.1.15: the node "delay" counts its time in milliseconds, up to days in its editor, and hands the number to
# setTimeout() of Node.js, which takes at most 2147483647 and makes 1 of anything above. So a delay of 24 days waits,
# and one of 25 days or more lets each message pass at once: "close the valve in 30 days" closes it now. A random
# delay of 25 to 30 days is the same, and so is the node "trigger" with 600 hours. The only sign is a
# TimeoutOverflowWarning of Node.js on standard error. Node.js documents the limit of its timers. Node-RED's help has
# it for the node "inject" only (596 hours, 24 days), whose editor refuses more.
. "$(dirname "$0")/lib.sh"
npm_packages "$work/js" node-red@4.1.15
start mosquitto-2.0
mkdir "$work/user"
cat >"$work/user/settings.js" <<'JS'
module.exports = { uiPort: 0, uiHost: "127.0.0.1", httpAdminRoot: false, httpNodeRoot: false, flowFile: "flows.json",
                   credentialSecret: "x", telemetry: { enabled: false } };
JS
cat >"$work/flows.py" <<'PY'
import json, sys
nodes = [{"id": "tab", "type": "tab"},
         {"id": "n-broker", "type": "mqtt-broker", "broker": "127.0.0.1", "port": sys.argv[1], "clientid": "node-red",
          "protocolVersion": "4", "keepalive": "60", "cleansession": True, "autoConnect": True}]

def node(name, kind, to, **settings):
    nodes.append({"id": "n-" + name, "z": "tab", "type": kind, "wires": [["n-" + one for one in to]], **settings})

def path(name, kind, **settings):
    """From the command through a node to the topic of that name."""
    starts.append(name)
    node(name, kind, ["says-" + name], **settings)
    node("says-" + name, "change", ["out"], rules=[{"t": "set", "p": "topic", "pt": "msg", "to": name, "tot": "str"}])

starts = []
for days in (24, 25, 30, 365):
    path(f"delay of {days} days", "delay", pauseType="delay", timeout=str(days), timeoutUnits="days")
path("delay of a second", "delay", pauseType="delay", timeout="1", timeoutUnits="seconds")
path("random 25 to 30 days", "delay", pauseType="random", randomFirst="25", randomLast="30", randomUnits="days")
for hours in (590, 600):
    path(f"trigger after {hours} hours", "trigger", op1="", op1type="nul", op2="", op2type="payl", duration=str(hours),
         units="hr", extend=False, bytopic="all", outputs=1)
node("in", "mqtt in", starts, topic="command", qos="1", datatype="auto-detect", broker="n-broker")
node("out", "mqtt out", [], topic="", qos="1", retain="false", broker="n-broker")
print(json.dumps(nodes))
PY
"$python" "$work/flows.py" "$port" >"$work/user/flows.json"
setsid node "$work/js/node_modules/node-red/red.js" -u "$work/user" -s "$work/user/settings.js" >"$work/log" 2>&1 &
pids+=($!)
cat >"$work/program.py" <<'PY'
import sys, time, mqtt
lab = mqtt.Client(int(sys.argv[1]), 4)
lab.connect("lab")
lab.subscribe("+", 1)
# Until the flow has subscribed, nothing is seen. The delay of a second is the last one that is due.
deadline, topics = time.monotonic() + 90, []
while "delay of a second" not in topics:
    assert time.monotonic() < deadline, "Node-RED does not answer"
    lab.publish("command", "close", 1)
    topics = [m.topic for m in lab.messages(3)]
print("\n".join(sorted(set(topics) - {"command"})))
PY
expect "what has passed after 3 s" "delay of 25 days
delay of 30 days
delay of 365 days
delay of a second
random 25 to 30 days
trigger after 600 hours" "$(probe "$port" <"$work/program.py")"
expect "version" "v4.1.15" "$(sed -n 's/.*Node-RED version: //p' "$work/log")"
