"""The command line `mqcoap` under test."""

import os
import pathlib
import pty
import signal
import subprocess
import tempfile
import threading


def mqcoap():
    return os.environ["MQCOAP"]


def environment(folder, **more):
    """Nothing of the person who runs the tests: neither contexts nor variables."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MQCOAP_") and k not in ("NO_COLOR", "TERM")}
    return {**kept, "XDG_CONFIG_HOME": str(folder), **more}


class Cli:
    """Runs mqcoap against one broker, with a private folder for its contexts."""

    def __init__(self, broker=None):
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-cli-")
        self.folder = pathlib.Path(self._folder.name)
        self._broker = ["-L", broker.url] if broker else []

    def run(self, *arguments, stdin=None, **variables):
        """Ends with .returncode, .stdout and .stderr; what follows a verb."""
        return subprocess.run(
            [mqcoap(), *self._broker, *map(str, arguments)],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(self.folder, **variables),
        )

    def start(self, *arguments):
        """Runs in the background; its standard output is read as it comes."""
        return Running([mqcoap(), *self._broker, *map(str, arguments)], environment(self.folder))

    def on_terminal(self, *arguments, **variables):
        """Standard output and error are one terminal of 80 columns; returns the status and what it showed."""
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            [mqcoap(), *self._broker, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env=environment(self.folder, TERM="xterm", **variables),
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


class Running:
    def __init__(self, arguments, variables):
        self._news = threading.Condition()
        self._lines = []
        self._ended = False
        self.child = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=variables,
            start_new_session=True,
        )
        self._errors = []
        self._readers = [
            threading.Thread(target=self._read, args=(self.child.stdout, self._lines), daemon=True),
            threading.Thread(target=self._read, args=(self.child.stderr, self._errors), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, lines):
        for line in stream:
            with self._news:
                lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()
        stream.close()

    @property
    def lines(self):
        with self._news:
            return list(self._lines)

    @property
    def errors(self):
        with self._news:
            return list(self._errors)

    def _wait(self, lines, enough, timeout):
        with self._news:
            if not self._news.wait_for(lambda: enough(lines) or self._ended, timeout) or not enough(lines):
                raise TimeoutError(f"mqcoap said only {self._lines} and {self._errors}")

    def wait_lines(self, count, timeout=30):
        """The first lines of standard output."""
        self._wait(self._lines, lambda lines: len(lines) >= count, timeout)
        return self.lines[:count]

    def wait_line(self, words, timeout=30):
        self._wait(self._lines, lambda lines: any(words in line for line in lines), timeout)

    def wait_error(self, words, timeout=30):
        self._wait(self._errors, lambda lines: any(words in line for line in lines), timeout)

    def interrupt(self, number=signal.SIGINT):
        self.child.send_signal(number)
        return self.wait_exit()

    def wait_exit(self, timeout=30):
        status = self.child.wait(timeout)
        for reader in self._readers:
            reader.join(timeout)
        return status

    def stop(self):
        if self.child.poll() is None:
            self.child.kill()
        self.wait_exit()
