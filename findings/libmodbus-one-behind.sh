#!/usr/bin/env bash
# libmodbus 3.1.6 and 3.2.0, Modbus RTU: an answer that comes after the time-out stays in the serial port's
# buffer, and is taken for the answer of the next request. An answer of RTU does not name the register, so there
# is no error: register 200 reads as 100, and every later read is one behind as well, until the program ends.
# modbus_set_error_recovery() with LINK and PROTOCOL waits for a second time-out and then empties the buffer: an
# answer that is even later still shifts all others. pymodbus 3.8.6 empties it before each request.
#
# The device below is a pseudo terminal. Each register holds its own number, and only the first answer is late.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libmodbus-dev=3.1.6-2.1+deb12u1 libmodbus5=3.1.6-2.1+deb12u1
debian_all forky "$work/new" libmodbus5=3.2.0-1
debian trixie "$work/py" python3-pymodbus=3.8.6-2 python3-serial=3.5-2
compile "$work/root" -lmodbus <<'CPP'
#include <modbus/modbus.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
int main(int count, char** argument) {
  modbus_t* bus = modbus_new_rtu(argument[1], 115200, 'N', 8, 1);
  modbus_set_slave(bus, 1);
  modbus_set_response_timeout(bus, 0, 500000);
  if (count > 2)
    modbus_set_error_recovery(bus, static_cast<modbus_error_recovery_mode>(MODBUS_ERROR_RECOVERY_LINK |
                                                                           MODBUS_ERROR_RECOVERY_PROTOCOL));
  if (modbus_connect(bus) != 0) return 1;
  for (int number = 100; number <= 400; number += 100) {
    std::uint16_t value = 0;
    if (modbus_read_registers(bus, number, 1, &value) == 1) std::printf("%d: %d\n", number, value);
    else std::printf("%d: %s\n", number, modbus_strerror(errno));
    // The device says here that the late answer has been sent.
    if (number == 100) std::scanf("%*s");
  }
}
CPP
cat >"$work/device.py" <<'PY'
import fcntl, os, pty, struct, subprocess, sys, termios, time, tty

def checksum(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return struct.pack("<H", crc)

bus, port = pty.openpty()
tty.setraw(port)
program = subprocess.Popen([word.replace("PORT", os.ttyname(port)) for word in sys.argv[2:]],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
first = True
for _ in range(4):
    request = b""
    while len(request) < 8:
        request += os.read(bus, 8 - len(request))
    unit, function, register, _ = struct.unpack(">BBHH", request[:6])
    if first:
        time.sleep(float(sys.argv[1]))
    answer = struct.pack(">BBBH", unit, function, 2, register)
    os.write(bus, answer + checksum(answer))
    if first:
        # The kernel hands the bytes over a little later.
        while struct.unpack("i", fcntl.ioctl(port, termios.FIONREAD, b"\0\0\0\0"))[0] < len(answer) + 2:
            time.sleep(0.01)
        program.stdin.write(b"sent\n")
        program.stdin.close()
        first = False
sys.stdout.write(program.stdout.read().decode())
PY
behind="100: Connection timed out
200: 100
300: 200
400: 300"
right="100: Connection timed out
200: 200
300: 300
400: 400"
new=("$work/new/usr/lib64/ld-linux-x86-64.so.2" --library-path "$work/new/usr/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu")
device() { "$python" "$work/device.py" "$@" || changed "the device failed"; }
expect "libmodbus 3.1.6, number of the register and its value, first answer after 1.5 time-outs" "$behind" \
  "$(device 0.75 "$work/program" PORT)"
expect "the same with error recovery" "$right" "$(device 0.75 "$work/program" PORT recover)"
expect "with error recovery, first answer after 3 time-outs" "$behind" "$(device 1.5 "$work/program" PORT recover)"
expect "libmodbus 3.2.0, after 1.5 time-outs" "$behind" "$(device 0.75 "${new[@]}" "$work/program" PORT)"
cat >"$work/client.py" <<'PY'
import logging, sys
from pymodbus.client import ModbusSerialClient
from pymodbus.exceptions import ModbusIOException
logging.disable()
client = ModbusSerialClient(port=sys.argv[1], baudrate=115200, timeout=0.5, retries=0)
client.connect()
for number in (100, 200, 300, 400):
    try:
        print(f"{number}: {client.read_holding_registers(number, count=1, slave=1).registers[0]}")
    except ModbusIOException:
        print(f"{number}: Connection timed out")
    if number == 100:
        sys.stdin.readline()
PY
expect "pymodbus 3.8.6" "$right" "$(PYTHONPATH=$work/py/usr/lib/python3/dist-packages device 1.5 "$python" "$work/client.py" PORT)"
