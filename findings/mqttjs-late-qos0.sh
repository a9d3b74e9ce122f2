#!/usr/bin/env bash
# MQTT.js 5.16.0 stores messages that are published without a connection, including QoS 0, and sends all of
# them when it connects (`queueQoSZero` is true by default). "Open the valve", clicked during a network
# outage, opens it when the network is back.
. "$(dirname "$0")/lib.sh"
npm_packages "$work/js" mqtt@5.16.0
cat >"$work/js/program.mjs" <<'JS'
import mqtt from "mqtt";
const client = mqtt.connect({ host: "127.0.0.1", port: Number(process.argv[2]), reconnectPeriod: 200,
                              queueQoSZero: process.argv[3] === "true" });
client.on("error", () => {});
// Retained, so that the reader below receives it even if it subscribes later.
client.publish("valve", "open", { qos: 0, retain: true }, () => {});
console.log("published");
JS
need node
for queue in true false; do
  # A port on which nothing listens until the message is published.
  port=$(free_port)
  node "$work/js/program.mjs" "$port" "$queue" >"$work/said-$queue" 2>&1 &
  pids+=($!)
  node=$!
  until grep -q published "$work/said-$queue"; do sleep 0.1; done
  sleep 2
  setsid "$here/start" mosquitto-2.0 "$work/broker-$queue" "$port" >/dev/null 2>&1 &
  pids+=($!)
  await_port "$port" $! || unavailable "mosquitto 2.0.11"
  got=$(probe "$port" <<'PY'
import sys, mqtt
client = mqtt.Client(int(sys.argv[1]), 4)
client.connect("valve")
client.subscribe("valve", 0)
print([m.payload.decode() for m in client.messages(4, 1)])
PY
)
  kill "$node" 2>/dev/null || true
  wanted="['open']"
  [ "$queue" = true ] || wanted="[]"
  expect "queueQoSZero $queue, published 2 s before the broker was there, what comes" "$wanted" "$got"
done
