"""Resources with `persist`: a write that is answered with 201, 202 or 204 is on disk
(docs/operations.md, "State").
"""

import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import sqlite3
import tempfile
import threading
import time
import unittest
import urllib.request

from harness import IntegrationTest, tool
from harness.process import Process

CONFIGURATION = """
    version: 1
    brokers: {lab: {url: $LAB}}
    state: {dir: $DIR}
    http: {listen: "127.0.0.1:0"}
    devices:
      GW_1:
        resources:
          gains: {value: [0, 1], methods: [GET, PUT], persist: true}
          shots: {collection: {max: 100000}, persist: true}
          status: {value: IDLE, methods: [GET, PUT], persist: true}
          count: {value: 0, persist: true}
          arm: {action: {when: {status: IDLE}, set: {status: ARMED, count: 1}}}
          passing: {value: 0, methods: [GET, PUT]}
"""
KILLS = int(os.environ.get("MQCOAP_KILLS", "6"))


class StateTest(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="mqcoap-state-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.lab = self.broker()
        self.desk = self.caller(self.lab, "GW_1")

    @property
    def database(self):
        return pathlib.Path(self.folder) / "state.db"

    def start(self, configuration=CONFIGURATION, **how):
        return self.gateway(configuration, LAB=self.lab.url, DIR=self.folder, **how)

    def kill(self, gateway):
        gateway.signal(signal.SIGKILL)
        gateway.wait_exit()

    def state(self, *arguments, **how):
        return tool.run("config", "state", "--dir", self.folder, *arguments, **how)

    def page(self, gateway, path):
        port = re.search(r"http://127\.0\.0\.1:(\d+)", gateway.log).group(1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.read().decode()


class State(StateTest):
    def test_what_was_answered_is_there_after_a_kill(self):
        gateway = self.start()
        etag = self.assert_code(self.desk.put("gains", [5, 6]), 204).header["etag"]
        for n in range(3):
            self.assert_code(self.desk.post("shots", {"n": n}), 201)
        self.assert_code(self.desk.delete("shots/1"), 202)
        self.assert_code(self.desk.post("arm"), 203)
        self.assert_code(self.desk.put("passing", 7), 204)
        self.kill(gateway)
        self.start()
        gains = self.desk.get("gains")
        self.assertEqual((gains.body, gains.header["etag"]), ([5, 6], etag))
        self.assertEqual(self.desk.get("shots").body, {"0": {"n": 0}, "2": {"n": 2}})
        self.assertEqual(self.assert_code(self.desk.post("shots", {}), 201).header["location"], "shots/3")
        self.assertEqual((self.desk.get("status").body, self.desk.get("count").body), ("ARMED", 1))
        self.assert_code(self.desk.post("arm"), 412)
        self.assertEqual(self.desk.get("passing").body, 0)

    def test_a_configured_value_that_changes_is_in_force_as_after_a_reload(self):
        gateway = self.start()
        self.desk.put("gains", [5, 6])
        self.desk.put("status", "BUSY")
        gateway.stop()
        gateway = self.start(CONFIGURATION.replace("gains: {value: [0, 1]", "gains: {value: [9]"))
        self.assertEqual(self.desk.get("gains").body, [9])
        self.assertEqual(self.desk.get("status").body, "BUSY")
        self.kill(gateway)
        self.start(CONFIGURATION.replace("gains: {value: [0, 1]", "gains: {value: [9]"))
        self.assertEqual(self.desk.get("gains").body, [9])

    def test_a_value_that_no_longer_fits_is_set_aside(self):
        gateway = self.start()
        self.desk.put("gains", "loud")
        self.desk.post("shots", "text")
        self.desk.post("shots", 5)
        gateway.stop()
        narrow = CONFIGURATION.replace("value: [0, 1],", "value: [0, 1], schema: {type: array},").replace(
            "max: 100000}", "max: 100000, schema: {type: integer}}"
        )
        gateway = self.start(narrow)
        gateway.wait_log("GW_1/gains: its stored value was set aside, and the configured one is in force: ")
        gateway.wait_log("GW_1/shots: item 0 is removed: ")
        self.assertEqual(self.desk.get("gains").body, [0, 1])
        self.assertEqual(self.desk.get("shots").body, {"1": 5})
        self.assert_code(self.desk.put("status", "BUSY"), 204)  # and so are the earlier writes
        shown = self.state("--set-aside")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        rows = [line.split("\t") for line in shown.stdout.splitlines()]
        self.assertEqual([(r[0], r[1], r[4]) for r in rows], [("GW_1/gains", "0", '"loud"'), ("GW_1/shots", "0", '"text"')])
        self.assertIn("2 values are out of force", self.state().stderr)
        self.assertIn("mqcoap_state_set_aside 2", self.page(gateway, "/metrics"))
        self.kill(gateway)
        self.start(narrow)
        self.assertEqual(self.desk.get("gains").body, [0, 1])

    def test_a_resource_that_was_away_finds_its_state(self):
        gateway = self.start()
        self.desk.put("gains", [5])
        without = CONFIGURATION.replace("gains: {value: [0, 1], methods: [GET, PUT], persist: true}", "other: {value: 1}")
        gateway.reload(without)
        self.assert_code(self.desk.get("gains"), 404)
        gateway.reload(CONFIGURATION)
        self.assertEqual(self.desk.get("gains").body, [5])
        gateway.stop()
        gateway = self.start(without)
        listed = tool.run("config", "state", gateway.file)
        self.assertEqual(listed.stdout, "GW_1/gains\tvalue\t1\t3\tnot in the configuration\n")
        gateway.reload(CONFIGURATION)
        self.assertEqual(self.desk.get("gains").body, [5])

    def test_a_reload_may_be_the_first_to_need_a_store(self):
        gateway = self.start(CONFIGURATION.replace(", persist: true", ""))
        self.desk.put("gains", [5])
        self.assertFalse(self.database.exists())
        self.assertEqual(self.desk.get(".gw/state").body, {"store": "memory"})
        self.assertNotIn("mqcoap_state", self.page(gateway, "/metrics"))
        gateway.reload(CONFIGURATION)
        self.assertEqual(self.desk.get("gains").body, [5])
        self.assert_code(self.desk.put("status", "BUSY"), 204)  # earlier writes are then stored, too
        self.kill(gateway)
        self.start()
        self.assertEqual(self.desk.get("gains").body, [5])

    def test_the_activity_of_the_store_is_shown(self):
        gateway = self.start()
        self.desk.put("gains", [5])
        self.desk.post("shots", 1)
        told = self.assert_code(self.desk.get(".gw/state"), 205).body
        self.assertEqual((told["store"], told["where"]), ("sqlite", str(self.database)))
        self.assertEqual((told["commits"]["count"], told["values"], told["refused"], told["waiting"]), (2, 2, 0, 0))
        self.assertGreater(told["bytes"], 0)
        metrics = self.page(gateway, "/metrics")
        for line in ("mqcoap_state_commit_duration_seconds_count 2", "mqcoap_state_commit_values_sum 2"):
            self.assertIn(line + "\n", metrics)
        for line in ("mqcoap_state_failing 0", "mqcoap_state_refused_total 0", "mqcoap_state_waiting 0"):
            self.assertIn(line + "\n", metrics)

    def test_what_is_stored_is_listed_and_copied_while_it_runs(self):
        self.start()
        self.desk.put("gains", [5, 6])
        self.desk.post("shots", 1)
        listed = self.state()
        self.assertEqual((listed.returncode, listed.stderr), (0, ""))
        self.assertEqual(listed.stdout, "GW_1/gains\tvalue\t1\t6\t\nGW_1/shots\tcollection\t1\t1\t\n")
        copy = pathlib.Path(self.folder) / "monday.db"
        done = self.state("--backup", copy)
        self.assertEqual((done.returncode, done.stderr), (0, f"copied {self.database} to {copy}\n"))
        again = self.state("--backup", copy)
        self.assertEqual(again.returncode, 2)
        self.assertIn("no file is overwritten", again.stderr)
        self.assertEqual([each.name for each in pathlib.Path(self.folder).glob("monday*")], ["monday.db"])
        broken = self.state("--backup", pathlib.Path(self.folder) / "small.db", prefix=("prlimit", "--fsize=1024"))
        self.assertEqual(broken.returncode, 78, broken.stderr)
        self.assertEqual(list(pathlib.Path(self.folder).glob("small*")), [])
        self.desk.put("gains", [7])
        # Simulates another host, where the copy is state.db.
        with tempfile.TemporaryDirectory() as elsewhere:
            copy.rename(pathlib.Path(elsewhere) / "state.db")
            other = self.broker()
            self.gateway(CONFIGURATION, LAB=other.url, DIR=elsewhere).wait_ready()
            desk = self.caller(other, "GW_1")
            self.assertEqual(desk.get("gains").body, [5, 6])
            self.assertEqual(desk.get("shots").body, {"0": 1})

    def test_words_for_a_person_who_looks_in_the_wrong_place(self):
        nothing = self.state()
        self.assertEqual(nothing.returncode, 78)
        self.assertIn("state.db does not exist: nothing has been stored", nothing.stderr)
        self.database.write_text("a letter")
        self.assertIn("file is not a database", self.state().stderr)

    def test_serve_keeps_state_where_a_directory_is_named(self):
        file = pathlib.Path(self.folder) / "lab.yaml"
        text = f"version: 1\nbrokers: {{lab: {{url: '{self.lab.url}'}}}}\nstate: {{dir: kept}}\ndevices:\n"
        text += "  GW_1: {resources: {gains: {value: 0, methods: [GET, PUT], persist: true}}}\n"
        file.write_text(text, encoding="utf-8")
        cli = self.cli()
        missing = tool.run("serve", file)
        self.assertEqual(missing.returncode, 78)
        self.assertIn("kept/state.lock: No such file or directory", missing.stderr)
        (pathlib.Path(self.folder) / "kept").mkdir()
        for expected in (0, 5):
            serving = self.running(cli, "serve", file)
            serving.err.wait("answering for")
            self.assertEqual(self.desk.get("gains").body, expected)
            self.assert_code(self.desk.put("gains", 5), 204)
            serving.stop()
        file.write_text(text.replace("state: {dir: kept}\n", ""), encoding="utf-8")
        serving = self.running(cli, "serve", file)
        serving.err.wait("in memory only")
        serving.err.wait("answering for")
        self.assertEqual(self.desk.get("gains").body, 0)


class Start(StateTest):
    def ends_with(self, status, words, **how):
        gateway = self.start(ready=False, **how)
        self.assertEqual(gateway.wait_exit(), status, gateway.log)
        self.assertIn(words, gateway.log)

    def test_one_directory_is_for_one_gateway(self):
        self.start()
        self.ends_with(70, f"{self.folder} is used by another gateway")

    def test_a_directory_that_is_not_there_is_named(self):
        shutil.rmtree(self.folder)
        self.ends_with(70, f"state cannot be kept: {self.folder}/state.lock: No such file or directory")
        pathlib.Path(self.folder).mkdir()

    def test_a_newer_database_is_left_alone(self):
        self.start().stop()
        with contextlib.closing(sqlite3.connect(self.database)) as other:
            other.execute("PRAGMA user_version=99")
        self.ends_with(78, "tables of version 99")

    def test_without_a_directory_the_units_is_used(self):
        configuration = CONFIGURATION.replace("state: {dir: $DIR}", "")
        gateway = self.start(configuration, environment={"STATE_DIRECTORY": self.folder})
        self.desk.put("gains", [5])
        gateway.stop()
        self.assertTrue(self.database.exists())
        self.ends_with(70, "name it by `state: {dir: ...}`", configuration=configuration, environment={"STATE_DIRECTORY": ""})

    def test_a_damaged_database_is_set_aside(self):
        gateway = self.start()
        self.desk.put("gains", [5])
        gateway.stop()
        self.database.write_bytes(b"this is a letter to the laboratory " * 1000)
        gateway = self.start()
        gateway.wait_log("the stored state is damaged")
        self.assertEqual(self.desk.get("gains").body, [0, 1])
        kept = pathlib.Path(self.desk.get(".gw/state").body["damaged"])
        self.assertTrue(kept.read_bytes().startswith(b"this is a letter"))
        self.assert_code(self.desk.put("gains", [6]), 204)


class Faults(StateTest):
    def test_a_full_disk_refuses_changes_and_recovers(self):
        gateway = self.start()
        self.assert_code(self.desk.put("gains", [1]), 204)
        # A limit of the process simulates a full disk: no file can grow any more.
        before = resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (16384, before[1]))
        large = ["x" * 60000]
        refused = self.assert_code(self.desk.put("gains", large), 500, "disk is full")
        self.assert_code(self.desk.post("shots", large), 500)
        self.assertIn("nothing has changed", refused.body)
        self.assertEqual(self.desk.get("gains").body, [1])
        self.assertEqual(self.desk.get("shots").body, {})
        self.assert_code(self.desk.put("passing", 1), 204)  # values that are not stored can still be written
        self.assertIn("File too large", self.desk.get(".gw/state").body["failing"])
        self.assertIn("mqcoap_state_failing 1\n", self.page(gateway, "/metrics"))
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, before)
        self.assert_code(self.desk.put("gains", large), 204)
        self.assert_logged(gateway, "state is stored again")
        self.assertEqual(self.assert_code(self.desk.post("shots", 1), 201).header["location"], "shots/0")
        self.kill(gateway)
        self.start()
        self.assertEqual(self.desk.get("gains").body, large)

    def test_the_same_id_may_be_sent_again_after_a_refusal(self):
        gateway = self.start()
        before = resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        self.assert_code(self.desk.post("shots", "x" * 9000, request_id="5f0c2d3e-8a54-4a75-9f0e-0c1d2e3f4a5b"), 500)
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, before)
        self.assert_code(self.desk.post("shots", "x" * 9000, request_id="5f0c2d3e-8a54-4a75-9f0e-0c1d2e3f4a5b"), 201)

    @unittest.skipUnless(shutil.which("strace"), "no strace")
    def test_a_disk_that_fails_is_no_lost_answer(self):
        """Every system call that reaches the disk fails once, selected by its number; whatever was
        answered with 204 is stored.
        """
        for call, error in (("pwrite64", "ENOSPC"), ("pwrite64", "EIO"), ("fdatasync", "EIO")):
            for when in (1, 2, 3, 6):
                with self.subTest(call=call, error=error, when=when):
                    self.fail_once(call, error, when)

    def fail_once(self, call, error, when):
        gateway = self.start()
        self.assert_code(self.desk.put("gains", [0]), 204)
        injected = ("strace", "-f", "-o", "/dev/null", "-p", gateway.pid, "-e", f"trace={call}")
        strace = Process([*injected, "-e", f"inject={call}:error={error}:when={when}"])
        try:
            strace.wait_line("attached")
            held, codes = [0], collections.Counter()
            for n in range(10):
                answer = self.desk.put("gains", [n])
                codes[answer.code] += 1
                if answer.code == 204:
                    held = [n]
                else:
                    self.assertIn("nothing has changed", answer.body)
                self.assertEqual(self.desk.get("gains").body, held)
        finally:
            strace.signal(signal.SIGINT)  # it detaches from the gateway
            strace.wait_exit()
        self.assertEqual(sorted(codes), [204, 500])
        self.assertEqual(codes[500], 1)
        gateway.stop()
        gateway = self.start()
        self.assertEqual(self.desk.get("gains").body, held)
        gateway.stop()


class RunOnce(StateTest):
    """`durable_dedup: true`: a write runs once even if the gateway is killed in the meantime."""

    FIRE = "5f0c2d3e-8a54-4a75-9f0e-0c1d2e3f4a5b"

    def setUp(self):
        super().setUp()
        self.shots = pathlib.Path(self.folder) / "shots"
        fire = f'[sh, -c, "echo shot >> {self.shots}; exec sleep 30"]'
        self.configuration = CONFIGURATION.replace("      GW_1:\n", "      GW_1:\n        durable_dedup: true\n")
        self.configuration += f"          fire: {{exec: {fire}, methods: [POST], timeout: 60s}}\n    limits: {{handler_timeout: 60s}}\n"

    def test_an_answer_outlives_the_process(self):
        gateway = self.start(self.configuration)
        first = self.assert_code(self.desk.post("shots", {"n": 1}, request_id=self.FIRE), 201)
        self.assert_code(self.desk.post("shots", {"n": 2}), 201)  # when this is stored, the other
                                                                  # request is recorded
        self.kill(gateway)
        self.start(self.configuration)
        second = self.assert_code(self.desk.post("shots", {"n": 1}, request_id=self.FIRE), 201)
        self.assertEqual(first.header["location"], second.header["location"])
        self.assertEqual(len(self.desk.get("shots").body), 2)
        self.assert_code(self.desk.post("shots", {"n": 3}, request_id=self.FIRE), 400, "request_id")

    def test_what_ran_when_the_gateway_died_is_not_run_again(self):
        gateway = self.start(self.configuration)
        self.desk.send("POST", "fire", request_id=self.FIRE)
        self.wait_until(lambda: self.shots.exists() and self.shots.read_text() == "shot\n", "the program runs", gateway=gateway)
        self.kill(gateway)
        self.start(self.configuration)
        for _ in range(2):
            self.assert_code(self.desk.post("fire", request_id=self.FIRE), 500, "outcome unknown")
        self.assertEqual(self.shots.read_text(), "shot\n")

    def test_a_forwarded_write_ends_with_the_time_of_its_route(self):
        """Nothing else happens meanwhile that could wake the gateway."""
        self.configuration = self.configuration.replace("handler_timeout: 60s", "handler_timeout: 10min")
        self.start(self.configuration + "    proxy: {forward: GW_1, routes: [{name: mute, match: {tag: MUTE_1}, timeout: 300ms}]}\n")
        answer = self.desk.put("gains", 1, proxy_uri="MUTE_1/axuv/gains")
        self.assert_code(answer, 504, "did not answer within 300ms")

    def test_what_was_refused_may_come_again(self):
        gateway = self.start(self.configuration)
        self.assert_code(self.desk.put("count", 1, request_id=self.FIRE), 405)
        self.assert_code(self.desk.post("shots", 1), 201)  # when this is stored, the other request has
                                                           # been forgotten
        self.kill(gateway)
        self.start(self.configuration.replace("count: {value: 0,", "count: {value: 0, methods: [GET, PUT],"))
        self.assert_code(self.desk.put("count", 1, request_id=self.FIRE), 204)


class Kills(StateTest):
    """SIGKILL at any moment: no write that was answered is missing, and none is stored twice."""

    WRITERS = 8

    def setUp(self):
        super().setUp()
        self.stored = {}  # what the collection contains for each body that was answered with 201
        self.values = {n: (0, 0) for n in range(self.WRITERS)}  # the last number that was answered, and the
                                                                # last that was sent
        self.lock = threading.Lock()
        values = "".join(f"          v{n}: {{value: 0, methods: [GET, PUT], persist: true}}\n" for n in range(self.WRITERS))
        self.configuration = CONFIGURATION + values

    def write(self, n, callers, stopping):
        desk, count = callers[n], self.values[n][1]
        while not stopping.is_set():
            count += 1
            with self.lock:
                self.values[n] = (self.values[n][0], count)
            with contextlib.suppress(TimeoutError):
                if desk.send("PUT", f"v{n}", count).answer(timeout=0.5).code == 204:
                    with self.lock:
                        self.values[n] = (count, count)
            body = f"{n}:{count}"
            with contextlib.suppress(TimeoutError):
                answer = desk.send("POST", "shots", body).answer(timeout=0.5)
                if answer.code == 201:
                    with self.lock:
                        self.stored[answer.header["location"]] = body

    def judge(self, began):
        found = self.desk.get("shots").body
        for location, body in self.stored.items():
            self.assertEqual(found.get(location.removeprefix("shots/")), body, f"{location} was answered with 201")
        bodies = collections.Counter(found.values())
        self.assertEqual([b for b, times in bodies.items() if times > 1], [], "stored twice")
        for n, (answered, sent) in self.values.items():
            value = self.desk.get(f"v{n}").body
            self.assertTrue(answered <= value <= sent, f"v{n} is {value}, {answered} was answered, {sent} was sent")

    def test_kills(self):
        callers = [self.caller(self.lab, "GW_1", client_id=f"writer-{n}") for n in range(self.WRITERS)]
        slowest = 0
        for kill in range(KILLS):
            began = time.monotonic()
            gateway = self.start(self.configuration)
            slowest = max(slowest, time.monotonic() - began)
            if kill > 0:
                self.judge(began)
            stopping = threading.Event()
            with concurrent.futures.ThreadPoolExecutor(self.WRITERS) as pool:
                writers = [pool.submit(self.write, n, callers, stopping) for n in range(self.WRITERS)]
                wanted = len(self.stored) + 20 + 7 * (kill % 5)
                self.wait_until(lambda: len(self.stored) >= wanted, f"{wanted} stored items", gateway=gateway)
                self.kill(gateway)
                stopping.set()
                for each in writers:
                    each.result()
            if len(self.stored) > 2000:
                gateway = self.start(self.configuration)
                self.judge(began)
                for item in self.desk.get("shots").body:
                    self.desk.delete(f"shots/{item}")
                self.stored.clear()
                self.kill(gateway)
        self.start(self.configuration)
        self.judge(time.monotonic())
        print(json.dumps({"kills": KILLS, "slowest_start_s": round(slowest, 3)}), flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
