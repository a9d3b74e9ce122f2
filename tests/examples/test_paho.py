"""The Python examples with the installed paho-mqtt (1.6 or 2), together with other callers and devices.

MQCOAPD names the daemon.
"""

import json
import pathlib
import signal
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/integration"))

from harness import IntegrationTest, request_topic  # noqa: E402
from harness.broker import free_port  # noqa: E402
from harness.device import mute  # noqa: E402
from harness.process import Process  # noqa: E402

TAG = "2D_XX_0_9998"
PRESENCE = f"gf_int_v1/gateway/system/{TAG}/presence"
GATEWAY = f"""
    version: 1
    brokers: {{lab: {{url: $LAB}}}}
    devices:
      GW_1:
        resources:
          "probe/**": {{proxy: {TAG}/axuv}}
          gains: {{value: [7], methods: [GET, PUT]}}
"""


class Paho(IntegrationTest):
    SERVED = (TAG, "GW_1")

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.where = f"127.0.0.1:{self.lab.port}"

    def start_device(self):
        # Process reads only standard error.
        process = Process(["/bin/sh", "-c", 'exec "$0" "$@" >&2', sys.executable, "-W", "error::DeprecationWarning",
                           ROOT / "examples/paho/device.py", self.where])
        self._logs.append(("device.py", process))
        self.addCleanup(process.kill)
        self.assertTrue(process.wait_line(f"{TAG} answers"))
        # The broker has accepted the subscription, so requests are answered from now on.
        self.lab.wait_log(f"{TAG} 1 gf_int_v1/+/request/{TAG}/+")
        return process

    def ask(self, *arguments):
        return subprocess.run([sys.executable, "-W", "error::DeprecationWarning", ROOT / "examples/paho/ask.py", self.where, *arguments],
                              text=True, capture_output=True, timeout=60)

    def await_state(self, bus, state, count=1):
        return bus.wait_for(lambda m: m.topic == PRESENCE and json.loads(m.payload)["body"]["state"] == state, count)

    def test_the_device_answers_a_strict_caller(self):
        device = self.start_device()
        caller = self.caller(self.lab, TAG)
        self.assertEqual(self.assert_code(caller.get("gains"), 205).body, [0, 1, 2, 3, 4])
        self.assert_code(caller.put("gains", [1, 2, 3, 4, 9]), 400, "five integers")
        self.assert_code(caller.put("gains", [True, 2, 3, 4, 5]), 400, "five integers")
        self.assert_code(caller.put("gains", [1, 2, 3, 4, 5]), 204)
        self.assertEqual(caller.get("/gains", correlation_id="16fd2706-8baf-433b-82eb-8c7fada847da").body, [1, 2, 3, 4, 5])
        self.assert_code(caller.get("offsets"), 404, "offsets")
        self.assert_code(caller.delete("gains"), 405, "DELETE")
        self.assertEqual(caller.request(1, "gains").code, 205)  # the method as a number
        self.assertEqual(caller.get("gains", subsystem="other").code, 205)
        self.assertTrue(device.wait_line("PUT gains -> 204"))

    def test_what_is_no_request_does_not_end_it(self):
        device = self.start_device()
        bus = self.bus(self.lab)
        topic = request_topic(TAG, "axuv", "16fd2706-8baf-433b-82eb-8c7fada847da")
        bad = [b"", b"{", b"\xff", b"null", b"[]", b"5", b'{"header":null}', b'{"header":{"method":"GET"}}',
               b'{"header":{"method":null,"path":"gains","request_id":"x"}}', b'{"header":{"method":"GET","path":5}}']
        for payload in bad:
            bus.publish(topic, payload)
        bus.publish(PRESENCE, b"")
        bus.publish(PRESENCE, b"no JSON")
        self.assertTrue(device.wait_line("dropped a message on", count=len(bad) + 2))
        self.assert_code(self.caller(self.lab, TAG).get("gains"), 205)

    def test_presence(self):
        bus = self.bus(self.lab)
        bus.subscribe(PRESENCE, 1)
        device = self.start_device()
        self.await_state(bus, "ONLINE")
        # A last will that arrives late.
        bus.publish(PRESENCE, '{"body":{"state":"OFFLINE","last_updated":"1"},"timestamp":"1"}', qos=1, retain=True)
        self.await_state(bus, "ONLINE", 2)
        device.signal(signal.SIGTERM)
        self.await_state(bus, "OFFLINE", 2)
        self.assertEqual(device.wait_exit(), 0)
        bus.fence()
        self.assertEqual(json.loads(bus.on_topic(PRESENCE)[-1].payload)["body"]["state"], "OFFLINE")

    def test_a_killed_device_is_offline(self):
        bus = self.bus(self.lab)
        bus.subscribe(PRESENCE, 1)
        device = self.start_device()
        self.await_state(bus, "ONLINE")
        device.kill()
        self.await_state(bus, "OFFLINE")
        # A reader may keep the newest message.
        online, offline = (int(json.loads(m.payload)["body"]["last_updated"]) for m in bus.on_topic(PRESENCE)[-2:])
        self.assertGreater(offline, online)

    def test_it_comes_back_after_the_broker_did(self):
        device = self.start_device()
        self.lab.kill()
        self.lab.restart()
        self.assertTrue(device.wait_line(f"{TAG} answers", count=2))
        self.lab.wait_log(f"{TAG} 1 gf_int_v1/+/request/{TAG}/+")
        self.assert_code(self.caller(self.lab, TAG, client_id="desk-8").get("gains"), 205)

    def test_behind_the_gateway(self):
        self.start_device()
        self.gateway(GATEWAY, LAB=self.lab.url)
        caller = self.caller(self.lab, "GW_1")
        self.assertEqual(self.assert_code(caller.get("probe/gains"), 205).body, [0, 1, 2, 3, 4])
        self.assert_code(caller.put("probe/gains", "loud"), 400, "five integers")

    def test_a_call(self):
        self.gateway(GATEWAY, LAB=self.lab.url)
        done = self.ask("GET", "GW_1/axuv/gains")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "[7]\n", ""))
        done = self.ask("PUT", "GW_1/axuv/gains", "[1, 2]")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "null\n", ""))
        done = self.ask("get", "GW_1/axuv/gains")
        self.assertEqual((done.returncode, done.stdout), (0, "[1, 2]\n"))
        done = self.ask("DELETE", "GW_1/axuv/gains")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertTrue(done.stderr.startswith("405: "), done.stderr)

    def test_a_call_through_one_to_the_other(self):
        self.start_device()
        done = self.ask("GET", f"{TAG}/axuv/gains")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "[0, 1, 2, 3, 4]\n", ""))

    def test_a_call_to_a_mute_device(self):
        self.device(self.lab, "MUTE_1", mute())
        done = self.ask("PUT", "MUTE_1/axuv/gains", "1")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "MUTE_1 did not answer within 5 s; a PUT may have been run\n")

    def test_without_a_broker(self):
        nobody = f"127.0.0.1:{free_port()}"
        for command in (["device.py", nobody], ["ask.py", nobody, "GET", "GW_1/axuv/gains"]):
            done = subprocess.run([sys.executable, ROOT / "examples/paho" / command[0], *command[1:]], text=True,
                                  capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertIn("refused", done.stderr)
            self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
