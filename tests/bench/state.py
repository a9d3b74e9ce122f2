"""The costs of durable state: PUTs of values with `persist`, compared to a bare C program that commits
batches of the same size to SQLite on the same disk, and to one commit per PUT.
"""

import os
import re
import shutil
import statistics
import subprocess
import tempfile
import urllib.request

from programs import Broken, free_port
from table import Row

VALUES = 128
IN_FLIGHT = 128
TAG = "BENCH_STATE"


def rows_per_second(bench, folder, batch, seconds):
    file = os.path.join(folder, "floor.db")
    for each in (file, file + "-wal", file + "-shm"):
        if os.path.exists(each):
            os.remove(each)
    done = subprocess.run([bench.tool("bench_sqlite_floor"), file, str(batch), str(seconds)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Broken(f"bench_sqlite_floor: {done.stderr}")
    return float(done.stdout)


class Counted:
    """The transactions of the gateway, read from its metrics."""

    def __init__(self, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as page:
            text = page.read().decode()
        number = lambda name: float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE).group(1))
        self.commits = number("mqcoap_state_commit_values_count")
        self.values = number("mqcoap_state_commit_values_sum")


def durable(bench, plan):
    folder = tempfile.mkdtemp(dir=bench.folder)
    targets = bench.write("targets", "".join(f"{TAG}/axuv/v{n}\n" for n in range(VALUES)))
    resources = {f"v{n}": {"value": 0, "methods": ["GET", "PUT"], "persist": True} for n in range(VALUES)}
    port = free_port()
    further = {"state": {"dir": folder}, "http": {"listen": f"127.0.0.1:{port}"}}
    program = bench.gateway(devices={TAG: {"resources": resources}}, further=further)
    load = bench.load("gateway", program, targets=targets)
    put = {"in_flight": IN_FLIGHT, "method": "PUT", "fresh_body": True, "expect": 204}
    beside, alone, sizes = [], [], []
    for _ in range(plan.repeats):
        before = Counted(port)
        rate = load.run(**put, **plan.times())["requests_per_s"]
        after = Counted(port)
        size = (after.values - before.values) / (after.commits - before.commits)
        sizes.append(size)
        beside.append(rate / rows_per_second(bench, folder, max(1, round(size)), plan.seconds))
        alone.append(rate / rows_per_second(bench, folder, 1, plan.seconds))
    load.stop()
    shutil.rmtree(folder)
    note = f"{statistics.median(sizes):.0f} values a commit"
    return [
        Row("DURABLE", f"durable PUTs/s / bare SQLite in batches of that size: {IN_FLIGHT} in flight", beside, at_least=0.8, note=note),
        Row("DURABLE", f"durable PUTs/s / one commit for each row: {IN_FLIGHT} in flight", alone, at_least=20, note=note),
    ]


SECTIONS = {("DURABLE",): durable}
