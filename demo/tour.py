"""The tour of `./dev demo`: private brokers, two gateways and a device that does not answer, then requests
and their answers side by side. Exits with 0 only if every step had the expected result.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from typing import Callable, Optional

ROOT = pathlib.Path(__file__).resolve().parents[1]
# The demo uses the brokers, gateways and callers of the integration tests.
sys.path.insert(0, str(ROOT / "tests/integration"))
sys.dont_write_bytecode = True

from harness import Broker, Bus, Cli, Device, Gateway, PythonCaller  # noqa: E402
from harness.device import mute  # noqa: E402

GATEWAY = "GW_XX_0_0001"
PROBE = "2D_XX_0_0003"
FAR = "2D_XX_0_9999"
MUTE = "2D_XX_0_0404"

NAMES = {
    201: "CREATED",
    202: "DELETED",
    203: "VALID",
    204: "CHANGED",
    205: "CONTENT",
    400: "BAD_REQUEST",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    412: "PRECONDITION_FAILED",
    504: "GATEWAY_TIMEOUT",
    505: "PROXYING_NOT_SUPPORTED",
}


@dataclass
class Step:
    """A request and its expected result."""

    title: str
    method: str
    path: str
    code: int
    body: object = None
    tag: str = GATEWAY
    subsystem: str = "axuv"
    fields: dict = field(default_factory=dict)
    right: Optional[Callable] = None  # checks the answer; None: the code is enough


def body_is(value):
    return lambda answer: answer.body == value


def is_number(answer):
    return type(answer.body) in (int, float)


STEPS = [
    ("Resources of the gateway's own", [
        Step("Read a value", "GET", "gains", 205, right=body_is([0, 1, 2, 3, 4])),
        Step("Replace it", "PUT", "gains", 204, [7, 7, 7]),
        Step("It is replaced", "GET", "gains", 205, right=body_is([7, 7, 7])),
        Step("A gain that the schema forbids", "PUT", "gains", 400, [8]),
        Step("A computed signal", "GET", "coil_current", 205, right=lambda a: isinstance(a.body, float)),
        Step("Add to a collection", "POST", "shots", 201, {"energy": 3.2},
             right=lambda a: a.header["location"] == "shots/0"),
        Step("Too early to trigger", "POST", "trigger", 412),
        Step("An action", "POST", "arm", 203),
        Step("Now it may", "POST", "trigger", 203),
        Step("What became of it", "GET", "status", 205, right=body_is({"state": "TRIGGERED"})),
        Step("What is there?", "GET", ".well-known/core", 205,
             right=lambda a: {"gains", "shots", "arm", "probe/**"} <= {entry["path"] for entry in a.body}),
        Step("No such resource", "GET", "gain", 404),
        Step("A constant cannot be replaced", "PUT", "firmware_version", 405, "9.9"),
    ]),
    ("What hangs on the gateway's machine", [
        Step("A number in a file of the system", "GET", "memory_free", 205, subsystem="host", right=is_number),
        Step("What a command prints", "GET", "disk_used", 205, subsystem="host", right=is_number),
        Step("The latest message of a gauge on a topic of its own", "GET", "vacuum", 205, subsystem="host",
             right=body_is(1.5e-6)),
        Step("A program that plays a probe", "POST", "arm", 203, tag=PROBE),
        Step("It is armed, so it may be triggered", "POST", "trigger", 203, tag=PROBE),
        Step("Its samples, which reading consumes", "GET", "data/0", 205, tag=PROBE, right=lambda a: len(a.body) == 8),
        Step("They are consumed", "GET", "data/0", 404, tag=PROBE),
    ]),
    ("A device on another broker, reached in four ways", [
        Step("Forward proxy, by proxy_uri", "GET", "any", 205, right=body_is([5, 5, 5]),
             fields={"proxy_uri": f"{FAR}/axuv/gains"}),
        Step("Forward proxy, by the subsystem 'proxy'", "GET", f"{FAR}/axuv/gains", 205, subsystem="proxy",
             right=body_is([5, 5, 5])),
        Step("Reverse proxy, in the device's place", "GET", "gains", 205, tag=FAR, right=body_is([5, 5, 5])),
        Step("Mount, below the gateway's own paths", "GET", "probe/gains", 205, right=body_is([5, 5, 5])),
        Step("The device's own words come back", "PUT", "gains", 400, [8], tag=FAR),
        Step("A mute device", "GET", f"{MUTE}/axuv/gains", 504, subsystem="proxy"),
        Step("Nobody allowed that", "GET", "2D_XX_0_7777/axuv/gains", 505, subsystem="proxy"),
    ]),
]


# The steps before and after the gateway is killed with SIGKILL and started again.
BEFORE_THE_KILL = [
    Step("A value that is kept: when this is answered, it is on disk", "PUT", "setpoint", 204, 23.5),
]
AFTER_THE_KILL = [
    Step("It is what it was", "GET", "setpoint", 205, right=body_is(23.5)),
    Step("A value that is not kept is what the file says", "GET", "gains", 205, right=body_is([0, 1, 2, 3, 4])),
]


@dataclass
class Command:
    """A command line of mqcoap and its expected result."""

    words: str
    status: int = 0
    shows: str = ""  # text that its output must contain


COMMANDS = [
    Command("ls", shows="GW_XX_0_0001  ONLINE"),
    Command("get GW_XX_0_0001/axuv/gains", shows="7, 7, 7"),
    Command("put GW_XX_0_0001/axuv/gains '[1,2,3]'", shows="204 CHANGED"),
    Command("put GW_XX_0_0001/axuv/gains '[8]'", 4, "400 BAD_REQUEST"),
    Command("post GW_XX_0_0001/axuv/shots energy=3.4 note='second of today'", shows="shots/1"),
    Command("ls GW_XX_0_0001", shows="vacuum"),
    Command("get 2D_XX_0_9999/axuv/gains -o json", shows='"body": [5, 5, 5]'),
    Command("get GW_XX_0_0001/proxy/2D_XX_0_0404/axuv/gains", 5, "504 GATEWAY_TIMEOUT"),
    Command("watch GW_XX_0_0001/axuv/coil_current --every 100ms --count 3"),
    Command("get GW_XX_0_0001/axuv/.gw/brokers", shows='"far"'),
    Command("bench GW_XX_0_0001/axuv/gains --in-flight 16 --count 2000", shows="2000 of 2000"),
]


class Screen:
    """Prints the tour, in colour only on a terminal and if NO_COLOR is not set."""

    WIDTH = 58

    def __init__(self):
        self._colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def paint(self, text, code):
        return f"\033[{code}m{text}\033[0m" if self._colour else text

    def title(self, text):
        print(f"\n{self.paint(text, '1')}", flush=True)

    def line(self, text=""):
        print(text, flush=True)

    def step(self, number, step, answer, right):
        asked = f"{step.method} {step.tag}/{step.subsystem}/{step.path}"
        details = [short(step.body)] if step.body is not None else []
        details += [f"{name}: {value}" for name, value in step.fields.items()]
        if answer is None:
            said, words = self.paint("no usable answer", "31"), []
        else:
            colour = "32" if answer.code < 400 else "33"
            said = self.paint(f"{answer.code} {NAMES.get(answer.code, '')}", colour if right else "31")
            words = [] if answer.body is None else [short(answer.body)]
            if "location" in answer.header:
                words.append(f"location: {answer.header['location']}")
        mark = self.paint("ok", "32") if right else self.paint(f"WRONG, expected {step.code}", "31;1")
        print(f"\n {number:2}  {self.paint(step.title, '1')}  {mark}")
        left, right_column = [asked, *details], [said, *words]
        for n in range(max(len(left), len(right_column))):
            a = left[n] if n < len(left) else ""
            b = right_column[n] if n < len(right_column) else ""
            print(f"     {a:<{self.WIDTH}} {'->' if n == 0 else '  '} {b}".rstrip(), flush=True)


def short(value, longest=96):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= longest else text[: longest - 3] + "..."


class Tour:
    def __init__(self, screen, lab, desk, kill_and_start):
        self._screen = screen
        self._lab = lab
        self._desk = desk
        self._kill_and_start = kill_and_start
        self._count = 0
        self._wrong = 0

    def run(self):
        """Returns true if every step had the expected result."""
        for title, steps in STEPS:
            self._screen.title(title)
            for step in steps:
                self._take(step)
        self._at_a_terminal()
        self._on_the_command_line()
        self._over_a_kill()
        words = f"{self._count} steps, {self._wrong} wrong"
        self._screen.title(self._screen.paint(words, "31" if self._wrong else "32"))
        return self._wrong == 0

    def _take(self, step):
        self._count += 1
        answer, right = None, False
        try:
            answer = self._desk.request(
                step.method, step.path, step.body, tag=step.tag, subsystem=step.subsystem, **step.fields
            )
            right = answer.code == step.code and (step.right is None or step.right(answer))
        except (AssertionError, TimeoutError) as fault:
            self._screen.line(f"     {fault}")
        self._wrong += not right
        self._screen.step(self._count, step, answer, right)

    def _over_a_kill(self):
        self._screen.title("A gateway that is killed, and started again")
        for step in BEFORE_THE_KILL:
            self._take(step)
        self._screen.line("\n     kill -KILL")
        self._kill_and_start()
        for step in AFTER_THE_KILL:
            self._take(step)

    def _at_a_terminal(self):
        self._screen.title("The same at a terminal, with mosquitto's own programs")
        self._count += 1
        self._screen.line("\n" + indented(by_hand(self._lab.port)))
        done = subprocess.run(["sh", "-c", by_hand(self._lab.port)], stdout=subprocess.PIPE, text=True, timeout=60)
        self._screen.line("\n" + indented(done.stdout.strip()))
        try:
            right = json.loads(done.stdout)["header"]["response_code"] == 205
        except (ValueError, KeyError, TypeError):
            right = False
        self._wrong += not right

    def _on_the_command_line(self):
        self._screen.title("The same with mqcoap, the command line")
        cli = Cli(self._lab)
        for command in COMMANDS:
            self._count += 1
            self._screen.line(f"\n     $ mqcoap {command.words}")
            status, shown = cli.on_terminal(*shlex.split(command.words), NO_COLOR="1")
            right = status == command.status and command.shows in shown
            self._wrong += not right
            self._screen.line(indented(re.sub("[^\\n]*\\x1b\\[K", "", shown).strip()))  # without text that it overwrote again
            if not right:
                self._screen.line(f"     WRONG, expected {command.shows!r} and the status {command.status}, not {status}")
        cli.close()


def indented(text):
    return "\n".join("     " + line for line in text.splitlines())


def by_hand(port, method="GET", path="gains"):
    """Returns shell commands that subscribe to the answer, publish the request and show the answer."""
    return f"""\
id=$(cat /proc/sys/kernel/random/uuid)
mosquitto_rr -p {port} -W 10 \\
  -e gf_int_v1/axuv/response/{GATEWAY}/$id \\
  -t gf_int_v1/axuv/request/{GATEWAY}/$id \\
  -m '{{"header":{{"method":"{method}","path":"{path}","request_id":"'$id'"}},"timestamp":"'$(date +%s000)'"}}'"""


def invitation(port, tool):
    return f"""\
Watch everything that passes, in one terminal:

     mosquitto_sub -p {port} -v -t 'gf_int_v1/#'

or the exchanges, each on a line, and ask in another:

     export PATH={tool.parent}:$PATH MQCOAP_URL=mqtt://localhost:{port}
     mqcoap monitor
     mqcoap put {GATEWAY}/axuv/gains '[1,2,3]'
     mqcoap doctor {GATEWAY}

The far device is {FAR}, also at this gateway. Its configuration: config/demo.yaml and config/demo-far.yaml.
Ctrl-C ends the demo."""


def configuration(name, lab, far, state):
    text = (ROOT / "config" / name).read_text(encoding="utf-8")
    text = text.replace("/var/lib/mqcoap", state)
    text = text.replace("/usr/local/lib/mqcoap/probe.py", str(ROOT / "examples/process/probe.py"))
    for standing, broker in (("mqtt://localhost:1883", lab), ("mqtt://localhost:1884", far)):
        text = text.replace(standing, broker.url)
    return text


def wait_for_an_end(gateways):
    """Returns when a gateway has exited without being stopped; Ctrl-C raises."""
    nothing_comes = threading.Event()
    while all(gateway.running for gateway in gateways):
        nothing_comes.wait(1)


def end(_number, _frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument("--programs", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--once", action="store_true", help="end after the tour")
    arguments = parser.parse_args()
    programs = arguments.programs.resolve()
    os.environ.update(MQCOAPD=str(programs / "mqcoapd"), MQCOAP=str(programs / "mqcoap"))
    signal.signal(signal.SIGTERM, end)
    try:
        return play(arguments.once, Screen(), programs / "mqcoap")
    except KeyboardInterrupt:
        print()
        return 130
    except (AssertionError, TimeoutError, OSError) as fault:
        print(f"The demo cannot go on: {fault}", file=sys.stderr)
        return 1


def play(once, screen, tool):
    """Returns the exit status."""
    with contextlib.ExitStack() as stack:

        def start(thing, stop):
            stack.callback(stop, thing)
            return thing

        lab = start(Broker(), Broker.stop)
        far = start(Broker(), Broker.stop)
        gauge = start(Bus(lab), Bus.close)
        gauge.publish("lab/vacuum/gauge1", json.dumps({"pressure": 1.5e-6}), retain=True)
        gauge.fence()
        state = stack.enter_context(tempfile.TemporaryDirectory(prefix="mqcoap-state-"))
        gateways = []

        def start_gateway(name):
            gateways.append(start(Gateway(configuration(name, lab, far, state)), Gateway.stop))

        def kill_and_start():
            killed = gateways.pop()
            killed.signal(signal.SIGKILL)
            killed.wait_exit()
            start_gateway("demo.yaml")

        start_gateway("demo-far.yaml")
        start_gateway("demo.yaml")
        start(Device(far, MUTE, mute()), Device.close)
        desk = start(PythonCaller(lab, GATEWAY), PythonCaller.close)
        screen.line(f"Broker 'lab' on port {lab.port}, broker 'far' on port {far.port}; {len(gateways)} gateways run.")

        good = Tour(screen, lab, desk, kill_and_start).run()
        if once:
            if not good:
                screen.line("\n".join(gateway.log for gateway in gateways))
            return 0 if good else 1

        screen.line("\n" + invitation(lab.port, tool))
        try:
            wait_for_an_end(gateways)
        except KeyboardInterrupt:
            screen.line()
            return 0 if good else 1
        screen.line("A gateway ended by itself:\n" + "\n".join(gateway.log for gateway in gateways))
        return 1


if __name__ == "__main__":
    sys.exit(main())
