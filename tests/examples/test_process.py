"""config/examples/probe.yaml and its program, examples/process/probe.py, with the real daemon.

MQCOAPD names the daemon.
"""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/integration"))

from harness import IntegrationTest  # noqa: E402

TAG = "2D_XX_0_0001"
PROGRAM = "/usr/local/lib/mqcoap/probe.py"


class Process(IntegrationTest):
    SERVED = (TAG,)

    def setUp(self):
        super().setUp()
        lab = self.broker()
        example = (ROOT / "config/examples/probe.yaml").read_text()
        self.assertIn(PROGRAM, example)
        configuration = example.replace(PROGRAM, str(ROOT / "examples/process/probe.py"))
        self.daemon = self.gateway("brokers: {lab: {url: $LAB}}\n" + configuration, LAB=lab.url)
        self.probe = self.caller(lab, TAG)

    def test_armed_triggered_and_read_once(self):
        self.assert_code(self.probe.post("trigger"), 412, "not armed")
        self.assert_code(self.probe.get("data/0"), 404, "no data")
        self.assert_code(self.probe.post("arm"), 203)
        self.assertEqual(self.probe.get("status").body, "ARMED")
        self.assert_code(self.probe.post("trigger"), 203)
        self.assertEqual(self.assert_code(self.probe.get("data/0"), 205).body,
                         ["800", "DA7", "FFF", "DA7", "800", "258", "000", "258"])
        self.assert_code(self.probe.get("data/0"), 404, "no data")
        for channel in (1, 2, 3):
            self.assertEqual(len(self.assert_code(self.probe.get(f"data/{channel}"), 205).body), 8)
        self.assert_code(self.probe.get("data/4"), 404, "no channel 4")
        self.daemon.wait_log("triggered, 8 samples a channel")

    def test_the_length_of_the_data(self):
        self.assert_code(self.probe.put("data_length", 3), 204)
        self.assertEqual(self.probe.get("data_length").body, 3)
        self.assert_code(self.probe.put("data_length", "long"), 400, "1 to 4096")
        self.assert_code(self.probe.post("arm"), 203)
        self.assert_code(self.probe.post("trigger"), 203)
        self.assertEqual(len(self.probe.get("data/2").body), 3)

    def test_what_is_not_there(self):
        self.assert_code(self.probe.get("gains"), 404, "no gains here")
        self.assert_code(self.probe.get("arm"), 405, "POST")
        self.assertEqual(self.probe.get(".well-known/core").body[0]["path"], "**")


if __name__ == "__main__":
    unittest.main(verbosity=2)
