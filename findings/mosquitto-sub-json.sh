#!/usr/bin/env bash
# mosquitto_sub 2.0.11 and 2.1.2 with -F %J write each message as a line of JSON, and read and write the payload's
# numbers for that, with cJSON 1.7. 9007199254740993 becomes a number that is 3 less, although the nearest double
# is 1 less; a time in nanoseconds loses its last digits, 0.1 + 0.2 becomes 0.3, and 1e400 null. In 2.0.11 the time
# of arrival ends in "Z+0000", which is not ISO 8601, and Python 3.11 refuses to read it. With -F %j the payload
# is a JSON text and unchanged.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" mosquitto-clients=2.0.11-1.2+deb12u2 libmosquitto1=2.0.11-1.2+deb12u2 libcjson1=1.7.15-1+deb12u4
debian_all forky "$work/new" mosquitto-clients=2.1.2-3
start mosquitto-2.0
cat >"$work/program.py" <<'PY'
import json, subprocess, sys, time, datetime, mqtt
port, form, *program = sys.argv[1:]
payloads = ['9007199254740993', '{"time": 1795808298123456789}', '0.30000000000000004', '1e400', '20.0']
sender = mqtt.Client(int(port), 4)
sender.connect("sender")
# It is retained, so that it does not matter when the program subscribes.
for number, payload in enumerate(payloads):
    sender.publish(f"log/{number}", payload, 1, retain=True)
lines = subprocess.run([*program, "-h", "127.0.0.1", "-p", port, "-t", "log/#", "-F", form, "-C", str(len(payloads)),
                        "-W", "20"], capture_output=True, text=True, check=True).stdout.splitlines()
for line in sorted(lines, key=lambda line: json.loads(line)["topic"]):
    message = json.loads(line)
    print(payloads[int(message["topic"][-1])], "->", line.split('"payload":')[1][:-1])
try:
    datetime.datetime.fromisoformat(message["tst"])
    print("the time can be read")
except ValueError:
    print("Invalid isoformat string: ..." + message["tst"][-6:])
PY
# sub FORMAT PROGRAM...
sub() { "$python" "$work/program.py" "$port" "$@" || changed "the program failed"; }
old=(env "LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu" "$work/root/usr/bin/mosquitto_sub")
new=("$work/new/usr/lib64/ld-linux-x86-64.so.2" --library-path "$work/new/usr/lib/x86_64-linux-gnu" "$work/new/usr/bin/mosquitto_sub")
parsed='9007199254740993 -> 9.00719925474099e+15
{"time": 1795808298123456789} -> {"time":1.7958082981234568e+18}
0.30000000000000004 -> 0.3
1e400 -> null
20.0 -> 20'
verbatim='9007199254740993 -> "9007199254740993"
{"time": 1795808298123456789} -> "{\"time\": 1795808298123456789}"
0.30000000000000004 -> "0.30000000000000004"
1e400 -> "1e400"
20.0 -> "20.0"'
expect "mosquitto_sub 2.0.11 -F %J" "$parsed
Invalid isoformat string: ...Z+0000" "$(sub %J "${old[@]}")"
expect "mosquitto_sub 2.0.11 -F %j" "$verbatim
Invalid isoformat string: ...Z+0000" "$(sub %j "${old[@]}")"
expect "mosquitto_sub 2.1.2 -F %J" "$parsed
the time can be read" "$(sub %J "${new[@]}")"
expect "mosquitto_sub 2.1.2 -F %j" "$verbatim
the time can be read" "$(sub %j "${new[@]}")"
