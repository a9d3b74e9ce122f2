"""A private mosquitto on a free loopback port."""

import pathlib
import re
import signal
import socket
import subprocess
import tempfile

from .process import Process


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

# The whole line, because mosquitto 2.1 prints its user before it.
STARTED = re.compile(r"mosquitto version \S+ running$")


class Broker:
    """A mosquitto for a test.
    @param users  name -> password; none: anyone may connect
    @param acl  lines of a mosquitto ACL file
    @param settings  further configuration lines
    @param doors  the number of additional ports that it listens on; they are `more_ports`
    """

    def __init__(self, users=None, acl=None, settings=(), doors=0):
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-broker-")
        self._users = users or {}
        self._acl = acl
        self._settings = settings
        self._doors = doors
        self.port = None
        self.more_ports = []
        self._process = None
        self._start_somewhere()

    @property
    def url(self):
        return f"mqtt://127.0.0.1:{self.port}"

    def _start_somewhere(self):
        # Another process may take the port between finding and using it.
        for _ in range(20):
            self.port = free_port()
            self.more_ports = [free_port() for _ in range(self._doors)]
            self._write_configuration()
            if self._start():
                return
        raise RuntimeError(f"mosquitto does not start:\n{self._process.log}")

    def _write_configuration(self):
        folder = pathlib.Path(self._folder.name)
        lines = [
            f"listener {self.port} 127.0.0.1",
            "set_tcp_nodelay true",
            "persistence false",
            # Not 0, which is no limit: mosquitto 2.0.11 then closes a connection whose publish it denies.
            "max_queued_messages 1000000",
            "log_dest stderr",
            "log_type error",
            "log_type warning",
            "log_type notice",
            "log_type information",
            # Logs each SUBSCRIBE, so that a test can await the return of a client.
            "log_type subscribe",
            # Otherwise mosquitto, started by root, loses the right to read its own files here.
            "user root",
            *self._settings,
            *(f"listener {port} 127.0.0.1" for port in self.more_ports),
        ]
        if self._users:
            passwords = folder / "passwords"
            passwords.touch(mode=0o600)
            for name, password in self._users.items():
                subprocess.run(["mosquitto_passwd", "-b", str(passwords), name, password], check=True)
            lines += ["allow_anonymous false", f"password_file {passwords}"]
        else:
            lines.append("allow_anonymous true")
        if self._acl:
            (folder / "acl").write_text("\n".join(self._acl) + "\n", encoding="utf-8")
            lines.append(f"acl_file {folder / 'acl'}")
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _start(self):
        self._process = Process([mosquitto(), "-c", pathlib.Path(self._folder.name) / "mosquitto.conf"])
        return self._process.wait_line(STARTED)

    def kill(self):
        """Kills it as a power cut would, without a DISCONNECT."""
        self._process.kill()

    def restart(self):
        """Starts it again on the same port, with no stored state."""
        if self._process.running:
            self.kill()
        if not self._start():
            raise RuntimeError(f"mosquitto does not start again:\n{self._process.log}")

    def reconfigure(self, settings):
        """Starts it again with different configuration lines."""
        self._settings = settings
        self._write_configuration()
        self.restart()

    def stall(self):
        """Stops the process: connections stay open, but nothing is transferred."""
        self._process.signal(signal.SIGSTOP)

    def resume(self):
        self._process.signal(signal.SIGCONT)

    def wait_log(self, words, timeout=30, count=1):
        return self._process.wait_line(words, timeout, count)

    @property
    def log(self):
        return self._process.log

    def stop(self):
        self._process.kill()
        self._folder.cleanup()


def mosquitto():
    # Debian installs it in a folder that is not in the PATH of ordinary users.
    return "/usr/sbin/mosquitto" if pathlib.Path("/usr/sbin/mosquitto").exists() else "mosquitto"
