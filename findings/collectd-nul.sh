#!/usr/bin/env bash
# collectd 5.12.0: each payload that the plug-in mqtt publishes ends with a NUL byte, the end mark of a text in C.
# A terminal does not show it. Python's float() refuses the number before it, and a program that compares texts,
# or writes them to a database, has one byte too many.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" collectd-core=5.12.0-14 libmosquitto1=2.0.11-1.2+deb12u2
start mosquitto-2.0
cat >"$work/collectd.conf" <<CONF
Hostname "lab"
BaseDir "$work"
PluginDir "$work/root/usr/lib/collectd"
TypesDB "$work/root/usr/share/collectd/types.db"
Interval 1
LoadPlugin uptime
LoadPlugin mqtt
<Plugin mqtt>
  <Publish "lab">
    Host "127.0.0.1"
    Port "$port"
    Prefix "collectd"
  </Publish>
</Plugin>
CONF
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu setsid "$work/root/usr/sbin/collectd" -f -C "$work/collectd.conf" \
  >"$work/log" 2>&1 &
pids+=($!)
cat >"$work/program.py" <<'PY'
import re, sys, mqtt
reader = mqtt.Client(int(sys.argv[1]), 4)
reader.connect("reader")
reader.subscribe("collectd/lab/#", 0)
message = reader.messages(20, 1)[0]
print(message.topic, re.sub(rb"[0-9]+", b"N", message.payload))
try:
    print(float(message.payload.decode().split(":")[1]))
except ValueError as error:
    print(re.sub("[0-9]+", "N", str(error)))
PY
expect "what is published" "collectd/lab/uptime/uptime b'N.N:N\\x00'
could not convert string to float: 'N\\xN'" "$(probe "$port" <"$work/program.py")"
