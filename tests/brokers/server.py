"""A broker from a public package, unpacked and started by findings/start on a free loopback port."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
START = ROOT / "findings/start"
# On a busy machine an Erlang broker starts slowly.
PATIENCE = 240


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The base class of the brokers here.
    @param name  the name that findings/start uses
    @param lines  further configuration lines
    """

    # The login that clients need, unless the broker accepts everybody.
    username = None
    password = None

    def __init__(self, name, lines=()):
        self.name = name
        self._lines = lines
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-brokers-")
        self._child = None
        self.port = free_port()
        self.start()

    @property
    def url(self):
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def log(self):
        return (pathlib.Path(self._folder.name) / "log").read_text(encoding="utf-8", errors="replace")

    def start(self):
        with open(pathlib.Path(self._folder.name) / "log", "ab") as log:
            self._child = subprocess.Popen(
                [START, self.name, self._folder.name, str(self.port), *self._lines],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self.accepts():
            if self._child.poll() == 77:
                raise unittest.SkipTest(self.log.strip().splitlines()[-1])
            if self._child.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self.name} does not start:\n{self.log}")
            time.sleep(0.1)

    def accepts(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def kill(self):
        """Kills all of its processes, as a power cut would."""
        try:
            os.killpg(self._child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._child.wait()

    def stop(self):
        self.kill()
        self._folder.cleanup()
