"""Runs the shell commands on a Markdown page, and compares their output with the page.

    console.py PAGE            the page's commands, in order; exit status 1 and a comparison where they differ
    console.py --write PAGE    writes the output into the page, in the blocks where it differs
    console.py --list PAGE...  the blocks that are not run, with their reasons

Each page has a separate sandbox: an empty folder, a private mosquitto that the page calls localhost:1883 (and a second
one if it uses localhost:1884), a private PostgreSQL if it uses the database postgresql://gw@/mqcoap, free ports that it
calls 127.0.0.1:8720 and 5025 (of an instrument), and mqcoap and mqcoapd in PATH. MQCOAP and MQCOAPD name the programs.
Each command runs on a separate terminal without colours. A comment before a block determines how it is used:

    ```console                   run: lines `$ command`, continued by `> `, each followed by its output
    <!-- stays -->               its only command keeps running while the page continues; the page continues when the block's
                                 output has appeared, and at the end the command is stopped with SIGTERM
    <!-- meanwhile: COMMAND -->  run when the block's last command has printed its first line or, if it prints nothing
                                 before, has subscribed to something
    <!-- goes on -->             the block has no command: it is the next output of the command that keeps running
    <!-- numbers vary -->        any number matches any other one, as for measurements
    <!-- not run: REASON -->
    <!-- file: NAME -->          the block is that file; a YAML file with devices must pass `mqcoapd --check`
    <!-- bad file: NAME -->      the same, for a configuration with faults
    <!-- stop -->                on a separate line: stops the commands that keep running
    <!-- hang up -->             on a separate line: sends them SIGHUP
    <!-- run: COMMAND -->        on a separate line: a command that the reader does not see

Variable parts match any other of the same kind: dates and times of day, durations (`12 ms`), request ids, etags,
timestamps, random client ids, sizes of a monitored exchange. `...` matches any text; on a separate line, any lines.
Blocks of yaml and ini must be marked as files or as not run. A page with a command (`    $ `) outside of such blocks is
rejected, because that command would not be run.
"""

import difflib
import fcntl
import os
import pathlib
import pty
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import uuid
from dataclasses import dataclass, field

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))

COLUMNS = 118
PATIENCE = 60

DIRECTIVE = re.compile(r"^<!-- (stays|goes on|numbers vary|stop|hang up|(?:meanwhile|not run|file|bad file|run): .*?) -->$")
RUN = ("console",)
FILES = ("yaml", "ini")


class Fault(Exception):
    pass


@dataclass
class Command:
    text: str
    said: list = field(default_factory=list)
    line: int = 0  # line of the first output, counted from 0


@dataclass
class Block:
    kind: str  # console, file, run, stop or skipped
    line: int
    text: str = ""
    reason: str = ""
    good: bool = True
    stays: bool = False
    numbers: bool = False
    meanwhile: list = field(default_factory=list)
    commands: list = field(default_factory=list)

    def is_configuration(self):
        whole = re.search(r"^(devices|proxy):", self.text, re.MULTILINE)
        return self.good and self.reason.endswith(".yaml") and whole is not None


def commands_of(page, lines, first):
    found = []
    for number, line in enumerate(lines, first):
        if line.startswith("$ "):
            found.append(Command(line[2:], line=number + 1))
        elif not found:
            raise Fault(f"{page}:{number + 1}: a console block begins with a command: `$ `")
        elif not found[-1].said and (line.startswith("> ") or found[-1].text.endswith("\\")):
            found[-1].text += "\n" + (line[2:] if line.startswith("> ") else line)
            found[-1].line = number + 1
        else:
            found[-1].said.append(line)
    return found


def blocks(page, text):
    """Returns the blocks of a page in their order."""
    found, pending = [], []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        directive = DIRECTIVE.match(line)
        if directive:
            what = directive.group(1)
            if what in ("stop", "hang up"):
                found.append(Block(what, at))
            elif what.startswith("run: "):
                found.append(Block("run", at, what[5:]))
            else:
                pending.append(what)
            continue
        if line.startswith("```"):
            language = line[3:]
            try:
                end = lines.index("```", at)
            except ValueError:
                raise Fault(f"{page}:{at}: the block has no end") from None
            block = make_block(page, language, lines[at:end], at, pending)
            if block:
                found.append(block)
            pending, at = [], end + 1
            continue
        if pending and line:
            raise Fault(f"{page}:{at}: no block follows <!-- {pending[-1]} -->")
        if line.startswith("    $ "):
            raise Fault(f"{page}:{at}: this command is not run: it is not in a ```console block")
    if pending:
        raise Fault(f"{page}: no block follows <!-- {pending[-1]} -->")
    return found


def make_block(page, language, lines, at, directives):
    block = Block("console", at, "\n".join(lines) + "\n")
    for what in directives:
        name, _, rest = what.partition(": ")
        if name == "not run":
            if len(rest.split()) < 2:
                raise Fault(f"{page}:{at}: 'not run' needs a reason in words")
            block.kind, block.reason = "skipped", rest
        elif name in ("file", "bad file"):
            block.kind, block.reason, block.good = "file", rest, name == "file"
        elif name == "meanwhile":
            block.meanwhile.append(rest)
        elif name == "stays":
            block.stays = True
        elif name == "goes on":
            block.kind = "goes on"
            block.commands = [Command("(what stays)", lines, at)]
        else:
            block.numbers = True
    if block.kind != "console":
        return block
    if language in FILES:
        raise Fault(f"{page}:{at}: this {language} is not checked: "
                    "no <!-- file: NAME --> or <!-- not run: REASON --> before it")
    if language in ("sh", "bash", "shell"):
        raise Fault(f"{page}:{at}: commands stand in ```console blocks")
    if language not in RUN:
        if directives:
            raise Fault(f"{page}:{at}: <!-- {directives[-1]} --> belongs before a console block")
        return None
    block.commands = commands_of(page, lines, at)
    if block.stays and len(block.commands) != 1:
        raise Fault(f"{page}:{at}: a block that stays has one command")
    if block.stays and not block.commands[0].said:
        raise Fault(f"{page}:{at}: what stays must say something by which it is known to be there")
    return block


def prose(text):
    """Returns the page without its blocks and comments."""
    return re.sub(r"^```.*?^```$|^<!--.*?-->", "", text, flags=re.MULTILINE | re.DOTALL)


def links(text):
    """Returns pairs of a file and a section for all links of a page into the source tree."""
    found = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]+`", "", prose(text)))
    return [link.partition("#")[::2] for link in found if "://" not in link]


def anchors(text):
    """Returns the link targets of a page's headings."""
    titles = re.findall(r"^#+ (.*)$", prose(text), flags=re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


# ---- comparing --------------------------------------------------------------------------------------------------

KINDS = [
    (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?", "DATE"),
    (r"\b\d\d:\d\d:\d\d\.\d+", "TIME"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "ID"),
    (r"\bmqcoap-([a-z]+-)?[0-9a-f]{8,16}\b", "CLIENT"),
    (r'(\betag"?: ?"?)[0-9a-z]{10,}', r"\1ETAG"),
    (r"\b1[5-9]\d{11}\b", "MILLIS"),
    (r" *\b\d+(\.\d+)? ?(ms|us|µs|s)\b", " DURATION"),
    (r"\b\d+>\d+ B\b", "SIZES"),
]
NUMBER = (r"(?<!\w)\d+(\.\d+)?(e[+-]?\d+)?", "N")


def plain(line, numbers=False):
    """Returns the line with variable parts replaced by their kind."""
    for pattern, kind in KINDS + ([NUMBER] if numbers else []):
        line = re.sub(pattern, kind, line)
    if numbers:
        line = re.sub(r"[ -]+", " ", line)
    # The column widths of a table depend on rows that may not be shown.
    return re.sub(r" {2,}", "  ", line).rstrip()


def line_matches(expected, said, numbers=False):
    parts = [re.escape(plain(part, numbers)) for part in expected.split("...")]
    # Spaces at the ends of the parts are removed by plain().
    return re.fullmatch(r"\s*.*\s*".join(parts), plain(said, numbers)) is not None


def matches(expected, said, numbers=False):
    if not expected:
        return not said
    if expected[0].strip() == "...":
        return any(matches(expected[1:], said[n:], numbers) for n in range(len(said) + 1))
    return bool(said) and line_matches(expected[0], said[0], numbers) and matches(expected[1:], said[1:], numbers)


def begins(expected, said, numbers=False):
    """Returns true as soon as all expected output has appeared; more may follow."""
    return any(matches(expected, said[:n], numbers) for n in range(len(said) + 1))


# ---- running ----------------------------------------------------------------------------------------------------


def readable(text):
    """Returns the text as a reader sees it: without colours, and with the last state of a line that
    was rewritten. Some hosts try ::1 for localhost first, where no broker of the tests listens;
    that is removed.
    """
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
    text = re.sub(r"[^\n]*\r", "", text)
    return re.sub(r"[^\n]*\blocalhost:\d+, ::1\b[^\n]*\n", "", text)


class Terminal:
    """A shell command on a separate terminal, whose output is read continuously."""

    def __init__(self, command, folder, environment):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
        self.expected = []  # the output that the page shows for it
        self._news = threading.Condition()
        self._said = b""
        self._ended = False
        self.child = subprocess.Popen(
            ["/bin/bash", "-c", command], cwd=folder, env=environment,
            stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, args=(ours,), daemon=True)
        self._reader.start()

    def _read(self, source):
        try:
            while part := os.read(source, 65536):
                with self._news:
                    self._said += part
                    self._news.notify_all()
        except OSError:  # the other end is closed
            pass
        os.close(source)
        with self._news:
            self._ended = True
            self._news.notify_all()

    @property
    def said(self):
        with self._news:
            return readable(self._said.decode("utf-8", "replace"))

    def wait_for(self, condition, timeout=PATIENCE, poll=None):
        """Returns true when the condition holds for the output; false if the command exits first or
        takes too long.
        @param poll  seconds after which the condition is checked again without new output
        """
        deadline = time.monotonic() + timeout
        with self._news:
            while not condition(self.said) and not self._ended and (left := deadline - time.monotonic()) > 0:
                self._news.wait(min(left, poll or left))
        return condition(self.said)

    def wait_exit(self, timeout=PATIENCE):
        self._reader.join(timeout)
        if self._reader.is_alive():
            self.signal(signal.SIGKILL)
            self._reader.join()
        return self.child.wait()

    def signal(self, number):
        try:
            os.killpg(self.child.pid, number)
        except ProcessLookupError:
            pass


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Sandbox:
    def __init__(self, text):
        from harness import Broker
        from harness.postgres import Postgres

        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-docs-")
        root = pathlib.Path(self._folder.name)
        self.folder = root / "here"
        self.folder.mkdir()
        programs = root / "bin"
        programs.mkdir()
        for name in ("mqcoap", "mqcoapd"):
            (programs / name).symlink_to(os.environ[name.upper()])
        self.instrument_port = str(free_port())
        # Maps the name of a broker on the page to the real one.
        self.brokers = {"localhost:1883": Broker()}
        if "localhost:1884" in text:
            self.brokers["localhost:1884"] = Broker()
        self.database = Postgres() if "postgresql://gw@/mqcoap" in text else None
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(root), "XDG_CONFIG_HOME": str(root / "config"),
            "LANG": "C.UTF-8", "TZ": "UTC", "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": str(COLUMNS),
            "MQCOAP_URL": self.real("mqtt://localhost:1883"),
            **{k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))},
        }
        if self.database:
            self.environment["PGHOST"] = self.database.folder
        self.staying = []

    def real(self, text):
        for name, broker in self.brokers.items():
            text = text.replace(name, f"localhost:{broker.port}")
        text = re.sub(r"\b5025\b", self.instrument_port, text)
        # The gateway chooses a free port, which the commands do not know.
        return text.replace("127.0.0.1:8720", "127.0.0.1:0")

    def shown(self, text):
        text = re.sub(r"(\bon |http://|listen: )127\.0\.0\.1:\d+", r"\g<1>127.0.0.1:8720", text)
        for name, broker in self.brokers.items():
            text = re.sub(rf"(127\.0\.0\.1|localhost):{broker.port}\b", name, text)
            text = re.sub(rf"\b{broker.port}\b", name.rpartition(":")[2], text)
        text = re.sub(rf"\b{self.instrument_port}\b", "5025", text)
        return text.replace(str(self.folder), "~")

    def write(self, name, text):
        if name.endswith(".yaml") and "devices:" in text and "brokers:" not in text:
            text += 'brokers: {default: {url: "mqtt://localhost:1883"}}\n'
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.real(text), encoding="utf-8")
        file.chmod(0o644)

    def start(self, command):
        return Terminal(self.real(command), self.folder, self.environment)

    def subscriptions(self):
        """Returns how many filters clients have subscribed to so far: lines like `1795414295:
        CLIENT 0 FILTER`.
        """
        return sum(len(re.findall(r"^\d+: \S+ [01] \S+$", broker.log, re.MULTILINE)) for broker in self.brokers.values())

    def subscriptions_by_now(self):
        """Returns the same after the brokers' logs have been read up to this moment."""
        for broker in self.brokers.values():
            fence = f"fence/{uuid.uuid4()}"
            subprocess.run(["mosquitto_sub", "-p", str(broker.port), "-t", fence, "-E"], check=True, timeout=PATIENCE)
            broker.wait_log(fence)
        return self.subscriptions()

    def hang_up(self):
        for _, terminal in self.staying:
            terminal.signal(signal.SIGHUP)

    def goes_on(self, block):
        """Returns what the last running command printed instead of the block's text; None if it
        was that text.
        """
        _, terminal = self.staying[-1]
        terminal.expected = expected = terminal.expected + ["..."] + block.commands[0].said
        if terminal.wait_for(lambda said: begins(expected, self.shown(said).splitlines(), block.numbers)):
            return None
        return self.shown(terminal.said).splitlines()

    def stop(self):
        """Stops the running commands in reverse order; returns a list of those that did not exit properly."""
        faults = []
        for block, terminal in reversed(self.staying):
            terminal.signal(signal.SIGTERM)
            status = terminal.wait_exit()
            if status not in (0, 130, 143, -signal.SIGTERM):
                faults.append(f"line {block.line}: {block.commands[0].text}: ended with {status}:\n{terminal.said}")
        self.staying = []
        return faults

    def close(self):
        for _, terminal in self.staying:
            terminal.signal(signal.SIGKILL)
        for broker in self.brokers.values():
            broker.stop()
        if self.database:
            self.database.close()
        self._folder.cleanup()


MARK = "\x1e"


def run_commands(sandbox, block):
    """Returns the output of each command in a block. The commands share a shell, so that `$?` and
    variables are preserved.
    """
    script = ["set -o pipefail"]
    for number, command in enumerate(block.commands):
        # The mark preserves the status for an `echo $?` that follows.
        script += [f"{{ s=$?; printf '\\n{MARK}{number}\\n'; (exit $s); }} 2>&1", command.text]
    before = sandbox.subscriptions_by_now() if block.meanwhile else 0
    terminal = sandbox.start("\n".join(script) + "\n")
    if block.meanwhile:
        last = f"{MARK}{len(block.commands) - 1}\n"

        def is_there(said):
            return last in said and (said.rpartition(last)[2].strip() or sandbox.subscriptions() > before)

        terminal.wait_for(is_there, poll=0.05)
        for command in block.meanwhile:
            hidden(sandbox, command, block.line)
    terminal.wait_exit()
    parts = re.split(f"\n?{MARK}\\d+\n", terminal.said)[1:]
    parts += ["(was not run: the one before did not end)"] * (len(block.commands) - len(parts))
    return [sandbox.shown(part).splitlines() for part in parts]


def hidden(sandbox, command, line):
    terminal = sandbox.start(command)
    if terminal.wait_exit() != 0:
        raise Fault(f"line {line}: {command}: failed:\n{terminal.said}")


def run_page(text, say=lambda words: None):
    """Returns pairs of a command and its differing output, and other errors."""
    page = blocks("page", text)
    differing, faults = [], []
    sandbox = Sandbox(text)
    try:
        for block in page:
            if block.kind == "file":
                sandbox.write(block.reason, block.text)
                if block.is_configuration():
                    hidden(sandbox, f"mqcoapd --check --config {block.reason}", block.line)
            elif block.kind == "run":
                hidden(sandbox, block.text, block.line)
            elif block.kind == "stop":
                faults += sandbox.stop()
            elif block.kind == "hang up":
                sandbox.hang_up()
            elif block.kind == "goes on":
                said = sandbox.goes_on(block)
                if said is not None:
                    differing.append((block, block.commands[0], said))
            elif block.kind == "console" and block.stays:
                command = block.commands[0]
                say(command.text)
                before = sandbox.subscriptions_by_now() if block.meanwhile else 0
                terminal = sandbox.start("exec " + command.text)
                terminal.expected = command.said
                sandbox.staying.append((block, terminal))
                if block.meanwhile:
                    terminal.wait_for(lambda _: sandbox.subscriptions() > before, poll=0.05)
                for what in block.meanwhile:
                    hidden(sandbox, what, block.line)
                if not terminal.wait_for(
                        lambda said: begins(command.said, sandbox.shown(said).splitlines(), block.numbers)):
                    differing.append((block, command, sandbox.shown(terminal.said).splitlines()))
            elif block.kind == "console":
                for command in block.commands:
                    say(command.text)
                for command, said in zip(block.commands, run_commands(sandbox, block)):
                    if not matches(command.said, said, block.numbers):
                        differing.append((block, command, said))
        faults += sandbox.stop()
    except Fault as fault:
        faults.append(str(fault))
    finally:
        sandbox.close()
    return differing, faults


def compare(page, differing, faults):
    words = []
    for block, command, said in differing:
        words.append(f"{page}:{command.line}: $ {command.text}")
        shown = [plain(line, block.numbers) for line in command.said]
        found = [plain(line, block.numbers) for line in said]
        words += difflib.unified_diff(shown, found, "the page", "the programs", lineterm="", n=2)
        words += ["said:"] + ["    " + line for line in said]
    return "\n".join(words + [f"{page}: {fault}" for fault in faults])


def rewrite(text, differing):
    lines = text.splitlines()
    for _, command, said in sorted(differing, key=lambda d: -d[1].line):
        lines[command.line:command.line + len(command.said)] = said
    return "\n".join(lines) + "\n"


def main(arguments):
    writing, listing = "--write" in arguments, "--list" in arguments
    pages = [a for a in arguments if not a.startswith("--")]
    bad = False
    for page in pages:
        text = pathlib.Path(page).read_text(encoding="utf-8")
        try:
            found = blocks(page, text)
        except Fault as fault:
            print(fault, file=sys.stderr)
            return 1
        if listing:
            for block in found:
                if block.kind == "skipped":
                    print(f"{page}:{block.line}: not run: {block.reason}")
            continue
        differing, faults = run_page(text, lambda words: print(f"$ {words}", flush=True))
        if differing or faults:
            print(compare(page, differing, faults), file=sys.stderr)
            if writing:
                pathlib.Path(page).write_text(rewrite(text, differing), encoding="utf-8")
            bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
