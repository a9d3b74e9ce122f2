"""A child process whose standard error is read continuously, so that a test can wait for a line."""

import re
import signal
import subprocess
import threading


class Process:
    def __init__(self, arguments, environment=None):
        self.arguments = [str(a) for a in arguments]
        self._lines = []
        self._news = threading.Condition()
        self._ended = False
        self.child = subprocess.Popen(
            self.arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            # Ctrl-C at the terminal reaches only the parent, which then stops its children in order.
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.child.stderr:
            with self._news:
                self._lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()
        self.child.stderr.close()

    @property
    def log(self):
        with self._news:
            return "\n".join(self._lines)

    @property
    def running(self):
        return self.child.poll() is None

    def lines_with(self, words):
        with self._news:
            return [line for line in self._lines if words in line]

    def wait_line(self, words, timeout=30, count=1):
        """Waits until `count` lines contain these words or match this pattern; returns false if the
        process exits before that.
        """
        matches = words.search if isinstance(words, re.Pattern) else lambda line: words in line

        def there():
            return sum(bool(matches(line)) for line in self._lines) >= count

        with self._news:
            if not self._news.wait_for(lambda: there() or self._ended, timeout):
                raise TimeoutError(f"{self.arguments[0]} did not say {words!r}:\n" + "\n".join(self._lines))
            return there()

    def signal(self, number):
        self.child.send_signal(number)

    def wait_exit(self, timeout=30):
        """Returns the exit status; a process that does not exit in time is killed."""
        try:
            status = self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TimeoutError(f"{self.arguments[0]} did not end:\n{self.log}") from None
        self._reader.join(timeout)
        return status

    def kill(self):
        if self.running:
            self.signal(signal.SIGCONT)
            self.child.kill()
        self.child.wait()
        self._reader.join(10)
