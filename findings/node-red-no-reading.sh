#!/usr/bin/env bash
# Node-RED 4.1.15: a reading that is missing counts as 0. The node "switch" compares as JavaScript does, so the rule
# "< 30" lets null, an empty text, false and an empty list pass: {"celsius": null}, which a driver sends for a broken
# probe, switches the heating on. "is between 0 and 30" does not help. The node "range" scales the same values to a
# number; its help says that what is no number is parsed, and rejected if that fails. The help of "switch" says
# that the rules for true, false and null do not convert types; what the others do it does not say. What helps is
# a rule "is of type number" before it.
#
# Readings come by MQTT, in the setting that Node-RED proposes ("auto-detect").
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

def switch(name, to, **rule):
    node(name, "switch", to, property="payload", propertyType="msg", checkall="true", outputs=1, rules=[rule])

def change(name, to, field, value, kind):
    node(name, "change", to, rules=[{"t": "set", "p": field, "pt": "msg", "to": value, "tot": kind}])

node("in", "mqtt in", ["celsius", "later"], topic="reading", qos="1", datatype="auto-detect", broker="n-broker")
change("celsius", ["below", "between", "number", "range"], "payload", "payload.celsius", "msg")
switch("below", ["says-below"], t="lt", v="30", vt="num")
change("says-below", ["out"], "topic", "< 30", "str")
switch("between", ["says-between"], t="btwn", v="0", vt="num", v2="30", v2t="num")
change("says-between", ["out"], "topic", "between 0 and 30", "str")
switch("number", ["number-below"], t="istype", v="number", vt="number")
switch("number-below", ["says-number"], t="lt", v="30", vt="num")
change("says-number", ["out"], "topic", "a number < 30", "str")
node("range", "range", ["says-range"], property="payload", minin="0", maxin="100", minout="32", maxout="212", action="scale")
change("says-range", ["out"], "topic", "$string(payload) & ' °F'", "jsonata")
node("later", "delay", ["says-end"], pauseType="delay", timeout="300", timeoutUnits="milliseconds")
change("says-end", ["out"], "topic", "end", "str")
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
# Until the flow has subscribed, its end is not seen.
deadline, topics = time.monotonic() + 90, []
while "end" not in topics:
    assert time.monotonic() < deadline, "Node-RED does not answer"
    lab.publish("reading", '{"celsius": 20}', 1)
    topics = [m.topic for m in lab.messages(2)]
for reading in ("20", "40", "null", '""', "false", "[]", '"-"'):
    lab.publish("reading", '{"celsius": %s}' % reading, 1)
    topics = []
    while "end" not in topics:
        arrived = lab.messages(20, 1)
        assert arrived, "no end"
        topics += [m.topic for m in arrived]
    print(f"{reading}:", ", ".join(sorted(set(topics) - {"reading", "end"})) or "nothing")
PY
expect "a reading, and what it is to Node-RED" '20: 68 °F, < 30, a number < 30, between 0 and 30
40: 104 °F
null: 32 °F, < 30, between 0 and 30
"": 32 °F, < 30, between 0 and 30
false: 32 °F, < 30, between 0 and 30
[]: 32 °F, < 30, between 0 and 30
"-": nothing' "$(probe "$port" <"$work/program.py")"
expect "version" "v4.1.15" "$(sed -n 's/.*Node-RED version: //p' "$work/log")"
