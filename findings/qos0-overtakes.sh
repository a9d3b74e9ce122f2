#!/usr/bin/env bash
# paho-mqtt 2.1.0, libmosquitto 2.0.11: no more than 20 messages of QoS 1 are sent before the broker has
# acknowledged one; the 21st and later ones wait in the client. A message of QoS 0 does not wait, and overtakes
# them: "start", published after 30 settings, arrives after 20. MQTT.js 5.16.0 has no such limit. The order of
# publishing is kept only among messages of one QoS.
. "$(dirname "$0")/lib.sh"
debian trixie "$work/root" python3-paho-mqtt=2.1.0-1
debian bookworm "$work/root" libmosquitto-dev=2.0.11-1.2+deb12u2 libmosquitto1=2.0.11-1.2+deb12u2
npm_packages "$work/js" mqtt@5.16.0
start mosquitto-2.0
cat >"$work/caller.py" <<'PY'
import sys, threading
import paho.mqtt.client as paho
finished = threading.Event()

def on_connect(client, *_):
    for number in range(30):
        client.publish("lab/setting", str(number), 1)
    client.publish("lab/start", "start", 0)

client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="caller")
client.on_connect = on_connect
client.on_publish = lambda client, data, number, *_: number == 30 and finished.set()
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_start()
finished.wait(10)
client.disconnect()
PY
cat >"$work/js/program.mjs" <<'JS'
import mqtt from "mqtt";
const client = mqtt.connect({ host: "127.0.0.1", port: Number(process.argv[2]) });
client.on("connect", () => {
  for (let number = 0; number < 30; ++number) client.publish("lab/setting", String(number), { qos: 1 });
  client.publish("lab/start", "start", { qos: 0 }, () => client.end());
});
JS
compile "$work/root" -lmosquitto -Wl,--allow-shlib-undefined <<'CPP'
#include <mosquitto.h>
#include <cstdlib>
#include <string>
int main(int, char** argument) {
  mosquitto_lib_init();
  mosquitto* client = mosquitto_new("caller", true, nullptr);
  mosquitto_connect_callback_set(client, [](mosquitto* client, void*, int) {
    for (int number = 0; number < 30; ++number) {
      const auto text = std::to_string(number);
      mosquitto_publish(client, nullptr, "lab/setting", static_cast<int>(text.size()), text.data(), 1, false);
    }
    mosquitto_publish(client, nullptr, "lab/start", 5, "start", 0, false);
  });
  mosquitto_publish_callback_set(client, [](mosquitto* client, void*, int number) {
    if (number == 30) mosquitto_disconnect(client);
  });
  mosquitto_connect(client, "127.0.0.1", std::atoi(argument[1]), 60);
  mosquitto_loop_forever(client, 1000, 1);
}
CPP
need node
cat >"$work/reader.py" <<'PY'
import os, subprocess, sys, mqtt
reader = mqtt.Client(int(sys.argv[1]), 4)
reader.connect("reader")
reader.subscribe("lab/#", 0)  # so that the broker passes on everything at once
program = subprocess.Popen(sys.argv[2:])
order = [m.payload.decode() for m in reader.messages(10, 31)]
program.wait(10)
print(len(order), "messages,", order.index("start"), "of them before start")
PY
order() { "$python" "$work/reader.py" "$port" "$@" "$port" 2>"$work/err" || cat "$work/err"; }
expect "paho-mqtt 2.1.0" "31 messages, 20 of them before start" \
  "$(PYTHONPATH=$here:$work/root/usr/lib/python3/dist-packages order "$python" "$work/caller.py")"
expect "libmosquitto 2.0.11" "31 messages, 20 of them before start" "$(order "$work/program")"
expect "MQTT.js 5.16.0" "31 messages, 30 of them before start" "$(order node "$work/js/program.mjs")"
