"""Runs a command for which /run/systemd/journal is another folder, and its standard error possibly the journal's stream.

    unshare --map-root-user --mount python3 journal_stand_in.py FOLDER stream|none PROGRAM ARGUMENTS...

Only what runs in this namespace sees it; the system's own journal gets nothing.
"""

import os
import subprocess
import sys

PLACE = "/run/systemd/journal"
UNSHARE = ["unshare", "--map-root-user", "--mount"]


def available():
    return subprocess.run([*UNSHARE, "mount", "-t", "tmpfs", "none", "/run"], capture_output=True, check=False).returncode == 0


def prefix(folder, stream=False):
    """What to put before a command."""
    return [*UNSHARE, sys.executable, __file__, folder, "stream" if stream else "none"]


def fields(datagram):
    """An entry, as sd_journal_sendv sends it: `NAME=value`, or for values of several lines the name, a size, the bytes."""
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
