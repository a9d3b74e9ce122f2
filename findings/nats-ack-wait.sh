#!/usr/bin/env bash
# NATS 2.9.10, 2.10.27 and 2.15.1: if a client has not acknowledged a message of QoS 1 within `ack_wait` (30 s
# by default, 3 s here), it gets it again on the same connection. A device that acknowledges after the work is
# done runs each command that takes longer once more, or several times. If the connection is lost, the message
# is not sent again when the session is resumed, but also at the end of `ack_wait`. mosquitto 2.0.11 sends it
# again at once after a reconnect, and only then.
. "$(dirname "$0")/lib.sh"
export NATS_MQTT='ack_wait: "3s"'
cat >"$work/program.py" <<'PY'
import sys, time, mqtt
port = int(sys.argv[1])

class Busy(mqtt.Client):
    """Does not acknowledge."""
    def send(self, kind, flags, body):
        if kind != 4:
            super().send(kind, flags, body)

    def _decode(self, first, r):
        packet = super()._decode(first, r)
        packet.again = " (DUP)" if packet.kind == "publish" and first & 8 else ""
        return packet

    def next(self):
        packet = self.read(6)
        if packet is None:
            return "nothing"
        passed = time.monotonic() - start
        return f"{packet.payload.decode()}{packet.again} " + ("at once" if passed < 1.5 else f"after {passed:.0f} s")

device = Busy(port, 4)
device.connect("device", clean=False)
device.subscribe("run", 1)
caller = mqtt.Client(port, 4)
caller.connect("caller")
caller.publish("run", b"open", 1)
start = time.monotonic()
print("first:", device.next())
print("same connection:", device.next())
device.close()
device = Busy(port, 4)
start = time.monotonic()
print("session resumed:", device.connect("device", clean=False).session)
print("then:", device.next())
PY
for broker in nats-2.9 nats-2.10 nats-2.15 mosquitto-2.0; do
  start "$broker"
  wanted="first: open at once
same connection: open (DUP) after 3 s
session resumed: 1
then: open (DUP) after 3 s"
  [ "$broker" != mosquitto-2.0 ] || wanted="first: open at once
same connection: nothing
session resumed: 1
then: open (DUP) at once"
  expect "$broker" "$wanted" "$(probe "$port" <"$work/program.py")"
done
