"""The measurements. A section starts its programs, measures them alternately and returns rows; its name
is that of its rows. Every ratio compares two measurements that directly followed each other; the row
shows the median.
"""

import importlib.util
import os
import statistics

from programs import FAR, PATH, SUBSYSTEM, Skipped, ask, route
from table import Row

# One device for each proxy: two proxies that subscribe to the answers of the same device would
# both relay them.
DEVICE = "BENCH_FAR_0001"
DEVICE_OF_BARE = "BENCH_FAR_0002"
GATEWAY = "BENCH_GW_0001"
FLOOR = "BENCH_C_0001"


class Plan:
    """The duration and number of the measurements."""

    def __init__(self, quick, repeats=None, seconds=None):
        self.quick = quick
        self.repeats = repeats or (3 if quick else 5)
        self.seconds = seconds or (0.4 if quick else 1.5)
        self.warm_up = 0.15 if quick else 0.4

    def times(self):
        return {"seconds": self.seconds, "warm_up": self.warm_up}

    def pick(self, wanted, others):
        """Returns the numbers in flight; in a quick run only those that have a required ratio."""
        return sorted(wanted) if self.quick else sorted({*wanted, *others})


def target(tag):
    return f"{tag}/{SUBSYSTEM}/{PATH}"


def alternate(plan, first, second, cells):
    """Returns a list of pairs of results for every cell. The order is reversed each time, so that drift
    affects both programs. A cell contains the options of a measurement, or a pair of options if the two
    programs need different ones.
    """
    out = {name: [] for name in cells}
    for repeat in range(plan.repeats):
        for name, options in cells.items():
            sides = options if isinstance(options, tuple) else (options, options)
            turns = list(zip((first, second), sides))
            results = {load.name: load.run(**{**plan.times(), **side}) for load, side in turns[:: 1 - repeat % 2 * 2]}
            out[name].append((results[first.name], results[second.name]))
    return out


def rate(pairs):
    return [a["requests_per_s"] / b["requests_per_s"] for a, b in pairs]


def latency(pairs, which):
    return [a["latency_us"][which] / b["latency_us"][which] for a, b in pairs]


def cpu(pairs, who="program"):
    each = "cpu_us_per_request"
    return [a["processes"][who][each] / b["processes"][who][each] for a, b in pairs]


def per_second(pairs, side):
    return statistics.median(pair[side]["requests_per_s"] for pair in pairs)


def absolute(pairs):
    """Returns absolute figures for orientation only: they drift from session to session, but
    ratios do not.
    """
    return f"{per_second(pairs, 0):,.0f}/s beside {per_second(pairs, 1):,.0f}/s"


def in_flight_cells(numbers, **more):
    return {n: {"in_flight": n, **more} for n in numbers}


# ---- the gateway itself: the load generator is its broker ---------------------------------------------------------


def direct(bench, plan):
    """P1, P2, P3: a value resource compared to the C floor."""
    wanted_rate = {0: {1: 1.0, 16: 2.0, 128: 3.0}, 1: {1: 1.1, 128: 2.4, 1024: 2.8}}
    wanted_cpu = {1: 1.1, 128: 0.4}
    rows, cpu_rows = [], []
    for qos, row in ((0, "P1"), (1, "P2")):
        gateway = bench.load("gateway", bench.value_gateway(GATEWAY, qos=qos), qos=qos, target=target(GATEWAY))
        floor = bench.load("floor", bench.echo(FLOOR, qos=qos), qos=qos, target=target(FLOOR))
        cells = in_flight_cells(plan.pick(wanted_rate[qos], (1, 16, 128, 1024)))
        for n, pairs in alternate(plan, gateway, floor, cells).items():
            label = f"QoS {qos}, {n} in flight, direct"
            rows.append(Row(row, f"requests/s, gateway / C floor: {label}", rate(pairs),
                            at_least=wanted_rate[qos].get(n), note=absolute(pairs)))
            cpu_rows.append(Row("P3", f"CPU per request, gateway / C floor: {label}", cpu(pairs),
                                at_most=wanted_cpu.get(n) if qos == 0 else None))
        gateway.stop()
        floor.stop()
    return rows + cpu_rows


def put(bench, plan):
    """PUT: compared to a GET, it also passes the duplicate filter, which stores every request."""
    gateway = bench.load("gateway", bench.value_gateway(GATEWAY), target=target(GATEWAY))
    floor = bench.load("floor", bench.echo(FLOOR), target=target(FLOOR))
    small = {"in_flight": 128, "method": "PUT", "body_bytes": 100}
    changed = 205 if bench.against_itself else 204
    pairs = alternate(plan, gateway, floor, {"put": ({**small, "expect": changed}, small)})["put"]
    return [Row("PUT", "requests/s, gateway / C floor: PUT of 100 bytes, 128 in flight, direct", rate(pairs),
                note=absolute(pairs))]


def many(bench, plan):
    """P7: 100,000 resources and routes compared to 10; a value, and the device that the last
    route leads to.
    """
    programs = [crowd(bench, devices=100, resources=990, routes=1000), crowd(bench, devices=1, resources=9, routes=1)]
    rows = []
    for what, kind in (("a value", "resources"), ("proxied by the last route", "routed")):
        loads = [
            bench.load(name, side["program"], targets=bench.write("targets", "\n".join(side[kind]) + "\n"),
                       **({"device_namespace": FAR} if kind == "routed" else {}))
            for name, side in zip(("many", "few"), programs)
        ]
        pairs = alternate(plan, *loads, in_flight_cells([128]))[128]
        rows.append(Row("P7", f"requests/s, 100,000 resources and routes / 10: {what}, 128 in flight, direct",
                        rate(pairs), at_least=0.97, note=absolute(pairs)))
        rows.append(Row("P7", f"CPU per request, 100,000 resources and routes / 10: {what}", cpu(pairs)))
        for load in loads:
            load.stop()
    return rows


def memory(bench, plan):
    """MEMORY: resident memory of 99,000 values of a template compared to 9: after the start, after reading
    every value, and after changing every value.
    """
    held = {when: [] for when in ("at the start", "after all were read", "after all were changed")}
    for _ in range(plan.repeats):
        resident = []
        for side in (crowd(bench, devices=100, resources=990, routes=0), crowd(bench, devices=1, resources=9, routes=0)):
            names = side["resources"]
            load = bench.load("crowd", side["program"], targets=bench.write("targets", "\n".join(names) + "\n"))
            steps = [load.program.rss_bytes()]
            everyone = {"in_flight": 128, "count": len(names), "seconds": 60}
            for options in ({}, {} if bench.against_itself else {"method": "PUT", "body_bytes": 8, "expect": 204}):
                load.run(**everyone, **options)
                steps.append(load.program.rss_bytes())
            resident.append(steps)
            load.stop()
        for when, many_bytes, few_bytes in zip(held, *resident):
            held[when].append((many_bytes - few_bytes) / (99_000 - 9))
    return [Row("MEMORY", f"memory per value of a template, {when}", each, at_most=300 if i < 2 else None, unit=" B")
            for i, (when, each) in enumerate(held.items())]


def crowd(bench, *, devices, resources, routes):
    """Returns a gateway with this many of each, and the targets of requests to it."""
    if bench.against_itself:
        return {"program": bench.echo(GATEWAY), "resources": [target(GATEWAY)], "routed": [target(GATEWAY)]}
    tags = [f"BENCH_{i:04d}" for i in range(devices)]
    proxied = [f"BENCH_R_{i:04d}" for i in range(routes)]

    def value(number):
        return {"value": number, "methods": ["GET", "PUT"]}

    return {
        "program": bench.gateway(
            templates={"crowd": {"resources": {f"r{i:04d}": value(i) for i in range(resources)}}},
            devices={tag: {"like": "crowd"} for tag in tags},
            routes=[route(tag, DEVICE) for tag in proxied],
        ),
        "resources": [f"{tag}/{SUBSYSTEM}/r{i:04d}" for tag in tags for i in range(resources)],
        "routed": [target(tag) for tag in proxied[-1:]],
    }


def large(bench, plan):
    """P8: values of 100 KB and 1 MB, written beforehand."""
    rows = []
    for label, size, n, wanted in (("100 KB", 100_000, 8, 0.8), ("1 MB", 1_000_000, 4, 0.8)):
        if bench.against_itself:
            gateway = bench.load("gateway", bench.echo(GATEWAY, body_bytes=size), target=target(GATEWAY))
        else:
            gateway = bench.load("gateway", bench.value_gateway(GATEWAY), target=target(GATEWAY))
            gateway.run(count=1, method="PUT", body_bytes=size, expect=204)
        floor = bench.load("floor", bench.echo(FLOOR, body_bytes=size), target=target(FLOOR))
        pairs = alternate(plan, gateway, floor, {n: {"in_flight": n, "expect_bytes": size}})[n]
        rows.append(Row("P8", f"requests/s, gateway / C floor: GET of {label}, {n} in flight, direct", rate(pairs),
                        at_least=wanted, note=absolute(pairs)))
        rows.append(Row("P8", f"CPU per request, gateway / C floor: GET of {label}, {n} in flight, direct", cpu(pairs)))
        gateway.stop()
        floor.stop()
    return rows


def start(bench, plan):
    """P10: time from the start of the program to its first answer, and its memory when it is
    idle afterwards.
    """
    later, memory = [], []
    for _ in range(2 * plan.repeats + 1):
        took = []
        for tag, program in ((GATEWAY, bench.value_gateway(GATEWAY)), (FLOOR, bench.echo(FLOOR))):
            load = bench.load("start", program, target=target(tag))
            took.append((load.ready["first_answer_ns"] - load.program.started_ns) * 1e-6)
            if tag == GATEWAY:
                memory.append(load.program.rss_bytes() / 2**20)
            load.stop()
        later.append(took[0] - took[1])
    return [
        Row("P10", "start to first answer, gateway - C floor", later, at_most=15, unit=" ms"),
        Row("P10", "memory of the idle gateway", memory, at_most=12, unit=" MiB"),
    ]


def pending(bench, plan):
    """P11: requests that wait for 20 mute devices, and the memory that the gateway uses in the meantime."""
    tags = [f"BENCH_P_{i:04d}" for i in range(20)]
    if bench.against_itself:
        program, tags = bench.bare_proxy(GATEWAY, DEVICE), [GATEWAY]
    else:
        program = bench.gateway(routes=[route(tag, tag.replace("_P_", "_FAR_")) for tag in tags])
    targets = bench.write("targets", "".join(f"{target(tag)}\n" for tag in tags))
    load = bench.load("pending", program, targets=targets, device_namespace=FAR)
    held = {}
    for n in (1000, 10_000):
        result = load.run(in_flight=n, hold=True, timeout=20)
        held.setdefault(0, result["idle"]["program"]["rss_bytes"])
        held[n] = result["held"]["program"]["rss_bytes"]
    rows = [Row("P11", f"memory with {n:,} requests pending" if n else "memory with none, before", [held[n] / 2**20],
                unit=" MiB") for n in held]
    each = (held[10_000] - held[1000]) / 9000
    return [Row("P11", "memory per pending proxied request", [each], at_most=1024, unit=" B"), *rows]


# ---- through mosquitto --------------------------------------------------------------------------------------------


def brokered(bench, plan):
    """P4: both behind a broker, which then is the limit."""
    rows = []
    broker = bench.broker()
    for qos in (0, 1):
        gateway, floor = (
            bench.load(name, program, broker=broker, qos=qos, target=target(tag))
            for name, tag, program in (("gateway", GATEWAY, bench.value_gateway(GATEWAY, qos=qos)),
                                       ("floor", FLOOR, bench.echo(FLOOR, qos=qos)))
        )
        for n, pairs in alternate(plan, gateway, floor, in_flight_cells(plan.pick((1, 128), (16, 1024)))).items():
            label = f"QoS {qos}, {n} in flight, mosquitto"
            rows.append(Row("P4", f"requests/s, gateway / C floor: {label}", rate(pairs), at_least=0.95,
                            note=absolute(pairs)))
            rows.append(Row("P4", f"p99, gateway / C floor: {label}", latency(pairs, "p99"), at_most=1.15))
            rows.append(Row("P4", f"CPU per request, gateway / C floor: {label}", cpu(pairs)))
        gateway.stop()
        floor.stop()
    return rows


def placed(bench, plan):
    """PLACE: the CPU time of one request in flight. Waking a program on another processor costs several times what the
    program does, and the kernel moves programs between processors as it likes. Here each has its place.
    """
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) < 2:
        raise Skipped("there is only one processor")
    near, far = processors[:2]
    broker = bench.broker()
    gateway = bench.load("gateway", bench.value_gateway(GATEWAY), broker=broker, target=target(GATEWAY))
    floor = bench.load("floor", bench.echo(FLOOR), broker=broker, target=target(FLOOR))
    rows = []
    for where, program, generator, wanted in (("on a processor of its own", far, near, 1.1),
                                              ("on the broker's processor", near, far, None)):
        broker.pin(near)
        for load in (gateway, floor):
            load.program.pin(program)
            load.generator.pin(generator)
        pairs = alternate(plan, gateway, floor, in_flight_cells([1]))[1]
        times = (statistics.median(pair[side]["processes"]["program"]["cpu_us_per_request"] for pair in pairs)
                 for side in (0, 1))
        rows.append(Row("PLACE", f"CPU per request, gateway / C floor: 1 in flight, mosquitto, {where}", cpu(pairs),
                        at_most=wanted, note="{:.1f} us beside {:.1f} us".format(*times)))
    return rows


def open_loop(bench, plan):
    """Latency at a steady rate that both can sustain, measured from the scheduled time of each request."""
    broker = bench.broker()
    gateway = bench.load("gateway", bench.value_gateway(GATEWAY), broker=broker, target=target(GATEWAY))
    floor = bench.load("floor", bench.echo(FLOOR), broker=broker, target=target(FLOOR))
    steady = {"in_flight": 10_000, "rate": 2000}
    pairs = alternate(plan, gateway, floor, {"steady": steady})["steady"]
    label = "2,000 requests/s, open loop, mosquitto"
    return [Row("OPEN", f"{which}, gateway / C floor: {label}", latency(pairs, which),
                note="{:.0f} us beside {:.0f} us".format(
                    *(statistics.median(pair[side]["latency_us"][which] for pair in pairs) for side in (0, 1))))
            for which in ("p50", "p99")]


def proxied(bench, plan):
    """P5: a proxied request compared to a direct one to the same kind of device, all behind one broker."""
    broker = bench.broker()
    bench.start("device", bench.echo(DEVICE, ns=FAR)(broker.port))
    gateway = bench.load("gateway", bench.proxy_gateway(GATEWAY, DEVICE), broker=broker, target=target(GATEWAY))
    floor = bench.load("floor", bench.echo(FLOOR), broker=broker, target=target(FLOOR))
    cells = alternate(plan, gateway, floor, in_flight_cells([1, 128]))
    return [
        Row("P5", "p50, proxied / direct C floor: 1 in flight, mosquitto", latency(cells[1], "p50"), at_most=2.2),
        Row("P5", "requests/s, proxied / direct C floor: 128 in flight, mosquitto", rate(cells[128]), at_least=0.5,
            note=absolute(cells[128])),
    ]


def proxies(bench, plan):
    """P6: the gateway as proxy compared to the bare one; behind a broker, and with the load generator as
    broker and device.
    """
    rows = []
    for place in ("mosquitto", "direct"):
        if place == "mosquitto":
            options = {"broker": bench.broker()}
            devices(bench, options["broker"])
        else:
            options = {"device_namespace": FAR}
        gateway, bare = proxy_pair(bench, options)
        numbers = plan.pick((1, 128), (16, 1024))
        for n, pairs in alternate(plan, gateway, bare, in_flight_cells(numbers)).items():
            label = f"{n} in flight, {place}"
            rows.append(Row("P6", f"requests/s, gateway / bare proxy: {label}", rate(pairs), at_least=1.0,
                            note=absolute(pairs)))
            rows.append(Row("P6", f"CPU per request, gateway / bare proxy: {label}", cpu(pairs), at_most=1.1))
        gateway.stop()
        bare.stop()
    return rows


def devices(bench, broker, **options):
    for tag in (DEVICE, DEVICE_OF_BARE):
        bench.start("device", bench.echo(tag, ns=FAR, **options)(broker.port))


def proxy_pair(bench, options):
    return [
        bench.load(name, program, target=target(tag), **options)
        for name, tag, program in (("gateway", GATEWAY, bench.proxy_gateway(GATEWAY, DEVICE)),
                                   ("bare", FLOOR, bench.bare_proxy(FLOOR, DEVICE_OF_BARE)))
    ]


def proxied_large(bench, plan):
    """P9: answers of 1 MB through the gateway and through the bare proxy."""
    rows = []
    size = 1_000_000
    for place in ("mosquitto", "direct"):
        if place == "mosquitto":
            options = {"broker": bench.broker()}
            devices(bench, options["broker"], body_bytes=size)
        else:
            options = {"device_namespace": FAR, "device_bytes": size}
        gateway, bare = proxy_pair(bench, options)
        pairs = alternate(plan, gateway, bare, {"large": {"in_flight": 4, "expect_bytes": size}})["large"]
        speeds = [statistics.median(pair[side]["payload_mb_per_s"] for pair in pairs) for side in (0, 1)]
        ratios = [a["payload_mb_per_s"] / b["payload_mb_per_s"] for a, b in pairs]
        rows.append(Row("P9", f"MB/s, gateway / bare proxy: bodies of 1 MB, 4 in flight, {place}", ratios, at_least=0.7,
                        note="{:,.0f} MB/s beside {:,.0f} MB/s".format(*speeds)))
        rows.append(Row("P9", f"CPU per request, gateway / bare proxy: bodies of 1 MB, 4 in flight, {place}", cpu(pairs)))
        gateway.stop()
        bare.stop()
    return rows


def python(bench, plan):
    """P12: compared to a responder in Python. The required ratio of 20 refers to the deployed library,
    which does much more for every request than this responder, so no verdict is possible here.
    """
    if not importlib.util.find_spec("paho"):
        raise Skipped("python3-paho-mqtt is missing")
    broker = bench.broker()
    gateway = bench.load("gateway", bench.value_gateway(GATEWAY), broker=broker, target=target(GATEWAY))
    floor = bench.load("python", bench.python("BENCH_PY_0001"), broker=broker, target=target("BENCH_PY_0001"))
    pairs = alternate(plan, gateway, floor, in_flight_cells([64]))[64]
    label = "64 in flight, mosquitto"
    return [
        Row("P12", f"requests/s, gateway / Python stand-in: {label}", rate(pairs), note=absolute(pairs) +
            "; a bare paho-mqtt responder, not the library: its 20 is not asked here"),
        Row("P12", f"CPU per request, gateway / Python stand-in: {label}", cpu(pairs)),
    ]


def client(bench, plan):
    """CLIENT: the library's client compared to a minimal requester based on libmosquitto, with a C floor
    as the device behind mosquitto.
    """
    rows = []
    broker = bench.broker()
    bench.start("device", bench.echo(DEVICE)(broker.port))
    programs = ["bench_client_floor" if bench.against_itself else "bench_client_load", "bench_client_floor"]
    for n in plan.pick((1, 64), (16, 1024)):
        pairs = []
        for repeat in range(plan.repeats):
            turn = [0, 1] if repeat % 2 == 0 else [1, 0]
            results = {i: ask(bench, programs[i], broker.port, DEVICE, in_flight=n, **plan.times()) for i in turn}
            pairs.append((results[0], results[1]))
        label = f"{n} in flight, mosquitto"
        asked = n in (1, 64)
        rows.append(Row("CLIENT", f"requests/s, client / bare requester: {label}", rate(pairs),
                        at_least=0.9 if asked else None, note=absolute(pairs)))
        rows.append(Row("CLIENT", f"CPU per request, client / bare requester: {label}",
                        [a["cpu_us_per_request"] / b["cpu_us_per_request"] for a, b in pairs],
                        at_most=1.3 if asked else None,
                        note="{:.1f} us beside {:.1f} us".format(
                            *(statistics.median(pair[side]["cpu_us_per_request"] for pair in pairs)
                              for side in (0, 1)))))
    return rows


def builds(bench, plan):
    """BUILD: mqcoapd of this build compared to that of another one: local and proxied requests,
    start, and memory.
    """
    rows = []
    for what, make, options in (
        ("local, QoS 0", lambda other: bench.value_gateway(GATEWAY, other=other), {}),
        ("local, QoS 1", lambda other: bench.value_gateway(GATEWAY, qos=1, other=other), {"qos": 1}),
        ("proxied, QoS 0", lambda other: bench.proxy_gateway(GATEWAY, DEVICE, other=other), {"device_namespace": FAR}),
    ):
        loads = [bench.load(name, make(name == "other"), target=target(GATEWAY), **options) for name in ("this", "other")]
        for n, pairs in alternate(plan, *loads, in_flight_cells([1, 16, 128])).items():
            label = f"{what}, {n} in flight, direct"
            rows.append(Row("BUILD", f"requests/s, this / other: {label}", rate(pairs), note=absolute(pairs)))
            rows.append(Row("BUILD", f"CPU per request, this / other: {label}", cpu(pairs)))
        for load in loads:
            load.stop()
    return rows + starts(bench, plan)


def starts(bench, plan):
    """Measures the time from the start of each build to its first answer, and its memory when it is
    idle afterwards.
    """
    later, memory = [], []
    for repeat in range(2 * plan.repeats + 1):
        took, held = {}, {}
        for other in (False, True) if repeat % 2 == 0 else (True, False):
            load = bench.load("start", bench.value_gateway(GATEWAY, other=other), target=target(GATEWAY))
            took[other] = (load.ready["first_answer_ns"] - load.program.started_ns) * 1e-6
            held[other] = load.program.rss_bytes()
            load.stop()
        later.append(took[False] - took[True])
        memory.append(held[False] / held[True])
    return [
        Row("BUILD", "start to first answer, this - other", later, unit=" ms"),
        Row("BUILD", "memory of the idle gateway, this / other", memory),
    ]


# Replaces all other sections if another build is given.
COMPARISON = {("BUILD",): builds}

SECTIONS = {
    ("P1", "P2", "P3"): direct,
    ("PUT",): put,
    ("P4",): brokered,
    ("PLACE",): placed,
    ("OPEN",): open_loop,
    ("P5",): proxied,
    ("P6",): proxies,
    ("P7",): many,
    ("P8",): large,
    ("P9",): proxied_large,
    ("P10",): start,
    ("P11",): pending,
    ("MEMORY",): memory,
    ("P12",): python,
    ("CLIENT",): client,
}
