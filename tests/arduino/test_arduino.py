"""Runs examples/arduino on the host: how the sketches answer, and that every packet of the probe fits
its 256 bytes.

The Arduino core (host/), Ethernet and PubSubClient (libraries/) are replaced by stand-ins; the sketches
do not run on a microcontroller. If avr-g++ and Debian's arduino-core-avr are installed, the probe is
also compiled for an Arduino Uno with the real core.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from harness import Bus, IntegrationTest, new_id, request_payload, request_topic, response_topic, tool  # noqa: E402
from harness.caller import check  # noqa: E402

TAG = "ARD_XX_0_0001"
CORE = pathlib.Path("/usr/share/arduino/hardware/arduino/avr")

LAB = """
version: 1
brokers: {lab: {url: $LAB, client_id: gw-bay3}}
defaults: {timeout: 30s}
proxy:
  forward: GW_XX_0_0001
  routes:
    - {name: arduinos, match: {tag: "ARD_*", methods: [GET, PUT]}, wire: compact, to: {subsystem: "ino-{subsystem}"}}
"""


class Sketch:
    """The sketch as a process: it answers each input before the next one is given."""

    def __init__(self, name):
        self.child = subprocess.Popen(
            [pathlib.Path(os.environ["ARDUINO"], f"arduino_{name}")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.joined = [self.child.stdout.readline().rstrip("\n") for _ in range(3)]

    def give(self, topic, payload):
        self.child.stdin.write(f"{topic} {payload}\n")
        said = []
        while (line := self.child.stdout.readline().rstrip("\n")) != "done":
            if not line:
                raise AssertionError(f"the sketch ended with {self.child.wait()}")
            said.append(line)
        return said

    def close(self):
        self.child.stdin.close()
        self.child.stdout.read()
        self.child.stdout.close()
        return self.child.wait(30)


class SketchTest(IntegrationTest):
    NAME = None
    TAG = None
    PATH = None

    def sketch(self):
        sketch = Sketch(self.NAME)
        self.addCleanup(lambda: self.assertEqual(sketch.close(), 0))
        return sketch

    def ask(self, sketch, payload, id_, path=None):
        """Returns the answer to a payload, checked as strictly as deployed callers require."""
        line, = sketch.give(request_topic(self.TAG, "ino-axuv", id_), payload)
        verb, retained, topic, answer = line.split(" ", 3)
        self.assertEqual((verb, retained, topic), ("publish", "0", response_topic(self.TAG, "ino-axuv", id_)))
        decoded = json.loads(answer)
        # It may be left out on the wire (docs/protocol.md, "Payloads").
        decoded["header"].setdefault("correlation_id", None)
        # The timestamp may be a number.
        decoded["timestamp"] = str(decoded["timestamp"])
        return check(json.dumps(decoded).encode(), id_, path or self.PATH)

    def compact(self, method, id_, path=None, body=None, **fields):
        payload = {"header": {"method": method, "path": path or self.PATH, "request_id": id_, **fields}, "timestamp": "1795376802522"}
        if body is not None:
            payload["body"] = body
        return json.dumps(payload, separators=(",", ":"))


class Probe(SketchTest):
    NAME, TAG, PATH = "probe", TAG, "gain"

    # ---- the sketch alone ----------------------------------------------------------------------------------

    def test_it_joins_with_its_tag_a_last_will_and_its_presence(self):
        connect, subscribe, online = self.sketch().joined
        verb, id_, topic, will = connect.split(" ", 3)
        self.assertEqual((verb, id_, topic), ("connect", TAG, f"gf_int_v1/gateway/system/{TAG}/presence"))
        self.assertEqual(json.loads(will)["body"]["state"], "OFFLINE")
        self.assertEqual(subscribe, f"subscribe gf_int_v1/+/request/{TAG}/+")
        verb, retained, topic, payload = online.split(" ", 3)
        self.assertEqual((verb, retained, topic), ("publish", "1", f"gf_int_v1/gateway/system/{TAG}/presence"))
        self.assertEqual(json.loads(payload)["body"]["state"], "ONLINE")

    def test_get_and_put(self):
        sketch = self.sketch()
        for method, body, code, wanted in ((1, None, 205, 3), (3, 5, 204, None), (1, None, 205, 5)):
            id_ = new_id()
            answer = self.ask(sketch, self.compact(method, id_, body=body), id_)
            self.assertEqual((answer.code, answer.body), (code, wanted))

    def test_what_is_wrong_is_said(self):
        sketch = self.sketch()
        for method, path, body, code in (
            (3, "gain", 8, 400), (3, "gain", -1, 400), (3, "gain", 55, 400), (3, "gain", "5", 400), (3, "gain", [5], 400),
            (3, "gain", None, 400), (1, "gains", None, 404), (2, "gain", None, 405), (4, "gain", None, 405),
            (9, "gain", None, 405),
        ):
            with self.subTest(method=method, path=path, body=body):
                id_ = new_id()
                self.assertEqual(self.ask(sketch, self.compact(method, id_, path, body), id_, path).code, code)
        id_ = new_id()
        self.assertEqual(self.ask(sketch, self.compact(1, id_), id_).body, 3)

    def test_what_the_python_library_sends_does_not_fit(self):
        payload = request_payload("GET", "gain", request_id=(id_ := new_id()), source="2D_XX_0_9998")
        line, = self.sketch().give(request_topic(TAG, "axuv", id_), payload)
        self.assertEqual(line.split()[0], "drop")

    def test_garbage_is_not_answered_and_harms_nobody(self):
        sketch, id_ = self.sketch(), new_id()
        whole = self.compact(3, id_, body={"a": ["\\\"", {"b": "]}"}]}, correlation_id=None)
        for cut in range(len(whole)):
            self.assertEqual(sketch.give(request_topic(TAG, "axuv", id_), whole[:cut]), [])
        broken = "[]", "null", "7", '{"header":null}', '{"header":{}}', "{" * 100, '{"header":{"method":1}}', '"' * 9
        for payload in broken:
            self.assertEqual(sketch.give(request_topic(TAG, "axuv", id_), payload), [])
        self.assertEqual(self.ask(sketch, whole, id_).code, 400)

    # ---- behind the gateway --------------------------------------------------------------------------------

    def behind_the_gateway(self):
        """Returns the sketch, connected to a broker by a client that transfers its lines, and the lines
        that were given to it.
        """
        broker = self.broker()
        sketch = self.sketch()
        lock = threading.Lock()
        given, said = [], []

        def carry(message):
            with lock:
                payload = message.payload.decode()
                given.append((message.topic, payload))
                for line in sketch.give(message.topic, payload):
                    said.append(line)
                    verb, _, rest = line.partition(" ")
                    if verb == "publish":
                        _, topic, answer = rest.split(" ", 2)
                        bus.publish(topic, answer)

        bus = self.bus(broker, client_id=TAG, on_message=carry)
        bus.subscribe(f"gf_int_v1/+/request/{TAG}/+")
        _, topic, payload = sketch.joined[2].partition(" ")[2].split(" ", 2)
        bus.publish(topic, payload, retain=True)
        self.gateway(LAB, LAB=broker.url)
        return broker, given, said

    def test_a_caller_reaches_it_through_the_gateway(self):
        broker, given, said = self.behind_the_gateway()
        caller = self.caller(broker, "GW_XX_0_0001", subsystem="proxy")
        self.assertEqual(self.assert_code(caller.get(f"{TAG}/axuv/gain"), 205).body, 3)
        self.assert_code(caller.put(f"{TAG}/axuv/gain", 6), 204)
        self.assert_code(caller.put(f"{TAG}/axuv/gain", 8), 400, "0 to 7")
        self.assertEqual(caller.get(f"{TAG}/axuv/gain").body, 6)
        self.assert_code(caller.post(f"{TAG}/axuv/gain"), 505)
        self.print_sizes(given, said)
        done = tool.run("get", f"GW_XX_0_0001/proxy/{TAG}/axuv/gain", broker=broker)
        self.assertEqual((done.returncode, done.stdout), (0, "6\n"), done.stderr)
        for topic, payload in given:
            self.assertLessEqual(3 + 2 + len(topic) + len(payload), 256, payload)
        for line in said:
            _, _, topic, payload = line.split(" ", 3)
            self.assertLessEqual(5 + 2 + len(topic) + len(payload), 256, payload)

    def print_sizes(self, given, said):
        largest = max(given, key=lambda message: sum(map(len, message)))
        print(f"largest packet received: {3 + 2 + sum(map(len, largest))} bytes: {largest}", file=sys.stderr)
        sent = [line.split(" ", 3)[2:] for line in said]
        largest = max(3 + 2 + len(topic) + len(payload) for topic, payload in sent)
        print(f"largest packet sent: {largest} bytes", file=sys.stderr)

    def test_its_presence_is_listed(self):
        broker, _, _ = self.behind_the_gateway()
        done = tool.run("ls", broker=broker)
        self.assertEqual(done.stdout.split("\t")[:2], [TAG, "ONLINE"], done.stdout + done.stderr)

    # ---- a microcontroller's compiler ----------------------------------------------------------------------

    @unittest.skipUnless(shutil.which("avr-g++") and CORE.exists(), "avr-g++ and arduino-core-avr are not installed")
    def test_it_compiles_for_an_uno(self):
        with tempfile.TemporaryDirectory() as folder:
            made = pathlib.Path(folder, "probe.o")
            subprocess.run(
                ["avr-g++", "-c", "-x", "c++", "-std=gnu++11", "-Os", "-mmcu=atmega328p", "-DF_CPU=16000000L",
                 "-DARDUINO=10819", "-fno-exceptions", "-fno-threadsafe-statics", "-Wall", "-Wextra", "-Werror",
                 "-I", CORE / "cores/arduino", "-I", CORE / "variants/standard", "-I", ROOT / "tests/arduino/libraries",
                 "-I", ROOT / "examples/arduino/probe", "-include", CORE / "cores/arduino/Arduino.h", "-o", made,
                 ROOT / "examples/arduino/probe/probe.ino"],
                check=True)
            if shutil.which("avr-size"):
                line = subprocess.run(["avr-size", made], check=True, capture_output=True, text=True).stdout.splitlines()[1]
                code, data, bss = map(int, line.split()[:3])
                print(f"{code} bytes of code, {data + bss} of memory", file=sys.stderr)
                self.assertLess(data + bss, 512, "of the 2048 bytes of an Uno, PubSubClient's buffer not among them")


class Supply(SketchTest):
    """ArduinoJson is also replaced by a stand-in."""

    NAME, TAG, PATH = "supply", "ARD_XX_0_0002", "setpoint"

    def test_get_and_put(self):
        sketch = self.sketch()
        wanted = {"voltage": 5.5, "current": 0.5}
        for method, body, code, given in (
            (1, None, 205, {"voltage": 0, "current": 0}), (3, wanted, 204, None), ("GET", None, 205, wanted),
            ("PUT", {"voltage": 1, "current": 0}, 204, None), (1, None, 205, {"voltage": 1, "current": 0}),
        ):
            id_ = new_id()
            answer = self.ask(sketch, self.compact(method, id_, body=body), id_)
            self.assertEqual((answer.code, answer.body), (code, given))

    def test_what_is_wrong_is_said(self):
        sketch = self.sketch()
        for method, path, body, code in (
            (3, None, {"voltage": 31, "current": 0}, 400), (3, None, {"voltage": 5}, 400), (3, None, 5, 400),
            (3, None, {"voltage": "5", "current": 0}, 400), (1, "other", None, 404), (2, None, None, 405),
        ):
            with self.subTest(method=method, path=path, body=body):
                id_ = new_id()
                self.assertEqual(self.ask(sketch, self.compact(method, id_, path, body), id_, path).code, code)

    def test_what_the_python_library_sends_fits(self):
        id_ = new_id()
        payload = request_payload("GET", "setpoint", request_id=id_, source="2D_XX_0_9998", correlation_id=new_id())
        self.assertEqual(self.ask(self.sketch(), payload, id_).code, 205)

    def test_garbage_is_not_answered(self):
        sketch, id_ = self.sketch(), new_id()
        whole = self.compact(1, id_)
        for payload in [whole[:cut] for cut in range(len(whole))] + ["[]", "null", "7", '{"header":null}', '{"header":7}']:
            self.assertEqual(sketch.give(request_topic(self.TAG, "axuv", id_), payload), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
