#!/usr/bin/env bash
# MQTT.js 4.3.7, which is the version of Debian 12 to 14: each published message postpones the next PINGREQ. A
# sensor that publishes more often than its keepalive never sends one, and does not notice that the broker has
# stopped answering: `connected` stays true, and each message of QoS 0 "succeeds". The same client without
# messages closes the connection after two intervals. `reschedulePings: false` avoids it, and MQTT.js 5.16.0
# notices it in any case.
#
# The broker is stopped with a signal here, like one whose computer hangs or is cut off the network.
. "$(dirname "$0")/lib.sh"
npm_packages "$work/js4" mqtt@4.3.7
npm_packages "$work/js5" mqtt@5.16.0
cat >"$work/program.cjs" <<'JS'
const [folder, port, every, reschedulePings] = process.argv.slice(2);
const mqtt = require(`${folder}/node_modules/mqtt`);
const client = mqtt.connect({ host: "127.0.0.1", port: Number(port), keepalive: 1, reconnectPeriod: 0,
                              reschedulePings: reschedulePings === "true" });
let published = 0;
client.on("error", () => {});
client.on("connect", () => {
  if (every !== "never") setInterval(() => client.publish("a", "x", (error) => { published += error ? 0 : 1; }), Number(every));
  client.publish("a", "x", { qos: 1 }, () => console.log("ready"));
});
client.on("close", () => { console.log("noticed"); process.exit(); });
setTimeout(() => { console.log(client.connected && published > 20 ? "still publishes" : "?"); process.exit(); }, 9000);
JS
need node
start mosquitto-2.0
broker=${pids[0]}
# run NAME FOLDER EVERY RESCHEDULE: starts a client, all of them with the same broker.
run() {
  node "$work/program.cjs" "$2" "$port" "$3" "$4" >"$work/said-$1" 2>&1 &
  clients+=($!)
  until grep -qs ready "$work/said-$1"; do sleep 0.1; done
}
clients=()
run busy "$work/js4" 200 true
run idle "$work/js4" never true
run set "$work/js4" 200 false
run five "$work/js5" 200 true
kill -STOP -- "-$broker"
wait "${clients[@]}"
kill -CONT -- "-$broker"
said() { sed -n '/ready/!p' "$work/said-$1"; }
expect "MQTT.js 4.3.7, a message every 0.2 s, keepalive 1 s, 8 s after the broker has stopped" "still publishes" "$(said busy)"
expect "MQTT.js 4.3.7, no messages" "noticed" "$(said idle)"
expect "MQTT.js 4.3.7, messages, reschedulePings false" "noticed" "$(said set)"
expect "MQTT.js 5.16.0, messages" "noticed" "$(said five)"
