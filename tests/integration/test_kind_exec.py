"""Programs that are run for each request, with the real daemon."""

import json
import os
import pathlib
import tempfile
import unittest

from harness import IntegrationTest

CONFIGURATION = """
    version: 1
    brokers: {lab: {url: $LAB}}
    limits: {exec: 2, handler_timeout: 30s}
    devices:
      GW_1:
        resources:
          disk_used: {exec: [df, --output=pcent, /], parse: {regex: '(\\d+)%', as: number}, unit: "%"}
          move/*:
            exec: [sh, -c, 'echo "$$1=$$2" >> "$FOLDER/moves"', sh, "{path.1}", "{body}"]
            schema: {anyOf: [{type: number, minimum: 0, maximum: 300}, {type: string}]}
            paths: {1: "[xyz]"}
            methods: [PUT]
          store: {exec: [sh, -c, 'cat > "$FOLDER/stored"'], stdin: body, methods: [PUT, POST]}
          variables: {exec: [env], env: {LANG: C.UTF-8, AXIS: x}}
          fails: {exec: [sh, -c, 'echo "no such axis" >&2; exit 3'], methods: [GET, DELETE]}
          hangs: {exec: [sh, -c, 'trap "" TERM; echo $$$$ >> "$FOLDER/hung"; while :; do sleep 1; done'], timeout: 1s}
          floods: {exec: [cat, /dev/zero], max: 1KiB}
          missing: {exec: [/none/program]}
          true: {exec: ["true"], methods: [GET, PUT, POST, DELETE]}
          plain: {value: 1}
"""


class Exec(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-exec-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.lab = self.broker()
        self.daemon = self.gateway(CONFIGURATION, LAB=self.lab.url, FOLDER=folder.name)
        self.desk = self.caller(self.lab, "GW_1")

    def children(self):
        return pathlib.Path(f"/proc/{self.daemon.pid}/task/{self.daemon.pid}/children").read_text().split()

    def test_a_program_is_read(self):
        answer = self.assert_code(self.desk.get("disk_used"), 205)
        self.assertIsInstance(answer.body, (int, float))
        self.assert_code(self.desk.put("disk_used", 1), 405, "GET")
        self.assertEqual(sorted(self.desk.get("variables").body.split("\n")),
                         sorted(["PATH=" + os.environ["PATH"], "LANG=C.UTF-8", "AXIS=x"]))

    def test_status_0_is_the_code_of_the_method(self):
        self.assert_code(self.desk.get("true"), 205)
        self.assert_code(self.desk.put("true", 1), 204)
        self.assert_code(self.desk.post("true"), 203)
        self.assert_code(self.desk.delete("true"), 202)

    def test_another_status_is_500_with_the_end_of_standard_error(self):
        self.assert_code(self.desk.get("fails"), 500, "status 3: no such axis")
        self.assert_code(self.desk.delete("fails"), 500, "no such axis")
        self.assert_code(self.desk.get("floods"), 500, "more than 1KiB")

    def test_a_missing_program_is_reported_at_the_start(self):
        self.daemon.wait_log("GW_1, missing: the program '/none/program' cannot be run: No such file or directory")
        self.assert_code(self.desk.get("missing"), 500, "No such file or directory")

    def test_path_and_body_are_arguments_and_never_more(self):
        self.assert_code(self.desk.put("move/x", 12.5), 204)
        self.assert_code(self.desk.put("move/y", "$$(touch /tmp/x); `id` && ' \" *"), 204)
        for path, body in (("move/w", 1), ("move/xy", 1), ("move/-x", 1), ("move/x", 301), ("move/x", None),
                           ("move/x", "-rf"), ("move/x", "a\nb"), ("move/x", "a\0b"), ("move/x", {"a": 1})):
            with self.subTest(path=path, body=body):
                self.assert_code(self.desk.put(path, body), 400)
        self.assert_code(self.desk.put("move", 1), 404)
        self.assert_code(self.desk.put("move/x/y", 1), 404)
        self.assert_code(self.desk.get("move/x"), 405, "PUT")
        self.assertEqual((self.folder / "moves").read_text(), "x=12.5\ny=$$(touch /tmp/x); `id` && ' \" *\n")

    def test_the_body_is_read_from_standard_input(self):
        self.assert_code(self.desk.put("store", {"a": [1, "grüße"]}), 204)
        self.assertEqual(json.loads((self.folder / "stored").read_text()), {"a": [1, "grüße"]})
        self.assert_code(self.desk.post("store", "x" * 200_000), 203)
        self.assertEqual((self.folder / "stored").stat().st_size, 200_003)

    def test_a_program_that_hangs_costs_its_callers_only(self):
        waiting = [self.desk.send("GET", "hangs") for _ in range(2)]
        self.assert_code(self.desk.get("true"), 205)  # there is still room for one program
        self.assertEqual(self.desk.get("plain").body, 1)
        for each in waiting:
            self.assert_code(each.answer(), 504, "did not end within 1s")
        for pid in (self.folder / "hung").read_text().split():
            self.wait_until(lambda: pid not in self.children(), "the program that hung is killed")

    def test_1000_requests_leave_no_zombie_and_no_descriptor(self):
        descriptors = pathlib.Path(f"/proc/{self.daemon.pid}/fd")
        self.desk.get("true")
        before = len(list(descriptors.iterdir()))
        for _ in range(100):
            for each in [self.desk.send("GET", "true") for _ in range(10)]:
                self.assert_code(each.answer(), 205)
        self.assertEqual(self.children(), [])
        self.assertEqual(len(list(descriptors.iterdir())), before)

    def test_a_stop_ends_what_runs(self):
        waiting = self.desk.send("GET", "hangs")
        hung = self.folder / "hung"
        self.wait_until(lambda: hung.exists() and hung.read_text().endswith("\n"), "the program runs")
        self.daemon.stop()
        self.assert_code(waiting.answer(), 504)
        self.assertFalse(pathlib.Path(f"/proc/{hung.read_text().strip()}").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
