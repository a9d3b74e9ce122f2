"""A socket on which something is told: a service manager's, or the journal's."""

import pathlib
import socket
import tempfile


class Datagrams:
    """Binds `socket` in a folder of its own, and keeps what comes."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-socket-")
        self.folder = pathlib.Path(self._folder.name)
        self.path = self.folder / "socket"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self.heard = []

    @property
    def log(self):
        return "\n".join(repr(datagram) for datagram in self.heard)

    def wait(self, judge, timeout=30):
        """The next datagram for which `judge` is true."""
        self._socket.settimeout(timeout)
        while True:
            try:
                datagram = self._socket.recv(1 << 20)
            except TimeoutError:
                raise TimeoutError("what was awaited was not told, but:\n" + self.log) from None
            self.heard.append(datagram)
            if judge(datagram):
                return datagram

    def rest(self):
        """All that has come since, without waiting."""
        self._socket.settimeout(0)
        found = []
        try:
            while True:
                found.append(self._socket.recv(1 << 20))
        except BlockingIOError:
            return found

    def close(self):
        self._socket.close()
        self._folder.cleanup()
