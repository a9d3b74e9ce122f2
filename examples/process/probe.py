#!/usr/bin/python3
"""A diode-array probe as a `process` of mqcoapd (config/examples/probe.yaml): four channels that are armed, triggered and
read. Requests come as lines of JSON, answers go as lines of JSON; what is printed to standard error is in the gateway's
log. A real probe would talk to its hardware in `trigger`.
"""

import json
import math
import sys

CHANNELS = 4


class Probe:
    def __init__(self):
        self.state, self.length, self.data = "IDLE", 8, [None] * CHANNELS

    def arm(self, method, _body):
        if method != "POST":
            return 405, "arm is for POST"
        self.state, self.data = "ARMED", [None] * CHANNELS
        return 203, None

    def trigger(self, method, _body):
        if method != "POST":
            return 405, "trigger is for POST"
        if self.state != "ARMED":
            return 412, "the probe is not armed"
        self.state = "TRIGGERED"
        self.data = [self._samples(channel) for channel in range(CHANNELS)]
        print(f"triggered, {self.length} samples a channel", file=sys.stderr, flush=True)
        return 203, None

    def status(self, method, _body):
        return (205, self.state) if method == "GET" else (405, "status is for GET")

    def data_length(self, method, body):
        if method == "GET":
            return 205, self.length
        if method != "PUT" or type(body) is not int or not 1 <= body <= 4096:
            return 400, "PUT a length from 1 to 4096"
        self.length = body
        return 204, None

    def read(self, method, channel):
        """The samples of a channel, once: reading consumes them."""
        if method != "GET":
            return 405, "data are for GET"
        if channel not in [str(c) for c in range(CHANNELS)]:
            return 404, f"there is no channel {channel}, only 0 to {CHANNELS - 1}"
        samples, self.data[int(channel)] = self.data[int(channel)], None
        return (205, samples) if samples else (404, f"channel {channel} holds no data")

    def _samples(self, channel):
        """As the converter gives them: 12 bits, in hexadecimal."""
        wave = [math.sin(2 * math.pi * (i / self.length + channel / CHANNELS)) for i in range(self.length)]
        return [f"{round(2047.5 * (1 + value)):03X}" for value in wave]


probe = Probe()
plain = {"arm": probe.arm, "trigger": probe.trigger, "status": probe.status, "data_length": probe.data_length}
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:  # its end is ours
    request = json.loads(line)
    path, method = request["path"], request["method"]
    if path in plain:
        code, body = plain[path](method, request["body"])
    elif path.startswith("data/"):
        code, body = probe.read(method, path[5:])
    else:
        code, body = 404, f"there is no {path} here"
    print(json.dumps({"id": request["id"], "code": code, "body": body}), flush=True)
