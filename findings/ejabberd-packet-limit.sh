#!/usr/bin/env bash
# ejabberd 23.01: a client that allows packets of 100 bytes at most (Maximum Packet Size of MQTT 5) gets larger
# ones all the same, against MQTT 5 (section 3.1.2.11.4). mosquitto 2.0.11 leaves such messages out. A small
# board that announces the size of its buffer must be ready for more.
. "$(dirname "$0")/lib.sh"
cat >"$work/program.py" <<'PY'
import sys, mqtt
port = int(sys.argv[1])
login = dict(username="a@localhost", password="x")
board = mqtt.Client(port, 5)
board.connect("board", maximum_packet_size=100, **login)
board.subscribe("lab/#", 1)
caller = mqtt.Client(port, 5)
caller.connect("caller", **login)
for size in (10, 5000, 20):
    caller.publish("lab/set", b"x" * size, 1)
sizes = []
while not sizes or sizes[-1] != 20:
    sizes.append(len(board.messages(10, 1)[0].payload))
print("payloads of", sizes, "bytes")
PY
start ejabberd-23.01
expect "ejabberd 23.01, a limit of 100 bytes" "payloads of [10, 5000, 20] bytes" "$(probe "$port" <"$work/program.py")"
start mosquitto-2.0
expect "mosquitto 2.0.11" "payloads of [10, 20] bytes" "$(probe "$port" <"$work/program.py")"
