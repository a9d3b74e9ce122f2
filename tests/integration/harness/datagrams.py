"""A socket that receives notifications, like that of a service manager or of the journal."""

import contextlib
import pathlib
import socket
import tempfile


class Datagrams:
    """Binds `socket` in a separate folder and stores what it receives."""

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
        """Returns the next datagram for which `judge` is true."""
        self._socket.settimeout(timeout)
        while True:
            try:
                datagram = self._socket.recv(1 << 20)
            except TimeoutError:
                raise TimeoutError("what was awaited was not told, but:\n" + self.log) from None
            self.heard.append(datagram)
            if judge(datagram):
                return datagram

    FILLING = "of somebody else"

    def fill(self):
        """Sends until the buffer is full; returns the number of datagrams."""
        count = 0
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    other.sendto(self.FILLING.encode(), str(self.path))
                    count += 1
        return count

    def rest(self):
        """Returns everything that has arrived since, without waiting."""
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
