"""Files as resources, over a real broker."""

import os
import pathlib
import tempfile
import unittest

from harness import IntegrationTest

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
    devices:
      GW_1:
        resources:
          temperature: {file: $FOLDER/temp, parse: number, expr: x / 1000, unit: Cel}
          setpoint:
            file: {path: $FOLDER/setpoint, methods: [GET, PUT], atomic: true}
            parse: number
            schema: {type: number, minimum: 0, maximum: 300}
          uptime: {file: /proc/uptime, parse: {regex: '^(\\S+)', as: number}}
          logs/**: {file: {under: $FOLDER/logs, max: 1KiB}}
          slow: {file: $FOLDER/temp, parse: number, cache: 1h}
          tree: {file: $FOLDER/tree, parse: json}
          os: {file: {path: /proc/sys/kernel/ostype, methods: [GET, PUT], atomic: true}}
    limits: {depth: 4}
"""


class Files(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "logs/today").mkdir(parents=True)
        (self.folder / "temp").write_text("21500\n")
        (self.folder / "logs/today/a.log").write_text("started\n")
        (self.folder / "secret").write_text("secret")
        os.symlink("../secret", self.folder / "logs/link")
        os.mkfifo(self.folder / "logs/fifo")
        self.lab = self.broker()
        self.served = self.gateway(CONFIGURATION, LAB=self.lab.url, FOLDER=str(self.folder))
        self.desk = self.caller(self.lab, "GW_1")

    def test_a_file_is_a_value(self):
        self.assertEqual(self.assert_code(self.desk.get("temperature"), 205).body, 21.5)
        (self.folder / "temp").write_text("22000\n")
        self.assertEqual(self.desk.get("temperature").body, 22)
        self.assertGreater(self.desk.get("uptime").body, 0)
        (self.folder / "temp").write_text("off\n")
        answer = self.assert_code(self.desk.get("temperature"), 500)
        self.assertEqual(answer.body, "temperature: it is not a number; this was read: 'off'")
        (self.folder / "temp").unlink()
        self.assert_code(self.desk.get("temperature"), 404)

    def test_a_value_is_no_deeper_than_its_payload_may_be(self):
        (self.folder / "tree").write_text("[[[1]]]")
        self.assertEqual(self.assert_code(self.desk.get("tree"), 205).body, [[[1]]])
        (self.folder / "tree").write_text("[[[[1]]]]")
        self.assert_code(self.desk.get("tree"), 500)

    def test_a_file_that_cannot_be_replaced_is_reported_at_the_start(self):
        # The kernel lets nobody create a file there, not even root.
        self.assert_logged(self.served, "GW_1, os: the file '/proc/sys/kernel/ostype' cannot be written: "
                                        "no file can be created in its folder: ")
        self.assertNotIn("setpoint", self.served.log)
        self.assertNotIn("no such folder", self.desk.put("os", "x").body)
        self.assertEqual(self.desk.get("os").body, "Linux")

    def test_a_put_writes_what_the_schema_allows(self):
        self.assert_code(self.desk.get("setpoint"), 404)
        self.assert_code(self.desk.put("setpoint", 20.5), 204)
        self.assertEqual((self.folder / "setpoint").read_text(), "20.5")
        self.assertEqual(self.desk.get("setpoint").body, 20.5)
        self.assert_code(self.desk.put("setpoint", 301), 400)
        self.assert_code(self.desk.put("setpoint", "hot"), 400)
        self.assert_code(self.desk.put("temperature", 1), 405)
        self.assertEqual((self.folder / "setpoint").read_text(), "20.5")

    def test_a_tree_gives_what_is_beneath_its_folder_and_nothing_else(self):
        self.assertEqual(self.assert_code(self.desk.get("logs/today/a.log"), 205).body, "started")
        self.assert_code(self.desk.get("logs/none"), 404)
        for path in ("logs/link", "logs/fifo", "logs/today"):
            self.assert_code(self.desk.get(path), 403)
        (self.folder / "logs/large").write_text("x" * 1025)
        self.assertIn("larger than 1KiB", self.assert_code(self.desk.get("logs/large"), 500).body)

    def test_a_reading_is_given_again_while_the_cache_holds(self):
        self.assertEqual(self.desk.get("slow").body, 21500)
        (self.folder / "temp").write_text("1\n")
        self.assertEqual(self.desk.get("slow").body, 21500)
        self.assertEqual(self.desk.get("temperature").body, 0.001)

    def test_discovery_tells_the_kind(self):
        found = {each["path"]: each for each in self.desk.get(".well-known/core").body}
        self.assertEqual(found["setpoint"]["type"], "file")
        self.assertEqual(found["setpoint"]["methods"], ["GET", "PUT"])
        self.assertEqual(found["temperature"]["unit"], "Cel")


if __name__ == "__main__":
    unittest.main(verbosity=2)
