"""Runs examples/arduino/serial_probe on the host, on a pseudo-terminal, behind
config/examples/probe-serial.yaml and the real daemon.

The Arduino core is replaced by a stand-in (host/); the sketch does not run on a microcontroller.
If avr-g++ and Debian's arduino-core-avr are installed, it is also compiled for an Arduino Uno with
the real core.
"""

import os
import pathlib
import pty
import shutil
import subprocess
import sys
import tempfile
import tty
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from harness import IntegrationTest  # noqa: E402

TAG = "2D_XX_0_0002"
CORE = pathlib.Path("/usr/share/arduino/hardware/arduino/avr")
SKETCH = ROOT / "examples/arduino/serial_probe/serial_probe.ino"


class Board:
    """The sketch on a pseudo-terminal, whose other end stays open, like a board that stays plugged in."""

    def __init__(self):
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.port = os.ttyname(self._theirs)
        self.child = subprocess.Popen([pathlib.Path(os.environ["ARDUINO"], "arduino_serial_probe")], stdin=self._ours,
                                      stdout=self._ours)

    def close(self):
        self.child.kill()
        self.child.wait(30)
        os.close(self._theirs)
        os.close(self._ours)


class SerialProbe(IntegrationTest):
    SERVED = (TAG,)

    def setUp(self):
        super().setUp()
        board = Board()
        self.addCleanup(board.close)
        lab = self.broker()
        example = (ROOT / "config/examples/probe-serial.yaml").read_text()
        # Opening a pseudo-terminal does not restart the sketch.
        example = example.replace("/dev/ttyACM0", board.port).replace("settle: 2s", "settle: 0s")
        self.daemon = self.gateway("brokers: {lab: {url: $LAB}}\n" + example.replace("$", "$$"), LAB=lab.url)
        self.probe = self.caller(lab, TAG)

    def test_armed_triggered_and_read_once(self):
        self.assert_code(self.probe.post("trigger"), 502, "ERR the probe is not armed")
        self.assert_code(self.probe.get("data/0"), 502, "ERR the channel holds no data")
        self.assert_code(self.probe.post("arm"), 205)
        self.assertEqual(self.probe.get("status").body, "ARMED")
        self.assert_code(self.probe.post("trigger"), 205)
        self.assertEqual(self.probe.get("status").body, "TRIGGERED")
        self.assertEqual(self.assert_code(self.probe.get("data/0"), 205).body,
                         ["000", "001", "002", "003", "004", "005", "006", "007"])
        self.assert_code(self.probe.get("data/0"), 502, "ERR the channel holds no data")
        for channel in (1, 2, 3):
            self.assertEqual(self.assert_code(self.probe.get(f"data/{channel}"), 205).body[7], f"{channel}07")
        self.assert_code(self.probe.get("data/4"), 400)

    def test_the_length_of_the_data(self):
        self.assertEqual(self.probe.get("data_length").body, 8)
        self.assert_code(self.probe.put("data_length", 64), 204)
        self.assertEqual(self.probe.get("data_length").body, 64)
        self.assert_code(self.probe.put("data_length", 65), 400, "64")
        self.assert_code(self.probe.post("arm"), 205)
        self.assert_code(self.probe.post("trigger"), 205)
        self.assert_code(self.probe.put("data_length", 1), 204)
        self.assertEqual(len(self.assert_code(self.probe.get("data/3"), 205).body), 64)


class Sketch(unittest.TestCase):
    """Tests the lines directly."""

    def setUp(self):
        self.child = subprocess.Popen([pathlib.Path(os.environ["ARDUINO"], "arduino_serial_probe")], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True, bufsize=1)
        self.addCleanup(self.child.stdout.close)
        self.addCleanup(self.child.wait, 30)
        self.addCleanup(self.child.stdin.close)

    def ask(self, line):
        self.child.stdin.write(line + "\n")
        return self.child.stdout.readline().rstrip("\n")

    def test_there_is_one_answer_to_each_line(self):
        for line, answer in (("status?", "IDLE"), ("length 16\r", "OK"), ("length?", "16"), ("length 0", "ERR a length is 1 to 64"),
                             ("length 1x", "ERR a length is 1 to 64"), ("length ", "ERR a length is 1 to 64"),
                             ("data? 4", "ERR there are the channels 0 to 3"), ("data? ", "ERR there are the channels 0 to 3"),
                             ("data? 00", "ERR there are the channels 0 to 3"), ("", "ERR unknown"), ("arm ", "ERR unknown"),
                             ("x" * 500, "ERR the line is too long"), ("status?" + "\0" * 30, "ERR the line is too long"),
                             ("status?", "IDLE")):
            with self.subTest(line=line[:40]):
                self.assertEqual(self.ask(line), answer)

    @unittest.skipUnless(shutil.which("avr-g++") and CORE.exists(), "avr-g++ and arduino-core-avr are not installed")
    def test_it_compiles_for_an_uno(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                ["avr-g++", "-c", "-x", "c++", "-std=gnu++11", "-Os", "-mmcu=atmega328p", "-DF_CPU=16000000L",
                 "-DARDUINO=10819", "-fno-exceptions", "-fno-threadsafe-statics", "-Wall", "-Wextra", "-Werror",
                 "-I", CORE / "cores/arduino", "-I", CORE / "variants/standard", "-include", CORE / "cores/arduino/Arduino.h",
                 "-o", pathlib.Path(folder, "serial_probe.o"), SKETCH],
                check=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
