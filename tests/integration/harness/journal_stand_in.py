"""Runs a command for which /run/systemd/journal is another folder, and whose standard error may be the
journal's stream.

    unshare --map-root-user --mount python3 journal_stand_in.py FOLDER stream|none PROGRAM ARGUMENTS...

Only programs in this namespace are affected; the system's journal receives nothing.
"""

import os
import subprocess
import sys

PLACE = "/run/systemd/journal"
UNSHARE = ["unshare", "--map-root-user", "--mount"]


def available():
    return subprocess.run([*UNSHARE, "mount", "-t", "tmpfs", "none", "/run"], capture_output=True, check=False).returncode == 0


def prefix(folder, stream=False):
    """Returns the prefix for a command."""
    return [*UNSHARE, sys.executable, __file__, folder, "stream" if stream else "none"]


def fields(datagram):
    """Decodes an entry as sent by sd_journal_sendv: `NAME=value`, or for values of several lines the name,
    a size, the bytes.
    """
    found = {}
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        name, separator, value = line.partition(b"=")
        if not separator:
            size = int.from_bytes(rest[:8], "little")
            value, rest = rest[8 : 8 + size], rest[8 + size + 1 :]
        found[name.decode()] = value.decode()
        datagram = rest
    return found


def main():
    folder, stream, *command = sys.argv[1:]
    if not os.path.isdir(PLACE):
        subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
        os.makedirs(PLACE)
    subprocess.run(["mount", "--bind", folder, PLACE], check=True)
    os.environ.pop("JOURNAL_STREAM", None)
    if stream == "stream":
        there = os.fstat(2)
        os.environ["JOURNAL_STREAM"] = f"{there.st_dev}:{there.st_ino}"
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
