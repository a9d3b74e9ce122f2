"""The command line tool `mqcoap`, run to completion or left running while a test reads its output."""

import os
import signal
import subprocess
import threading


def program():
    return os.environ["MQCOAP"]


def environment(broker=None, **values):
    """Returns an environment without the user's own settings, in which the default broker is the
    one under test.
    """
    own = ("NO_COLOR", "TERM")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MQCOAP_") and k not in own}
    kept.update(HOME="/nonexistent", XDG_CONFIG_HOME="/nonexistent", TZ="UTC")
    if broker:
        kept["MQCOAP_URL"] = broker.url
    kept.update(values)
    return kept


def run(*arguments, broker=None, stdin=None, timeout=60, folder=None, prefix=(), **variables):
    """@param prefix  a command that runs the program"""
    return subprocess.run(
        [*prefix, program(), *map(str, arguments)],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment(broker, **variables),
        cwd=folder,
    )


class Lines:
    """The lines that arrive through a pipe."""

    def __init__(self, pipe):
        self._lines = []
        self._ended = False
        self._news = threading.Condition()
        self.reader = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self.reader.start()

    def _read(self, pipe):
        for line in pipe:
            with self._news:
                self._lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()
        pipe.close()

    @property
    def all(self):
        with self._news:
            return list(self._lines)

    def first(self, count, timeout=30):
        return self._wait(lambda: self._lines, count, timeout, f"no {count} lines, only")

    def wait(self, words, count=1, timeout=30):
        """Returns the first `count` lines that contain these words."""

        def found():
            return [line for line in self._lines if words in line]

        return self._wait(found, count, timeout, f"no {count} lines with {words!r} among")

    def _wait(self, found, count, timeout, fault):
        with self._news:
            if not self._news.wait_for(lambda: len(found()) >= count or self._ended, timeout) or len(found()) < count:
                raise AssertionError(f"{fault}:\n" + "\n".join(self._lines))
            return found()[:count]


class Tool:
    """A running `mqcoap`."""

    def __init__(self, *arguments, broker=None, prefix=(), **variables):
        self.child = subprocess.Popen(
            [*prefix, program(), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(broker, **variables),
            start_new_session=True,
        )
        self.out = Lines(self.child.stdout)
        self.err = Lines(self.child.stderr)

    def interrupt(self):
        self.child.send_signal(signal.SIGINT)

    def wait_exit(self, timeout=30):
        status = self.child.wait(timeout)
        self.out.reader.join(timeout)
        self.err.reader.join(timeout)
        return status

    def stop(self):
        """Stops it as Ctrl-C does; returns the exit status."""
        if self.child.poll() is None:
            self.interrupt()
        return self.wait_exit()

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
        self.wait_exit()

    @property
    def log(self):
        return "\n".join(self.err.all + self.out.all)
