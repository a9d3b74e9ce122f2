"""A gateway under test."""

import os
import pathlib
import signal
import string
import tempfile
import textwrap

from .process import Process


def program():
    return os.environ["MQCOAPD"]


class Gateway:
    """Starts `mqcoapd --config FILE`.
    @param configuration  YAML; `$NAME` is replaced by the value given by keyword
    @param ready  wait until it reports that it is ready
    @param prefix  of the command, e.g. to run it in separate namespaces
    """

    def __init__(self, configuration, ready=True, environment=None, prefix=(), **values):
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-gateway-")
        self.file = pathlib.Path(self._folder.name) / "mqcoap.yaml"
        self._values = values
        self.configure(configuration)
        self._process = Process(
            [*prefix, program(), "--config", self.file], {**os.environ, **environment} if environment else None
        )
        self._stopped = False
        if ready:
            try:
                self.wait_ready()
            except BaseException:
                self._process.kill()
                raise

    def configure(self, configuration):
        """Replaces the file atomically, because a gateway may be reading it."""
        text = string.Template(textwrap.dedent(configuration)).substitute(self._values)
        new = self.file.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(self.file)

    def reload(self, configuration=None, good=True):
        """Reloads with SIGHUP; returns after the gateway has reported the outcome."""
        if configuration:
            self.configure(configuration)
        outcome = "the configuration is in force" if good else "the reload failed and changes nothing"
        before = len(self._process.lines_with(outcome))
        self.signal(signal.SIGHUP)
        self.wait_log(outcome, before + 1)

    def wait_ready(self):
        if not self._process.wait_line("ready:"):
            raise AssertionError(f"mqcoapd ended with {self._process.wait_exit()}:\n{self.log}")

    def wait_log(self, words, count=1):
        if not self._process.wait_line(words, count=count):
            raise AssertionError(f"mqcoapd ended without saying {words!r}:\n{self.log}")

    @property
    def log(self):
        return self._process.log

    @property
    def running(self):
        return self._process.running

    @property
    def pid(self):
        return self._process.child.pid

    def signal(self, number):
        self._process.signal(number)

    def wait_exit(self):
        self._stopped = True
        return self._process.wait_exit()

    def stop(self):
        """Stops it with SIGTERM, as a service manager does; a clean stop exits with 0."""
        if not self._stopped:
            self._stopped = True
            if self.running:
                self.signal(signal.SIGTERM)
            status = self._process.wait_exit()
            if status != 0:
                raise AssertionError(f"mqcoapd ended with {status}:\n{self.log}")
        self._folder.cleanup()
