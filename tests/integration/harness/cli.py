"""The `mqcoap` of a user: one broker, a private folder for contexts, and pipes or a terminal."""

import os
import pathlib
import pty
import subprocess
import tempfile

from . import tool


class Cli:
    """Runs mqcoap against one broker, with a private folder for its contexts."""

    def __init__(self, broker=None):
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-cli-")
        self.folder = pathlib.Path(self._folder.name)
        self._broker = ["-L", broker.url] if broker else []

    def run(self, *arguments, stdin=None, **variables):
        """Waits until it exits; the result has .returncode, .stdout and .stderr."""
        return tool.run(*self._broker, *arguments, stdin=stdin, **self._surroundings(variables))

    def start(self, *arguments):
        """Returns a Tool that runs in the background."""
        return tool.Tool(*self._broker, *arguments, **self._surroundings({}))

    def on_terminal(self, *arguments, **variables):
        """Runs with standard output and error on a terminal of 80 columns; returns the status
        and the output.
        """
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            [tool.program(), *self._broker, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env=tool.environment(**self._surroundings({"TERM": "xterm", **variables})),
        )
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other side is closed
            pass
        os.close(ours)
        return child.wait(60), shown.decode().replace("\r\n", "\n")

    def close(self):
        self._folder.cleanup()

    def _surroundings(self, variables):
        return {"XDG_CONFIG_HOME": str(self.folder), **variables}
