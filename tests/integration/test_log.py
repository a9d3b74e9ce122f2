"""A log that nobody reads: an unread pipe, terminal or journal must delay neither answers nor the exit."""

import contextlib
import fcntl
import os
import pathlib
import pty
import re
import signal
import subprocess
import tempfile
import threading
import unittest

from harness import Datagrams, IntegrationTest, journal_stand_in
from harness.gateway import program

# Each log line is about 20 KB, so that a few hundred of them exceed the gateway's buffer.
CONFIGURATION = """
version: 1
brokers:
  lab: {url: %s}
devices:
  GW_1:
    subsystems: [axuv]
    resources:
      large: {value: "%s"}
logging: {level: debug, target: %s, body: 20000}
"""
LARGE = "x" * 20000
SUBSCRIBED = "gf_int_v1/+/request/GW_1/+"
# On a terminal, the level is in colour.
DROPPED = re.compile(r" (?:\x1b\[[0-9;]*m)*warning(?:\x1b\[[0-9;]*m)*: (\d+) lines of the log were dropped here")


class Unread:
    """A gateway whose standard error is a descriptor that is read when the test decides."""

    def __init__(self, file, ends):
        self._reading, writing = ends
        self.child = subprocess.Popen(
            [program(), "--config", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=writing,
            start_new_session=True,
        )
        os.close(writing)
        self._text = ""
        self._news = threading.Condition()
        self._reader = None

    @property
    def log(self):
        with self._news:
            return self._text

    def read_on(self):
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        # Reading from a closed terminal is an error; reading from a closed pipe returns nothing.
        with contextlib.suppress(OSError):
            while some := os.read(self._reading, 1 << 16):
                with self._news:
                    self._text += some.decode("utf-8", "replace")
                    self._news.notify_all()

    def wait_log(self, pattern, timeout=60):
        with self._news:
            if not self._news.wait_for(lambda: pattern.search(self._text), timeout):
                raise TimeoutError(f"{pattern.pattern!r} did not come")
            return pattern.search(self._text)

    def close(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        if self._reader:
            self._reader.join(30)
        os.close(self._reading)


def open_pipe():
    ends = os.pipe()
    fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, 4096)
    return ends


class NobodyReads(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-log-")
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "mqcoap.yaml"
        self.file.write_text(CONFIGURATION % (self.lab.url, LARGE, "stderr"), encoding="utf-8")

    def start(self, ends):
        gateway = Unread(self.file, ends)
        self._logs.append(("mqcoapd", gateway))
        self.addCleanup(gateway.close)
        self.lab.wait_log(SUBSCRIBED)
        return gateway

    def flood(self, count=500):
        """Checks that all requests are answered although no log line is read."""
        desk = self.caller(self.lab, "GW_1")
        for _ in range(count // 10):
            for pending in [desk.send("GET", "large") for _ in range(10)]:
                self.assert_code(pending.answer(), 205)
        return desk

    def test_answers_come_while_a_pipe_is_not_read_and_the_log_tells_of_the_gap(self):
        self.read_late(open_pipe())

    def test_answers_come_while_a_terminal_is_not_read_and_the_log_tells_of_the_gap(self):
        self.read_late(pty.openpty())

    def read_late(self, ends):
        gateway = self.start(ends)
        desk = self.flood()
        dropped = desk.get(".gw/status").body["log"]["dropped"]
        self.assertGreater(dropped, 0)
        gateway.read_on()
        told = int(gateway.wait_log(DROPPED).group(1))
        self.assertGreaterEqual(told, dropped)
        self.assertRegex(gateway.log, r"mqcoapd \S+ starts with ")
        # Lines from before the gap precede the line that reports it, and new ones follow it.
        self.assert_code(desk.get("nothing"), 404)
        gateway.wait_log(re.compile(r"GW_1/axuv/nothing -> 404"))
        self.assertLess(gateway.log.index("/large -> 205"), gateway.log.index("lines of the log were dropped"))
        self.assertLess(gateway.log.index("lines of the log were dropped"), gateway.log.index("/nothing -> 404"))
        self.assertEqual(desk.get(".gw/status").body["log"]["dropped"], told)
        gateway.child.send_signal(signal.SIGTERM)
        self.assertEqual(gateway.child.wait(60), 0)

    def test_a_pipe_that_is_not_read_does_not_hold_up_the_exit(self):
        gateway = self.start(open_pipe())
        self.flood(20)
        gateway.child.send_signal(signal.SIGTERM)
        self.assertEqual(gateway.child.wait(60), 0)


@unittest.skipUnless(journal_stand_in.available(), "needs user namespaces, for a journal of its own")
class JournalThatDoesNotRead(IntegrationTest):
    SERVED = ("GW_1",)
    REQUESTS = 1000  # more than a socket can buffer

    def test_answers_come_and_nothing_that_fits_is_lost(self):
        journal = Datagrams()
        self.addCleanup(journal.close)
        lab = self.broker()
        configuration = CONFIGURATION % ("$LAB", "small", "journal")
        self.gateway(configuration, LAB=lab.url, ready=False, prefix=journal_stand_in.prefix(journal.folder))
        lab.wait_log(SUBSCRIBED)
        desk = self.caller(lab, "GW_1")
        for _ in range(self.REQUESTS):
            self.assert_code(desk.get("large"), 205)
        status = desk.get(".gw/status")
        self.assertEqual(status.body["log"], {"dropped": 0})
        seen = 0
        while seen < self.REQUESTS:
            journal.wait(lambda datagram: b"/large -> 205" in datagram)
            seen += 1


class FileThatIsFull(IntegrationTest):
    SERVED = ("GW_1",)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_it_is_reported_once_and_counted(self):
        lab = self.broker()
        configuration = CONFIGURATION % ("$LAB", "small", "{file: /dev/full}")
        gateway = self.gateway(configuration, LAB=lab.url, ready=False)
        gateway.wait_log("the log cannot be written: No space left on device")
        lab.wait_log(SUBSCRIBED)
        desk = self.caller(lab, "GW_1")
        self.assert_code(desk.get("large"), 205)
        self.assertEqual(gateway.log.count("cannot be written"), 1)
        # They are counted on the thread that writes the log.
        self.wait_until(lambda: desk.get(".gw/status").body["log"]["dropped"] >= 3, "3 lines counted as lost")


if __name__ == "__main__":
    unittest.main(verbosity=2)
