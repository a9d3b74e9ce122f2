#!/usr/bin/env bash
# mosquitto_rr 2.0.11 and 2.1.2 send a request and print the answer, and take the first message under the response
# topic for it, whoever it was for: correlation data is sent along if -D sets it, but not compared with what comes back.
# Two scripts with one response topic get each other's answers. A retained message of last week is printed at once, as
# the answer to a question that the device has not read yet, with exit status 0. The manual says that it waits for a
# response, and that it uses the Request-Response feature of MQTT 5; how an answer is recognised it does not say.
# Option -R, which should leave retained messages out, does so in 2.1.2 only. What helps is a response topic of its
# own for each call.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" mosquitto-clients=2.0.11-1.2+deb12u2 libmosquitto1=2.0.11-1.2+deb12u2 libcjson1=1.7.15-1+deb12u4
debian_all forky "$work/new" mosquitto-clients=2.1.2-3
start mosquitto-2.0
cat >"$work/program.py" <<'PY'
import subprocess, sys, mqtt
port, *program = sys.argv[1:]
device, other = mqtt.Client(int(port)), mqtt.Client(int(port))
device.connect("device")
device.subscribe("device/ask", 1)
other.connect("other")

def ask(answers, *options):
    """@param answers  what is published under the response topic after the request: text, correlation data"""
    call = subprocess.Popen([*program, "-h", "127.0.0.1", "-p", port, "-V", "5", "-q", "1", "-t", "device/ask",
                             "-e", "answers", "-m", "?", "-D", "publish", "correlation-data", "mine", "-W", "20",
                             *options],
                            stdout=subprocess.PIPE, text=True)
    request = device.messages(20, 1)[0]
    for text, correlation in answers:
        device.publish(request.properties["response_topic"], text, 1, correlation_data=correlation)
    said = call.communicate()[0].strip()
    print(f"asked with {request.properties['correlation_data']}: {said}, status {call.returncode}")

other.publish("answers", "last week's answer", 1, retain=True)
print("retained", end=", ")
ask([])
print("retained and -R", end=", ")
ask([("the answer", b"mine")], "-R")
other.publish("answers", "", 1, retain=True)
print("two callers", end=", ")
ask([("the other one's answer", b"another"), ("the answer", b"mine")])
PY
rr() { "$python" "$work/program.py" "$port" "$@" || changed "the program failed"; }
old=(env "LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu" "$work/root/usr/bin/mosquitto_rr")
new=("$work/new/usr/lib64/ld-linux-x86-64.so.2" --library-path "$work/new/usr/lib/x86_64-linux-gnu"
  "$work/new/usr/bin/mosquitto_rr")
# said WHAT_COMES_WITH_R
said() {
  printf '%s\n' "retained, asked with b'mine': last week's answer, status 0" \
    "retained and -R, asked with b'mine': $1, status 0" "two callers, asked with b'mine': the other one's answer, status 0"
}
expect "mosquitto_rr 2.0.11" "$(said "last week's answer")" \
  "$(rr "${old[@]}")"
expect "mosquitto_rr 2.1.2" "$(said "the answer")" \
  "$(rr "${new[@]}")"
