"""Programs that run permanently, with the real daemon."""

import pathlib
import tempfile
import unittest

from harness import IntegrationTest

PROGRAM = """
import json, os, signal, sys, time
print(json.dumps({"ready": True}), flush=True)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "stubborn" in sys.argv else signal.SIG_DFL)
value = 0
for line in sys.stdin:
    request = json.loads(line)
    path, body = request["path"], request["body"]
    answer = {"id": request["id"], "code": 205, "body": None}
    if path == "pid": answer["body"] = os.getpid()
    elif path == "echo": answer["body"] = [request["method"], body]
    elif path == "die": os._exit(3)
    elif path == "hang": time.sleep(1000)
    elif path == "silent": continue
    elif path == "garbage": print("garbage" * 100, flush=True)
    elif path == "foreign": answer["code"] = 299
    elif path == "value":
        if request["method"] == "PUT": value, answer["code"] = body, 204
        answer["body"] = value
    else: answer = {"id": request["id"], "code": 404, "body": "there is no " + path}
    print(json.dumps(answer), flush=True)
"""

CONFIGURATION = """
    version: 1
    brokers: {lab: {url: $LAB}}
    devices:
      GW_1:
        resources:
          analysis/**: {process: [/usr/bin/python3, $PROGRAM, $MANNER], timeout: $TIMEOUT}
          plain: {value: 1}
"""


class ProcessKind(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-process-")
        self.addCleanup(folder.cleanup)
        self.program = pathlib.Path(folder.name) / "program.py"
        self.program.write_text(PROGRAM)
        self.lab = self.broker()

    def begin(self, manner="tame", timeout="10s"):
        self.daemon = self.gateway(CONFIGURATION, LAB=self.lab.url, PROGRAM=self.program, MANNER=manner, TIMEOUT=timeout)
        self.desk = self.caller(self.lab, "GW_1")

    def test_it_answers(self):
        self.begin()
        self.assertEqual(self.desk.get("analysis/echo").body, ["GET", None])
        self.assertEqual(self.assert_code(self.desk.post("analysis/echo", {"a": "grüße\n"}), 205).body,
                         ["POST", {"a": "grüße\n"}])
        self.assert_code(self.desk.put("analysis/value", 7), 204)
        self.assertEqual(self.desk.get("analysis/value").body, 7)
        self.assert_code(self.desk.get("analysis/nothing"), 404, "there is no nothing")
        self.assert_code(self.desk.get("analysis/foreign"), 502, "299")
        self.assert_code(self.desk.get("analysis/garbage"), 205)
        self.daemon.wait_log("GW_1, analysis/**: a line of the program answers no request: 'garbagegarbage")
        self.daemon.wait_log("GW_1, analysis/**: the program is ready")

    def test_it_dies_and_is_started_again(self):
        self.begin()
        before = self.desk.get("analysis/pid").body
        self.assert_code(self.desk.put("analysis/die", 1), 504, "it ended with status 3")
        self.assert_code(self.desk.get("analysis/pid"), 503, "it will be restarted in")
        self.daemon.wait_log("GW_1, analysis/**: the program is ready", 2)
        self.assertNotEqual(self.desk.get("analysis/pid").body, before)

    def test_while_it_hangs_the_others_are_served(self):
        self.begin(timeout="1s")
        self.assert_code(self.desk.get("analysis/silent"), 504, "did not answer within 1s")
        waiting = self.desk.send("GET", "analysis/hang")
        self.assertEqual(self.desk.get("plain").body, 1)
        self.assert_code(waiting.answer(), 504, "did not answer within 1s")

    def test_it_stays_over_a_reload_and_goes_with_its_resource(self):
        self.begin("stubborn")
        before = self.desk.get("analysis/pid").body
        self.daemon.reload(CONFIGURATION.replace("plain: {value: 1}", "plain: {value: 2}").replace("$TIMEOUT", "9s"))
        self.assertEqual(self.desk.get("plain").body, 2)
        self.assertEqual(self.desk.get("analysis/pid").body, before)
        self.daemon.reload(CONFIGURATION.replace("analysis", "other"))
        self.assert_code(self.desk.get("analysis/pid"), 404)
        self.assertNotEqual(self.desk.get("other/pid").body, before)
        # It ignores SIGTERM and is killed.
        self.wait_until(lambda: not pathlib.Path(f"/proc/{before}").exists(), "the replaced program has ended")

    def test_it_ends_with_the_gateway(self):
        for manner in ("tame", "stubborn"):
            with self.subTest(manner=manner):
                self.begin(manner)
                pid = self.desk.get("analysis/pid").body
                self.daemon.stop()
                self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
