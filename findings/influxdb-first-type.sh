#!/usr/bin/env bash
# InfluxDB 1.6.7: the first point of a field decides the field's type, anew in each shard, which is a week long
# by default. Its Python client 5.3.1 writes an int as an integer, and JSON's 20.0 often arrives as 20. So a
# sensor whose first reading is 20 loses all readings with a fraction (status 400) until the week ends. In the
# next one, which starts with 20.5, it loses the whole numbers. A query shows no difference between the weeks,
# because both types are joined to one column.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" influxdb=1.6.7~rc0-1+b13 python3-influxdb=5.3.1-3 python3-msgpack=1.0.3-2+b1 \
  python3-dateutil=2.8.2-2 python3-tz=2022.7.1-4 python3-six=1.16.0-4 python3-requests=2.28.1+dfsg-1 \
  python3-urllib3=1.26.12-1+deb12u4 python3-certifi=2022.9.24-1 python3-chardet=5.1.0+dfsg-2 \
  python3-charset-normalizer=3.0.1-2 python3-idna=3.3-1+deb12u1
http=$(free_port)
cat >"$work/influxdb.conf" <<CONF
bind-address = "127.0.0.1:$(free_port)"
reporting-disabled = true
[meta]
dir = "$work/meta"
[data]
dir = "$work/data"
wal-dir = "$work/wal"
[http]
bind-address = "127.0.0.1:$http"
log-enabled = false
[monitor]
store-enabled = false
CONF
setsid "$work/root/usr/bin/influxd" -config "$work/influxdb.conf" >"$work/log" 2>&1 &
pids+=($!)
await_port "$http" $! || { cat "$work/log" >&2; changed "InfluxDB does not start"; }
cat >"$work/program.py" <<'PY'
import json, sys
from influxdb import InfluxDBClient
from influxdb.exceptions import InfluxDBClientError
client = InfluxDBClient("127.0.0.1", int(sys.argv[1]), database="lab")
client.create_database("lab")

def write(second, message):
    try:
        client.write_points([{"measurement": "temperature", "time": second, "fields": json.loads(message)}], time_precision="s")
        said = "stored"
    except InfluxDBClientError as error:
        said = f"lost ({error.code}): " + error.content.split(" is ", 1)[1].split(" dropped")[0]
    print(message, said)

monday = 1767571200  # 2026-01-05
for week, readings in ((0, ("20", "20.5", "21", "21.5")), (1, ("20.5", "21", "21.5", "22"))):
    print("week", week + 1)
    for number, reading in enumerate(readings):
        write(monday + week * 7 * 86400 + number * 10, '{"celsius": %s}' % reading)
print([point["celsius"] for point in client.query("SELECT celsius FROM temperature").get_points()])
PY
expect "what a sensor sends, and what becomes of it" 'week 1
{"celsius": 20} stored
{"celsius": 20.5} lost (400): type float, already exists as type integer
{"celsius": 21} stored
{"celsius": 21.5} lost (400): type float, already exists as type integer
week 2
{"celsius": 20.5} stored
{"celsius": 21} lost (400): type integer, already exists as type float
{"celsius": 21.5} stored
{"celsius": 22} lost (400): type integer, already exists as type float
[20.0, 21.0, 20.5, 21.5]'  "$(PYTHONPATH=$work/root/usr/lib/python3/dist-packages "$python" "$work/program.py" "$http" 2>&1)"
