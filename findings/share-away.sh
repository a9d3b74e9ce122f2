#!/usr/bin/env bash
# A member of a shared subscription whose session outlives its connection keeps its share of the work while it
# is disconnected: of ten commands, mosquitto 2.0.11 gives five to the connected worker and keeps five for the
# disconnected one, and they run when it reconnects. The protocol permits it, but most users expect that the
# connected workers receive everything.
. "$(dirname "$0")/lib.sh"
start mosquitto-2.0
expect "of 10 commands" "the worker that is there got 5, the other one 5 when it came back" "$(probe "$port" <<'PY'
import sys, mqtt
port = int(sys.argv[1])
def worker(name, **how):
    client = mqtt.Client(port, 5)
    client.connect(name, **how)
    return client
away = worker("away", clean=False, session_expiry=300)
away.subscribe("$share/workers/jobs", 1)
there = worker("there")
there.subscribe("$share/workers/jobs", 1)
away.disconnect()
boss = worker("boss")
boss.ping()
for number in range(10):
    boss.publish("jobs", str(number), 1)
got = len(there.messages(2))
away = worker("away", clean=False, session_expiry=300)
print(f"the worker that is there got {got}, the other one {len(away.messages(2))} when it came back")
PY
)"
