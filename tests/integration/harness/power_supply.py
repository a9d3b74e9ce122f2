"""A power supply that speaks SCPI, over TCP or on a pseudo-terminal. It can also be run as a program:

    power_supply.py --port 5025
"""

import argparse
import os
import pty
import select
import socketserver
import threading
import tty

OHMS = 100


class PowerSupply:
    """The behaviour of the instrument on any kind of line. `mishaps` maps a command to what goes wrong
    with it: a function of a Line and the answer, which is called instead of sending the answer.
    """

    def __init__(self):
        self._lock = threading.Condition()
        self.heard = []
        self.mishaps = {}
        self.reset()

    def reset(self):
        self.volts, self.output, self.errors = 0.0, 0, []

    def hear(self, line, command):
        with self._lock:
            self.heard.append(command)
            answers = [answer for answer in map(self._run, command.split(";")) if answer is not None]
            self._lock.notify_all()
        if answers:
            mishap = self.mishaps.get(command, Line.say)
            mishap(line, ";".join(answers))

    def wait_heard(self, command, timeout=60):
        with self._lock:
            if not self._lock.wait_for(lambda: command in self.heard, timeout):
                raise TimeoutError(f"{command!r} was not heard, but {self.heard}")

    def _run(self, command):
        name, _, value = command.strip().partition(" ")
        real = self.volts * self.output
        if name in ("VOLT", "OUTP"):
            return self._set(name, value)
        if name == "*RST":
            return self.reset()
        if name == "SYST:ERR?":
            return self.errors.pop(0) if self.errors else '0,"No error"'
        measured = {"*IDN?": "ACME,PSU-30,0001,1.0", "*OPC?": "1", "VOLT?": f"{self.volts:+.6E}", "OUTP?": self.output,
                    "MEAS:VOLT?": f"{real:+.6E}", "MEAS:CURR?": f"{real / OHMS:+.6E}"}
        if name not in measured:
            self.errors.append('-113,"Undefined header"')
            return None
        return str(measured[name])

    def _set(self, name, value):
        try:
            if name == "VOLT":
                self.volts = float(value)
            else:
                self.output = int(value)
        except ValueError:
            self.errors.append('-120,"Numeric data error"')


class Line:
    """A connection to the instrument."""

    def __init__(self, source, send, close):
        self._source, self.send, self.close = source, send, close

    def say(self, answer):
        try:
            self.send(f"{answer}\n".encode())
        except OSError:  # the client has disconnected
            pass

    def serve(self, supply):
        heard = b""
        try:
            while part := self._source():
                *lines, heard = (heard + part).split(b"\n")
                for line in lines:
                    supply.hear(self, line.decode("latin-1").strip("\r"))
        except OSError:
            pass


class TcpSupply(PowerSupply):
    def __init__(self, port=0):
        super().__init__()
        supply = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                supply.connections += 1
                Line(lambda: self.request.recv(4096), self.request.sendall, self.request.close).serve(supply)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.connections = 0
        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class SerialSupply(PowerSupply):
    """A supply at the path `port`. The instrument also keeps the other end open, like a board that
    stays plugged in.
    """

    def __init__(self):
        super().__init__()
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.port = os.ttyname(self._theirs)
        self._wake, self._woken = os.pipe()
        line = Line(self._read, lambda data: os.write(self._ours, data), self.stop)
        self._thread = threading.Thread(target=line.serve, args=(self,), daemon=True)
        self._thread.start()

    def _read(self):
        """Never reads a terminal that is about to be closed, because that would keep it open."""
        ready, _, _ = select.select([self._ours, self._wake], [], [])
        return b"" if self._wake in ready else os.read(self._ours, 4096)

    def stop(self):
        """Simulates unplugging."""
        if not self._thread.is_alive():
            return
        os.write(self._woken, b"x")
        self._thread.join()
        for each in (self._theirs, self._ours, self._wake, self._woken):
            os.close(each)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=5025)
    supply = TcpSupply(parser.parse_args().port)
    print(f"a power supply listens on 127.0.0.1:{supply.port}", flush=True)
    threading.Event().wait()
