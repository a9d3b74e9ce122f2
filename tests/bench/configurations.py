"""The costs of a large configuration: the delay of requests during a reload, and the time and
memory of a check.
"""

import os
import signal
import statistics
import subprocess
import time

from programs import SUBSYSTEM, Broken
from table import Row

DEVICES = 1000
RESOURCES = 100  # of each device
RELOADED = "the configuration is in force"


def template(values_from):
    return {"crowd": {"resources": {f"r{i:04d}": {"value": values_from + i} for i in range(RESOURCES)}}}


def tag(number):
    return f"BENCH_{number:04d}"


class Reloaded:
    """A gateway with many devices of one template, whose configuration is reloaded."""

    def __init__(self, bench):
        self.commands = [bench.gateway(templates=template(first), devices={tag(i): {"like": "crowd"} for i in range(DEVICES)})
                         for first in (0, 1000)]
        targets = "".join(f"{tag(i)}/{SUBSYSTEM}/r{i % RESOURCES:04d}\n" for i in range(DEVICES))
        self.load = bench.load("reloaded", self.start, targets=bench.write("targets", targets))
        self.gateway = self.load.program
        self.reloads = 0

    def start(self, port):
        self.texts = []
        for command in self.commands:
            *program, file = command(port)
            with open(file, encoding="utf-8") as text:
                self.texts.append(text.read())
        self.file = file
        self.write(0)
        return [*program, file]

    def write(self, which):
        with open(self.file, "w", encoding="utf-8") as out:
            out.write(self.texts[which])

    def reload(self, which):
        """Reloads; returns when the other values are in force."""
        self.write(which)
        self.reloads += 1
        self.gateway.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 20
        while self.done() < self.reloads:
            if time.monotonic() > deadline or self.gateway.died():
                raise Broken(self.gateway.died() or f"no reload: {self.gateway.last_words()}")
            time.sleep(0.005)

    def done(self):
        with open(self.gateway.log_path, encoding="utf-8", errors="replace") as log:
            return log.read().count(RELOADED)


def reload(bench, plan):
    """RELOAD: 500 requests/s during two reloads, and without any."""
    if bench.against_itself:
        return []
    tested = Reloaded(bench)
    began = time.monotonic()
    tested.reload(1)
    each = time.monotonic() - began
    tested.reload(0)
    steady = {"in_flight": 10_000, "rate": 500, "warm_up": plan.warm_up, "seconds": max(plan.seconds, 3 * each)}
    results = {"quiet": [], "the same": [], "all values changed": []}
    for _ in range(plan.repeats):
        for what, of_this in results.items():
            tested.load.begin(**steady)
            time.sleep(plan.warm_up)
            for which in () if what == "quiet" else (0, 0) if what == "the same" else (1, 0):
                tested.reload(which)
            of_this.append(tested.load.end())
    rows = []
    quiet = results.pop("quiet")
    for what, of_this in results.items():
        pairs = list(zip(of_this, quiet))
        label = f"{DEVICES:,} devices with {RESOURCES} resources each, {what}, 500 requests/s"
        us = lambda which, side: statistics.median(pair[side]["latency_us"][which] for pair in pairs)
        rows.append(Row("RELOAD", f"p99, during two reloads / quiet: {label}",
                        [a["latency_us"]["p99"] / b["latency_us"]["p99"] for a, b in pairs], at_most=1.5,
                        note=f"{us('p99', 0):,.0f} us beside {us('p99', 1):,.0f} us"))
        rows.append(Row("RELOAD", f"longest wait, during two reloads - quiet: {label}",
                        [(a["latency_us"]["max"] - b["latency_us"]["max"]) * 1e-3 for a, b in pairs], at_most=5, unit=" ms",
                        note=f"{us('max', 0) * 1e-3:,.1f} ms beside {us('max', 1) * 1e-3:,.1f} ms"))
    rows.append(Row("RELOAD", "from SIGHUP to the new values, quiet", [each * 1e3], unit=" ms"))
    tested.load.stop()
    return rows


FILES = 10
DEVICES_IN_FILE = 10


def written_out(number):
    """Returns a resource as users write it, on several lines or on one."""
    path = f"group{number // 10}/resource{number:03d}"
    return (f"      {path}:\n        value: [0, 1, 2, {number}]\n        methods: [GET, PUT]\n        title: Gain {number}\n"
            f"        unit: V\n        schema: {{type: array, items: {{type: number, minimum: 0, maximum: 100}}}}\n",
            f"      {path}:\n        value: {number}\n        methods: [GET, PUT]\n        unit: mV\n"
            f"        schema:\n          type: number\n          minimum: 0\n",
            f"      {path}: {{value: {{low: {number}, high: 100, unit: text}}, title: 'Limits {number}', methods: [GET]}}\n",
            f"      {path}:\n        reply: {number}\n        title: A reply\n")[number % 4]


def write_folder(bench):
    """Writes 10,000 resources in ten included files."""
    folder = os.path.join(bench.folder, f"written-out-{time.monotonic_ns()}")
    os.makedirs(os.path.join(folder, "conf.d"))
    resources = "".join(written_out(i) for i in range(RESOURCES))
    for i in range(FILES):
        devices = "".join(f"  BENCH_{i:02d}_{j:04d}:\n    resources:\n{resources}" for j in range(DEVICES_IN_FILE))
        with open(os.path.join(folder, "conf.d", f"{i}.yaml"), "w", encoding="utf-8") as out:
            out.write("devices:\n" + devices)
    file = os.path.join(folder, "mqcoap.yaml")
    with open(file, "w", encoding="utf-8") as out:
        out.write("version: 1\ninclude: conf.d/*.yaml\n")
    return file


def cost_of_check(program, file):
    """Returns the processor time in seconds, the elapsed time, and the peak memory in MiB."""
    began = time.monotonic()
    child = subprocess.Popen([program, "--check", "--config", file], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    words = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    if child.returncode != 0:
        raise Broken(f"--check: {words.decode(errors='replace')}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": time.monotonic() - began, "memory": usage.ru_maxrss / 1024}


def check(bench, plan):
    """CHECK: `--check` of 10,000 separate resources in ten included files."""
    if bench.against_itself:
        return []
    file = write_folder(bench)
    costs = [cost_of_check(bench.tool("mqcoapd"), file) for _ in range(plan.repeats)]
    label = "--check of 10,000 resources in 10 files"
    return [
        Row("CHECK", f"{label}: time", [each["wall"] for each in costs], at_most=0.5, unit=" s"),
        Row("CHECK", f"{label}: processor time", [each["cpu"] for each in costs], unit=" s"),
        Row("CHECK", f"{label}: memory", [each["memory"] for each in costs], at_most=50, unit=" MiB"),
    ]


def check_beside(bench, plan):
    """CHECK: the same measurement, alternating between this build and another one."""
    file = write_folder(bench)
    programs = [os.path.join(folder, "mqcoapd") for folder in (bench.bin, bench.other_bin)]
    pairs = []
    for repeat in range(plan.repeats):
        turn = (0, 1) if repeat % 2 == 0 else (1, 0)
        costs = {which: cost_of_check(programs[which], file) for which in turn}
        pairs.append((costs[0], costs[1]))
    return [Row("CHECK", f"{what}, this / other: --check of 10,000 resources in 10 files",
                [a[key] / b[key] for a, b in pairs],
                note="{:.2f}{unit} beside {:.2f}{unit}".format(
                    *(statistics.median(pair[side][key] for pair in pairs) for side in (0, 1)), unit=unit))
            for what, key, unit in (("time", "wall", " s"), ("processor time", "cpu", " s"), ("memory", "memory", " MiB"))]


COMPARISON = {("CHECK",): check_beside}
SECTIONS = {("RELOAD",): reload, ("CHECK",): check}
