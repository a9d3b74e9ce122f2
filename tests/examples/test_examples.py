"""Runs every example with a private broker: it prints what its header describes, and exits after the given
number of rounds.

MQCOAP_EXAMPLES is the folder of the programs.
"""

import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))

from harness import Broker, Bus, PythonCaller  # noqa: E402
from harness.process import Process  # noqa: E402

PROGRAMS = pathlib.Path(os.environ["MQCOAP_EXAMPLES"])


class Examples(unittest.TestCase):
    def setUp(self):
        self.broker = Broker()
        self.addCleanup(self.broker.stop)
        self.where = f"127.0.0.1:{self.broker.port}"

    def run_example(self, name, *further, count=1):
        done = subprocess.run([PROGRAMS / name, self.where, str(count), *further], text=True, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def start(self, name, count=0):
        # Process reads only standard error.
        process = Process(["/bin/sh", "-c", 'exec "$0" "$@" >&2', PROGRAMS / name, self.where, count])
        self.addCleanup(process.kill)
        return process

    def test_device(self):
        done = self.run_example("device", count=2)
        self.assertEqual((done.stdout, done.stderr), ("205 [0,1,2,3,4]\n" * 2, ""))

    def test_device_answers_others(self):
        device = self.start("device")
        device.wait_line("205")
        caller = PythonCaller(self.broker, "2D_XX_0_9999")
        self.addCleanup(caller.bus.close)
        self.assertEqual(caller.get("gains").body, [0, 1, 2, 3, 4])
        self.assertEqual(caller.get("offsets").code, 404)

    def test_poll(self):
        self.start("device").wait_line("205")
        done = self.run_example("poll")
        self.assertEqual(done.stdout, "[0,1,2,3,4]\n")
        self.assertRegex(done.stderr, r"^GET 2D_XX_0_9999/axuv/gains: 205 CONTENT after \d+ us\n$")
        done = self.run_example("poll", "2D_XX_0_9999/axuv/offsets")
        self.assertIn("2D_XX_0_9999 has no offsets: nothing answers to 'offsets' here\n", done.stderr)

    def test_poll_of_nobody(self):
        done = self.run_example("poll")
        self.assertEqual((done.stdout, done.stderr), ("", "no answer: 2D_XX_0_9999 did not answer within 1s\n"))

    def test_edit_request(self):
        self.assertEqual(self.run_example("edit_request").stdout, "gain [0,1,2,3,4]\n")

    def test_raise(self):
        self.assertEqual(self.run_example("raise").stdout,
                         "refused: 2D_XX_0_9997 answered with what are no five gains\n")

    def test_batch(self):
        self.assertEqual(self.run_example("batch").stdout.splitlines(), [
            "channel/0:  0", "channel/1:  1", "channel/2:  2",
            'channel/3: 404 NOT_FOUND "there are channel/0 to channel/2"'])

    def test_publish_events(self):
        bus = Bus(self.broker)
        self.addCleanup(bus.close)
        bus.subscribe("gf_int_v1/+/event/#")
        self.run_example("publish_events")
        message, = bus.wait_topic("gf_int_v1/axuv/event/2D_XX_0_9999/shot")
        self.assertIn(b'"body":{"number":1,"gain":3}', message.payload)

    def test_watch_events(self):
        watcher = self.start("watch_events", count=1)
        watcher.wait_line("listening")
        self.run_example("publish_events")
        self.assertTrue(watcher.wait_line('2D_XX_0_9999 shot {"number":1,"gain":3}'))
        self.assertEqual(watcher.wait_exit(), 0)

    def test_without_a_broker(self):
        self.broker.kill()
        for name in ("device", "poll", "edit_request", "raise", "publish_events"):
            done = subprocess.run([PROGRAMS / name, self.where, "1"], text=True, timeout=60, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 1, name)
            self.assertIn("\n", done.stderr, name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
