"""The programs that are measured, the broker between them, and the load generator: how they are started,
watched and stopped.
"""

import json
import os
import select
import signal
import socket
import subprocess
import time

NEAR = "gf_int_v1"  # namespace of the callers
FAR = "bench_far"  # namespace of the devices behind a proxy
SUBSYSTEM = "axuv"
PATH = "gains"
SMALL_BODY = [0, 1, 2, 3, 4]


class Broken(Exception):
    """Something is not slow but wrong: an answer was lost or incorrect, or a program exited."""


class Skipped(Exception):
    """This machine lacks something that the measurement needs."""


class Child:
    """A program whose standard error goes to a separate file."""

    def __init__(self, name, command, folder, **pipes):
        self.name = name
        self.log_path = os.path.join(folder, f"{name}-{time.monotonic_ns()}.log")
        with open(self.log_path, "wb") as log:
            pipes = {"stdin": subprocess.DEVNULL, "stdout": log, **pipes}
            self.started_ns = time.monotonic_ns()
            self.process = subprocess.Popen(command, stderr=log, bufsize=0, **pipes)

    @property
    def pid(self):
        return self.process.pid

    def died(self):
        """Returns a message about its exit, or None if it is running."""
        if self.process.poll() is None:
            return None
        return f"{self.name} ended with status {self.process.returncode}: {self.last_words()}"

    def last_words(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return " | ".join(log.read().strip().splitlines()[-5:]) or "no message"

    def rss_bytes(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise Broken(self.died() or f"{self.name} has no memory")

    def pin(self, cpu):
        """Keeps all of its threads on one processor."""
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            os.sched_setaffinity(int(thread), {cpu})

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Bench:
    """The folder of this run and everything that was started in it; stops all of it on exit."""

    def __init__(self, bin_folder, folder, against_itself=False, other_bin=None):
        self.bin = os.path.abspath(bin_folder)
        self.other_bin = other_bin and os.path.abspath(other_bin)  # the folder of another build
                                                                   # to compare with
        self.folder = folder
        self.against_itself = against_itself
        self.children = []
        self.measurements = []  # all results, in more detail than in the table

    def start(self, name, command, **pipes):
        child = Child(name, command, self.folder, **pipes)
        self.children.append(child)
        return child

    def stop_all(self):
        while self.children:
            self.children.pop().stop()

    def stop(self, child):
        if child in self.children:
            self.children.remove(child)
        child.stop()

    def tool(self, name):
        return os.path.join(self.bin, name)

    def write(self, name, text):
        path = os.path.join(self.folder, f"{name}-{time.monotonic_ns()}")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    # -- the broker ------------------------------------------------------------------------------------------

    def broker(self):
        """Starts a private mosquitto without the limits that would drop messages in a load test."""
        for _ in range(5):
            port = free_port()
            config = self.write(
                "mosquitto.conf",
                f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
                "max_queued_messages 0\nmax_inflight_messages 0\nsys_interval 0\nlog_type error\nlog_type warning\n",
            )
            child = self.start("mosquitto", ["mosquitto", "-c", config])
            child.port = port
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline and not child.died():
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    return child
                except OSError:
                    time.sleep(0.01)
            self.stop(child)
        raise Broken("mosquitto does not start: " + child.last_words())

    # -- what is measured: each returns a function from a port to a command -----------------------------------

    def echo(self, tag, *, qos=0, ns=NEAR, body_bytes=11):
        options = {"namespace": ns, "tag": tag, "path": PATH, "qos": qos, "body_bytes": body_bytes}
        return lambda port: [self.tool("bench_echo_floor"), "--port", str(port), *as_flags(options)]

    def bare_proxy(self, tag, to_tag, *, qos=0):
        options = {"namespace": NEAR, "tag": tag, "to_namespace": FAR, "to_tag": to_tag, "qos": qos}
        return lambda port: [self.tool("bench_proxy_floor"), "--port", str(port), *as_flags(options)]

    def python(self, tag):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "python_responder.py")
        # Debian's paho-mqtt is installed for Debian's Python; another Python may come first in PATH.
        return lambda port: ["/usr/bin/python3", script, "--port", str(port), "--tag", tag]

    def gateway(self, *, qos=0, devices=None, templates=None, routes=None, further=None, other=False):
        """Returns the command of mqcoapd, or of the other build's. Only this function knows the format of
        its configuration.
        """
        program = os.path.join(self.other_bin if other else self.bin, "mqcoapd")

        def command(port):
            config = {
                "version": 1,
                "brokers": {"bench": {"url": f"mqtt://127.0.0.1:{port}", "qos": qos}},
                "defaults": {"namespace": NEAR, "timeout": "60s"},
                "templates": templates or {},
                "devices": devices or {},
                "proxy": {"routes": routes or []},
                "limits": {"payload": "4MiB", "in_flight": 16384},
                "logging": {"level": "info"},
                **(further or {}),
            }
            config = {key: value for key, value in config.items() if value}
            # JSON is YAML.
            return [program, "--config", self.write("mqcoap.yaml", json.dumps(config, indent=1))]

        return command

    def value_gateway(self, tag, *, qos=0, other=False):
        """Returns the gateway with one value of the size that the floor sends."""
        if self.against_itself:
            return self.echo(tag, qos=qos)
        value = {"value": SMALL_BODY, "methods": ["GET", "PUT"]}
        return self.gateway(qos=qos, devices={tag: {"resources": {PATH: value}}}, other=other)

    def proxy_gateway(self, tag, to_tag, *, qos=0, other=False):
        if self.against_itself:
            return self.bare_proxy(tag, to_tag, qos=qos)
        return self.gateway(qos=qos, routes=[route(tag, to_tag)], other=other)

    # -- the load generator ----------------------------------------------------------------------------------

    def load(self, name, program, *, broker=None, qos=0, **options):
        """Returns a load generator that is connected to the program: behind the broker, or acting as its
        broker if there is none.
        """
        if callable(program) and broker:
            program = self.start(name, program(broker.port))
        return Load(self, name, program, broker, {"qos": qos, **options})


def route(tag, to_tag):
    return {
        "name": tag.lower(),
        "match": {"tag": tag},
        "serve": True,
        "to": {"namespace": FAR, "tag": to_tag},
        "in_flight": 1024,
        "queue": 1024,
    }


def as_flags(options):
    """Returns command line options; an option that is True has no value."""
    flags = []
    for name, value in options.items():
        flags.append("--" + name.replace("_", "-"))
        if value is not True:
            flags.append(str(value))
    return flags


class Load:
    """A load generator and the program that it measures."""

    def __init__(self, bench, name, program, broker, options):
        self.bench = bench
        self.name = name
        flags = as_flags(options)
        if broker:
            flags += ["--broker", str(broker.port)]
        self.generator = bench.start(
            f"load-{name}",
            [bench.tool("bench_load_gen"), "--session", *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.unread = b""
        self.program = program
        if not broker:
            self.program = bench.start(name, program(self.read(10)["port"]))
        self.ready = self.read(40)
        self.watched = {"program": self.program.pid}
        if broker:
            self.watched["broker"] = broker.pid

    def read(self, limit):
        deadline = time.monotonic() + limit
        while b"\n" not in self.unread:
            if not select.select([self.generator.process.stdout], [], [], 0.5)[0]:
                if time.monotonic() > deadline or (isinstance(self.program, Child) and self.program.died()):
                    raise Broken(self.why("no result"))
                continue
            chunk = os.read(self.generator.process.stdout.fileno(), 65536)
            if not chunk:
                raise Broken(self.why("the load generator has ended"))
            self.unread += chunk
        line, self.unread = self.unread.split(b"\n", 1)
        answer = json.loads(line)
        if answer["event"] == "error":
            raise Broken(self.why(answer["what"]))
        return answer

    def why(self, what):
        words = [self.name + ": " + what]
        for child in (self.generator, self.program):
            if isinstance(child, Child):
                words.append(child.died() or f"{child.name} says: {child.last_words()}")
        return "; ".join(words)

    def run(self, **options):
        """Runs one measurement; raises Broken unless every answer was correct."""
        self.begin(**options)
        return self.end()

    def begin(self, **options):
        """Starts a measurement, so that something else can happen in the meantime."""
        self.options = options
        flags = as_flags(options)
        for name, pid in self.watched.items():
            flags += ["--process", f"{name}={pid}"]
        try:
            self.generator.process.stdin.write((" ".join(flags) + "\n").encode())
        except BrokenPipeError:
            pass  # the output before its exit is read next

    def end(self):
        """Returns the result of the measurement that was started."""
        options = self.options
        limit = 30 + float(options.get("seconds", 2)) + float(options.get("warm_up", 0.5))
        result = self.read(limit + float(options.get("timeout", 5)))
        self.bench.measurements.append({"of": self.name, "options": options, "result": result})
        if self.program.died():
            raise Broken(self.program.died())
        if not result["good"]:
            faults = {key: result[key] for key in ("lost", "wrong", "unexpected", "first_fault") if result.get(key)}
            raise Broken(f"{self.name} with {options}: {faults or 'no answers'}")
        return result

    def stop(self):
        self.bench.stop(self.program)
        self.bench.stop(self.generator)


def ask(bench, name, port, tag, **options):
    """Measures with a program that sends requests: it runs until it is done and prints its
    results as JSON.
    """
    command = [bench.tool(name), "--port", str(port), "--tag", tag, *as_flags(options)]
    limit = 30 + float(options["seconds"]) + float(options["warm_up"])
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired as slow:
        raise Broken(f"{name} with {options}: no answers") from slow
    if ended.returncode != 0:
        raise Broken(f"{name} with {options}: {ended.stderr.strip() or ended.returncode}")
    result = json.loads(ended.stdout)
    bench.measurements.append({"of": name, "options": options, "result": result})
    return result
