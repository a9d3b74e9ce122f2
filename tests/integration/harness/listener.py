"""Servers on a free loopback port, in the process of the test."""

import contextlib
import socket
import threading


class Listener:
    """Serves each connection in a separate thread. @param serve  called with the socket, which is closed
    when it returns
    """

    def __init__(self, serve):
        self._serve = serve
        self._sockets = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"mqtt://127.0.0.1:{self.port}"

    def keep(self, sock):
        """Also closes this socket at the end."""
        self._sockets.append(sock)
        return sock

    def close(self):
        for each in [self._listener, *self._sockets]:
            self.end(each)

    def cut(self):
        """Ends the connections, and accepts new ones."""
        ended, self._sockets = self._sockets, []
        for each in ended:
            self.end(each)

    @staticmethod
    def end(sock):
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                peer = self.keep(self._listener.accept()[0])
                threading.Thread(target=self._run, args=(peer,), daemon=True).start()

    def _run(self, peer):
        with contextlib.suppress(OSError):
            self._serve(peer)
