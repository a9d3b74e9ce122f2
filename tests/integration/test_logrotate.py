"""The shipped logrotate file with the real logrotate: the log of a running gateway is rotated without
losing a line.

Exits with 77 if logrotate is not installed.
"""

import getpass
import grp
import gzip
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from harness import IntegrationTest

LOGROTATE = shutil.which("logrotate", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
FILE = pathlib.Path(__file__).resolve().parent.parent.parent / "systemd/mqcoapd.logrotate"
CONFIGURATION = """
    version: 1
    brokers: {lab: {url: $LAB}}
    logging: {target: {file: $LOG}, level: debug}
    devices:
      GW_1:
        resources: {x: {value: 1}}
"""


class Logrotate(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-logrotate-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.logs = self.folder / "log"
        self.logs.mkdir(mode=0o755)
        self.log = self.logs / "mqcoapd.log"
        self.pid = None
        text = FILE.read_text(encoding="utf-8")
        self.assertIn("/var/log/mqcoap/", text)
        self.assertIn("\tsu mqcoap mqcoap\n", text)
        text = text.replace("/var/log/mqcoap/", f"{self.logs}/")
        text = text.replace("su mqcoap mqcoap", f"su {getpass.getuser()} {grp.getgrgid(os.getgid()).gr_name}")
        self.file = self.folder / "mqcoapd"
        self.file.write_text(text, encoding="utf-8")
        self.file.chmod(0o644)
        self.systemctl("exit 3")

    def systemctl(self, script):
        """Replaces the service manager: `is-active` reports whether there is a gateway, and `reload` does
        what the unit does.
        """
        program = self.folder / "systemctl"
        program.write_text(f'#!/bin/sh\necho "$@" >>{self.folder}/asked\n{script}\n', encoding="utf-8")
        program.chmod(0o755)

    def rotate(self, *options):
        done = subprocess.run(
            [LOGROTATE, "-s", self.folder / "state", *options, self.file],
            text=True,
            capture_output=True,
            env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"},
        )
        self.assertEqual((done.returncode, done.stderr if "-d" not in options else ""), (0, ""), done.stderr)
        return done

    def lines(self):
        """Returns the lines of all files, the oldest first."""
        text = ""
        for name in sorted(self.logs.iterdir(), reverse=True):
            text += gzip.decompress(name.read_bytes()).decode() if name.suffix == ".gz" else name.read_text()
        return text.splitlines()

    def test_without_a_log_it_does_nothing(self):
        self.rotate("-f")
        self.assertEqual(list(self.logs.iterdir()), [])
        self.assertFalse((self.folder / "asked").exists())

    def test_of_a_service_that_is_stopped_the_log_is_rotated_and_nothing_is_started(self):
        self.log.write_text("a line\n")
        self.rotate("-f")
        self.assertEqual([f.name for f in self.logs.iterdir()], ["mqcoapd.log.1"])
        self.assertEqual((self.folder / "asked").read_text(), "is-active --quiet mqcoapd.service\n")

    def test_a_running_gateway_goes_on_in_a_new_file(self):
        lab = self.broker()
        # Its log is in the file, so `ready` does not appear on standard error.
        gateway = self.gateway(CONFIGURATION, ready=False, LAB=lab.url, LOG=str(self.log))
        caller = self.caller(lab, "GW_1")
        lab.wait_log("/request/GW_1/+")
        self.systemctl(f"case $1 in reload) kill -HUP {gateway.pid};; esac")
        asked = 0

        def ask_until_log_has(words):
            # Lines reach the file with a delay; a new file is opened at the reload.
            nonlocal asked
            end = time.monotonic() + 60
            while words not in (self.log.read_text() if self.log.exists() else ""):
                self.assertLess(time.monotonic(), end, f"{words!r} does not come")
                self.assert_code(caller.get("x"), 205)
                asked += 1

        for _ in range(3):
            ask_until_log_has("GET GW_1/axuv/x")
            known = self.log.stat().st_ino
            self.rotate("-f")
            self.assertEqual((self.logs / "mqcoapd.log.1").stat().st_ino, known)
            ask_until_log_has("the configuration is in force")  # two signals during a reload count as one
        ask_until_log_has("GET GW_1/axuv/x")
        gateway.stop()
        self.assertEqual(
            sorted(f.name for f in self.logs.iterdir()),
            ["mqcoapd.log", "mqcoapd.log.1", "mqcoapd.log.2.gz", "mqcoapd.log.3.gz"],
        )
        lines = self.lines()
        self.assertEqual(sum(" starts with " in line for line in lines), 1)
        self.assertEqual(sum("the configuration is in force" in line for line in lines), 3)
        self.assertEqual(sum("GET GW_1/axuv/x -> 205" in line for line in lines), asked)
        self.assertIn("stopped", lines[-1])

    def test_it_says_what_it_would_do(self):
        self.log.write_text("a line\n")
        said = self.rotate("-d").stderr
        self.assertNotIn("error", said)
        self.assertIn("after 1 days", said)


if __name__ == "__main__":
    if not LOGROTATE:
        print("skipped: logrotate is not installed (apt-get install logrotate)")
        sys.exit(77)
    unittest.main(verbosity=2)
