"""Measurements of the kinds of resources with a backend outside of the process: their rate compared to a
value, the cost of a mute instrument for other requests, and the memory after many requests.
"""

import statistics
import sys

from programs import PATH, SUBSYSTEM, Skipped
from table import Row

TOPIC = "bench/gauge"

# A pseudo file with one number that exists on every Linux.
SYS_FILE = "/sys/kernel/uevent_seqnum"

PROGRAM = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"id": asked["id"], "code": 205, "body": 1}), flush=True)
"""

# One thread is enough: a gateway opens one connection to an instrument. Without an argument it never answers.
INSTRUMENT = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    with connection:
        for line in connection.makefile("rb"):
            if len(sys.argv) > 1:
                connection.sendall(b"1\\n")
"""

SERVER = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1")
        self.end_headers()
        self.wfile.write(b"1")
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def target(name):
    """Each resource has its own device, because a load generator receives all answers of a device."""
    return f"BENCH_{name.upper()}/{SUBSYSTEM}/{PATH}"


def script(bench, name, text, *arguments):
    """Returns the command of a Python program."""
    return [sys.executable, "-B", bench.write(name, text), *arguments]


def server(bench, name, text, *arguments):
    """Starts a program that prints its port; returns the port."""
    child = bench.start(name, script(bench, name, text, *arguments), stdout=-1)
    return int(child.process.stdout.readline())


def gateway(bench, resources):
    return bench.gateway(devices={f"BENCH_{name.upper()}": {"resources": {PATH: r}} for name, r in resources.items()})


def alternating(plan, loads, options):
    """Returns, for each repeat, the results of all loads; the order is reversed each time."""
    rounds = []
    for repeat in range(plan.repeats):
        turn = list(loads.items())[:: 1 - repeat % 2 * 2]
        rounds.append({name: load.run(**plan.times(), **options) for name, load in turn})
    return rounds


def rates(bench, plan):
    """KRATE: a file in /sys and a topic compared to a value of the same gateway, 1 and 128 in flight,
    behind a broker.
    """
    broker = bench.broker()
    resources = {
        "value": {"value": 1},
        "file": {"file": SYS_FILE, "parse": "number"},
        "topic": {"topic": TOPIC, "parse": "number"},
    }
    program = bench.start("gateway", gateway(bench, resources)(broker.port))
    retain(broker.port)
    loads = {name: bench.load(name, program, broker=broker, target=target(name)) for name in resources}
    rows = []
    for n in (1, 128):
        rounds = alternating(plan, loads, {"in_flight": n})
        for name, wanted in (("file", 0.6), ("topic", 0.95)):
            ratios = [each[name]["requests_per_s"] / each["value"]["requests_per_s"] for each in rounds]
            median = statistics.median(each[name]["requests_per_s"] for each in rounds)
            rows.append(Row("KRATE", f"requests/s, {name} / value: {n} in flight, mosquitto", ratios, at_least=wanted,
                            note=f"{median:,.0f}/s"))
    return rows


def retain(port):
    """Publishes the retained number that the topic resource reads."""
    try:
        from paho.mqtt import publish
    except ImportError as missing:
        raise Skipped("python3-paho-mqtt is missing") from missing
    publish.single(TOPIC, "1", retain=True, port=port)


def mute(bench, plan):
    """KMUTE: a value at 500 requests/s while 16 requests wait for a mute instrument, and while none do."""
    broker = bench.broker()
    port = server(bench, "instrument", INSTRUMENT)
    resources = {"value": {"value": 1},
                 "mute": {"line": {"to": f"tcp://127.0.0.1:{port}", "timeout": "200ms"}, "get": "READ?", "parse": "number"}}
    program = bench.start("gateway", gateway(bench, resources)(broker.port))
    asked = bench.load("value", program, broker=broker, target=target("value"))
    steady = {"in_flight": 10_000, "rate": 500, **plan.times()}
    quiet, beside = [], []
    for repeat in range(plan.repeats):
        for is_mute in (False, True) if repeat % 2 == 0 else (True, False):
            if not is_mute:
                quiet.append(asked.run(**steady))
                continue
            waiting = bench.start("waiting", waiting_command(bench, broker.port, plan))
            beside.append(asked.run(**steady))
            bench.stop(waiting)
    pairs = list(zip(beside, quiet))
    return [
        Row("KMUTE", f"{which} of a value, beside a mute instrument / alone: 500 requests/s, mosquitto",
            [a["latency_us"][which] / b["latency_us"][which] for a, b in pairs],
            at_most=1.2 if which == "p99" else None,
            note="{:.0f} us beside {:.0f} us".format(
                *(statistics.median(pair[side]["latency_us"][which] for pair in pairs) for side in (0, 1))))
        for which in ("p50", "p99")
    ]


def waiting_command(bench, port, plan):
    """Returns the command that sends requests to the mute instrument for longer than a measurement."""
    return [bench.tool("bench_load_gen"), "--broker", str(port), "--target", target("mute"), "--expect", "504",
            "--in-flight", "16", "--start-limit", "60", "--timeout", "60", "--warm-up", "0",
            "--seconds", str(60 + 10 * plan.seconds)]


def all_kinds(bench):
    """Returns a readable resource of each kind, with a backend that answers."""
    instrument = server(bench, "instrument", INSTRUMENT, "answers")
    web = server(bench, "server", SERVER)
    return {
        "value": {"value": 1},
        "signal": {"signal": "sin(t)"},
        "file": {"file": SYS_FILE, "parse": "number"},
        "exec": {"exec": ["/bin/echo", "1"], "parse": "number"},
        "process": {"process": script(bench, "program", PROGRAM)},
        "line": {"line": f"tcp://127.0.0.1:{instrument}", "get": "READ?", "parse": "number"},
        "topic": {"topic": TOPIC, "parse": "number"},
        "http": {"http": f"http://127.0.0.1:{web}/", "parse": "number"},
    }


def memory(bench, plan):
    """KMEM: the gateway's memory after 100,000 requests to each kind, compared to that after
    the first 5,000.
    """
    count = 10_000 if plan.quick else 100_000
    broker = bench.broker()
    resources = all_kinds(bench)
    retain(broker.port)
    rows = []
    for name, resource in resources.items():
        program = bench.start(name, gateway(bench, {name: resource})(broker.port))
        load = bench.load(name, program, broker=broker, target=target(name), in_flight=8)
        load.run(count=5000, timeout=600)  # running programs takes minutes
        before = program.rss_bytes()
        load.run(count=count, timeout=600)
        after = program.rss_bytes()
        rows.append(Row("KMEM", f"memory after {count:,} requests / after 5,000: {name}", [after / before], at_most=1.05,
                        note=f"{after / 2**20:.1f} MiB"))
        load.stop()
    return rows


SECTIONS = {
    ("KRATE",): rates,
    ("KMUTE",): mute,
    ("KMEM",): memory,
}
