"""A private PostgreSQL server on a socket in a temporary directory."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

from .case import IntegrationTest


def programs():
    """Returns the folder of the newest installed server's programs."""
    found = [p for p in pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres") if p.parent.parent.name.isdigit()]
    if not found:
        raise AssertionError("no PostgreSQL in /usr/lib/postgresql")
    return max(found, key=lambda p: int(p.parent.parent.name)).parent


class Postgres:
    """A server with superuser `gw` and database `mqcoap`. If the test runs as root, it runs as `nobody`,
    because PostgreSQL refuses root.
    """

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="mqcoap-postgres-")
        self._as = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._data = os.path.join(self.folder, "data")
        self._server = None
        self._run("initdb", "-D", self._data, "-U", "gw", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()
        self.sql("CREATE DATABASE mqcoap", "postgres")

    @property
    def url(self):
        return f"postgresql://gw@{urllib.parse.quote(self.folder, safe='')}/mqcoap"

    @property
    def log(self):
        file = pathlib.Path(self.folder) / "server.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def _run(self, program, *arguments):
        done = subprocess.run(
            [programs() / program, *arguments], capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL, **self._as
        )
        if done.returncode != 0:
            raise AssertionError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout.rstrip("\n")

    def sql(self, statements, database="mqcoap"):
        """Returns the rows, with | between their columns."""
        return self._run(
            "psql", "-h", self.folder, "-U", "gw", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statements
        )

    def start(self):
        with open(os.path.join(self.folder, "server.log"), "ab") as log:
            self._server = subprocess.Popen(
                [programs() / "postgres", "-D", self._data, "-k", self.folder, "-c", "listen_addresses="],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True, **self._as,
            )
        state = pathlib.Path(self._data) / "postmaster.pid"
        end = time.monotonic() + 60
        while time.monotonic() < end and self._server.poll() is None:
            with contextlib.suppress(OSError, IndexError):  # the file is being written
                lines = state.read_text().splitlines()
                if lines[0] == str(self._server.pid) and "ready" in lines[-1]:
                    return
            time.sleep(0.02)
        raise AssertionError(f"PostgreSQL does not start:\n{self.log}")

    def stop(self):
        """Stops it as at a restart of its host: open transactions are rolled back."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait(60)

    def kill(self):
        """Kills all of its processes with SIGKILL."""
        self._signal_all(signal.SIGKILL)
        self._server.wait(60)

    def pause(self):
        """Stops all processes: the kernel still accepts connections, but they are not answered."""
        self._server.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._server.pid, os.WSTOPPED | os.WNOWAIT)
        self._signal_all(signal.SIGSTOP)

    def resume(self):
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number):
        children = pathlib.Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children")
        for pid in [self._server.pid, *map(int, children.read_text().split())]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def close(self):
        if self._server is not None and self._server.poll() is None:
            self.resume()
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresTest(IntegrationTest):
    """The base class of tests with a database, whose log is shown if they fail."""

    def setUp(self):
        super().setUp()
        self.database = Postgres()
        self._logs.append(("PostgreSQL", self.database))
        self.addCleanup(self.database.close)
