#!/usr/bin/env bash
# pyserial 3.5: a port behind a serial server, socket://host:port, says that one byte waits, however many do: in_waiting
# is 0 or 1 there. Programs that read what is there, with read(in_waiting) or read_all(), get the first digit of the
# reading and the rest later, piece by piece: 20.5 V is 2 V. On a real port (here a pseudo terminal) and with loop://
# the same lines get the whole reading. The documentation says that in_waiting is the number of bytes in the receive
# buffer; of socket:// it says that settings and control lines are ignored, and that data is carried.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" python3-serial=3.5-1.1
cat >"$work/program.py" <<'PY'
import fcntl, os, pty, socket, struct, termios, time, tty
import serial

print("pyserial", serial.__version__)
reading = b"20.5\r\n"

def arrive(handle):
    """Waits until the kernel has the whole reading for this side."""
    deadline = time.monotonic() + 20
    while struct.unpack("i", fcntl.ioctl(handle, termios.FIONREAD, b"\0\0\0\0"))[0] < len(reading):
        assert time.monotonic() < deadline
        time.sleep(0.01)

def show(name, send, handle, port):
    for way in ("read(in_waiting)", "read_all()"):
        port.reset_input_buffer()
        send(reading)
        if handle is not None:
            arrive(handle)
        waiting = port.in_waiting
        print(f"{name}: in_waiting {waiting}, {way}:", port.read(waiting) if way != "read_all()" else port.read_all())

device, end = pty.openpty()
tty.setraw(end)
with serial.serial_for_url(os.ttyname(end), timeout=5) as port:
    show("terminal", lambda data: os.write(device, data), port.fileno(), port)
with serial.serial_for_url("loop://", timeout=5) as port:
    show("loop://", port.write, None, port)
with socket.create_server(("127.0.0.1", 0)) as server:
    with serial.serial_for_url("socket://127.0.0.1:%d" % server.getsockname()[1], timeout=5) as port:
        peer, _ = server.accept()
        show("socket://", peer.sendall, port.fileno(), port)
        port.reset_input_buffer()
        peer.sendall(reading)
        print("socket://: read_until():", port.read_until())
PY
expect "a reading of 6 bytes that has arrived" "pyserial 3.5
terminal: in_waiting 6, read(in_waiting): b'20.5\r\n'
terminal: in_waiting 6, read_all(): b'20.5\r\n'
loop://: in_waiting 6, read(in_waiting): b'20.5\r\n'
loop://: in_waiting 6, read_all(): b'20.5\r\n'
socket://: in_waiting 1, read(in_waiting): b'2'
socket://: in_waiting 1, read_all(): b'2'
socket://: read_until(): b'20.5\r\n'" \
  "$(PYTHONPATH=$work/root/usr/lib/python3/dist-packages "$python" "$work/program.py" 2>&1)"
