"""Several gateways with one PostgreSQL (docs/operations.md, "Several gateways with PostgreSQL")."""

import collections
import concurrent.futures
import re
import signal
import threading
import unittest
import urllib.request

from harness import tool
from harness.postgres import PostgresTest

CONFIGURATION = """
    version: 1
    brokers: {lab: {url: $LAB}}
    state: {postgres: $DATABASE}
    http: {listen: "127.0.0.1:0"}
    devices:
      GW_1:
        resources:
          gains: {value: [0, 1], methods: [GET, PUT], persist: true}
          count: {value: 0, methods: [GET, PUT], persist: true}
          shots: {collection: {max: 100000}, persist: true}
          status: {value: IDLE, methods: [GET, PUT], persist: true}
          arm: {action: {when: {status: IDLE}, set: {status: ARMED}}}
          passing: {value: 0, methods: [GET, PUT]}
"""


class Postgresql(PostgresTest):
    """Each gateway has its own broker, so that a test can choose which gateway gets a request."""

    SERVED = ("GW_1",)

    def member(self, configuration=CONFIGURATION, **how):
        lab = self.broker()
        gateway = self.gateway(configuration, LAB=lab.url, DATABASE=f"'{self.database.url}'", **how)
        return gateway, self.caller(lab, "GW_1")

    def kill(self, gateway):
        gateway.signal(signal.SIGKILL)
        gateway.wait_exit()

    def wait_for(self, caller, path="gains"):
        """Waits until a gateway serves again; checks that every answer before that is an error."""
        answers = []

        def served():
            answers.append(caller.get(path))
            if answers[-1].code != 205:
                self.assert_code(answers[-1], 503, "the database does not answer")
            return answers[-1].code == 205

        self.wait_until(served, f"{path} is served again")
        return answers[-1]


class Library(Postgresql):
    def libraries(self, gateway):
        with open(f"/proc/{gateway.pid}/maps", encoding="utf-8") as maps:
            return {line.rsplit("/", 1)[-1].strip() for line in maps if ".so" in line}

    def test_libpq_is_loaded_only_where_there_is_a_database(self):
        member, _ = self.member()
        self.assertIn("libpq.so.5", {name[:10] for name in self.libraries(member)})
        alone, _ = self.member(CONFIGURATION.replace("state: {postgres: $DATABASE}", "").replace(", persist: true", ""))
        self.assertFalse([name for name in self.libraries(alone) if "libpq" in name or "ldap" in name])


class Sharing(Postgresql):
    def test_a_get_after_a_204_sees_it_on_every_member(self):
        _, one = self.member()
        _, two = self.member()
        self.assertEqual(two.get("gains").body, [0, 1])
        for n in range(50):
            writer, reader = (one, two) if n % 2 == 0 else (two, one)
            etag = self.assert_code(writer.put("gains", [n]), 204).header["etag"]
            seen = reader.get("gains")
            self.assertEqual((seen.body, seen.header["etag"]), ([n], etag))
        self.assertEqual(one.post("shots", {"n": 1}).header["location"], "shots/0")
        self.assertEqual(two.get("shots/0").body, {"n": 1})
        self.assert_code(two.delete("shots/0"), 202)
        self.assert_code(one.get("shots/0"), 404)
        self.assertEqual(one.get("shots").body, {})

    def test_an_action_looks_at_what_another_member_has_stored(self):
        _, one = self.member()
        _, two = self.member()
        self.assert_code(one.post("arm"), 203)
        self.assert_code(two.post("arm"), 412)
        self.assert_code(two.put("status", "IDLE"), 204)
        self.assert_code(one.post("arm"), 203)

    def test_what_does_not_persist_belongs_to_one_member(self):
        _, one = self.member()
        _, two = self.member()
        self.assert_code(one.put("passing", 7), 204)
        self.assertEqual((one.get("passing").body, two.get("passing").body), (7, 0))

    def test_of_conditional_writes_of_both_under_load_one_wins_each_version(self):
        callers = [self.member()[1] for _ in range(2)]
        won = collections.Counter()
        lock = threading.Lock()

        def count_up(caller):
            mine = 0
            while mine < 60:
                seen = caller.get("count")
                answer = caller.put("count", seen.body + 1, if_match=seen.header["etag"])
                if answer.code == 204:
                    mine += 1
                    with lock:
                        won[seen.body + 1] += 1
                else:
                    self.assertEqual(answer.code, 412)

        with concurrent.futures.ThreadPoolExecutor() as pool:
            for done in [pool.submit(count_up, caller) for caller in callers]:
                done.result()
        self.assertEqual(won, {n: 1 for n in range(1, 121)})
        self.assertEqual({caller.get("count").body for caller in callers}, {120})

    def test_numbers_of_items_are_unique_over_both(self):
        callers = [self.member()[1] for _ in range(2)]

        def post(caller, name):
            sent = [caller.send("POST", "shots", f"{name}{n}") for n in range(200)]
            answers = [each.answer() for each in sent]
            return {a.header["location"]: f"{name}{n}" for n, a in enumerate(answers) if a.code == 201}, answers

        with concurrent.futures.ThreadPoolExecutor() as pool:
            (first, answers), (second, others) = pool.map(post, callers, "ab")
        self.assertEqual({a.code for a in answers + others} - {503}, {201})
        self.assertEqual(first.keys() & second.keys(), set())
        stored = {f"shots/{number}": body for number, body in callers[0].get("shots").body.items()}
        self.assertEqual(stored, {**first, **second})

    def test_a_configured_value_that_changes_is_in_force_once(self):
        gateway, one = self.member()
        _, two = self.member()
        self.assert_code(two.put("gains", [5]), 204)
        gateway.reload(CONFIGURATION.replace("value: [0, 1]", "value: [9]"))
        self.assertEqual((one.get("gains").body, two.get("gains").body), ([9], [9]))
        self.assert_code(two.put("gains", [6]), 204)
        self.assertEqual(one.get("gains").body, [6])


class Faults(Postgresql):
    def test_a_member_that_is_killed_under_load_loses_nothing_that_it_answered(self):
        gateway, one = self.member()
        _, two = self.member()
        sent = [one.send("POST", "shots", n) for n in range(300)]
        sent[20].answer()
        self.kill(gateway)
        others = [two.post("shots", "two").header["location"] for _ in range(5)]
        acknowledged = {}
        for n, each in enumerate(sent):
            if each.arrived.wait(0):
                answer = each.answer()
                if answer.code == 201:
                    acknowledged[answer.header["location"]] = n
        self.assertGreater(len(acknowledged), 20)
        stored = two.get("shots").body
        for location, body in acknowledged.items():
            self.assertEqual(stored[location.removeprefix("shots/")], body)
        self.assertEqual([stored[each.removeprefix("shots/")] for each in others], ["two"] * 5)

    def test_without_the_database_503_and_it_comes_back_by_itself(self):
        gateway, one = self.member()
        self.assert_code(one.put("gains", [7]), 204)
        self.database.stop()
        gateway.wait_log("cannot be used")
        for answer in (one.get("gains"), one.put("gains", [8]), one.post("shots", 1), one.post("arm")):
            self.assert_code(answer, 503)
            self.assertIn("the database does not answer", answer.body)
        self.assert_code(one.put("passing", 7), 204)
        self.assertEqual(one.get("passing").body, 7)
        self.database.start()
        self.assertEqual(self.wait_for(one).body, [7])
        gateway.wait_log("connected to the database", 2)  # both of its connections
        self.assert_code(one.put("gains", [8]), 204)

    def test_a_gateway_that_begins_without_the_database_is_ready_and_answers_503(self):
        _, two = self.member()
        self.assert_code(two.put("gains", [7]), 204)
        self.database.stop()
        _, one = self.member()
        self.assert_code(one.get("gains"), 503)
        self.assert_code(one.get("passing"), 205)
        self.database.start()
        self.assertEqual(self.wait_for(one).body, [7])

    def test_a_database_that_hangs_is_not_waited_for(self):
        gateway, one = self.member()
        self.assert_code(one.put("gains", [7]), 204)
        self.database.pause()
        self.assert_code(one.get("gains"), 503)
        gateway.wait_log("no answer within 3s")
        self.assert_code(one.put("gains", [8]), 503)
        self.assertEqual(one.get("passing").body, 0)
        self.database.resume()
        self.assertEqual(self.wait_for(one).body, [7])

    def test_connections_that_are_cut_and_a_server_that_is_killed_under_load_lose_and_double_nothing(self):
        _, one = self.member()
        _, two = self.member()
        acknowledged, unknown = {}, set()
        lock = threading.Lock()

        def post(caller, name):
            for n in range(60):
                body = f"{name}{n}"
                answer = caller.post("shots", body)
                with lock:
                    if answer.code == 201:
                        acknowledged[answer.header["location"].removeprefix("shots/")] = body
                    elif answer.code == 504:
                        unknown.add(body)
                    else:
                        self.assertEqual(answer.code, 503)

        def cut():
            for n in range(6):
                if n == 3:
                    self.database.kill()
                    self.database.start()
                else:
                    self.database.sql(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'mqcoap'"
                    )

        with concurrent.futures.ThreadPoolExecutor() as pool:
            for done in [pool.submit(post, one, "a"), pool.submit(post, two, "b"), pool.submit(cut)]:
                done.result()
        stored = self.wait_for(one, "shots").body
        self.assertEqual({number: stored.get(number) for number in acknowledged}, acknowledged)
        others = [body for number, body in stored.items() if number not in acknowledged]
        self.assertLessEqual(set(others), unknown)
        self.assertEqual(len(others), len(set(others)))


class Looking(Postgresql):
    def test_the_tables_are_those_that_the_tool_prints(self):
        printed = tool.run("config", "state", "--sql")
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        self.database.sql(printed.stdout)
        _, one = self.member()
        self.assert_code(one.put("gains", [5]), 204)
        rows = self.database.sql("SELECT device, path, kind, revision, value FROM mqcoap_cell JOIN mqcoap_value USING (cell)")
        self.assertEqual(rows, "GW_1|gains|value|1|[5]")

    def test_what_is_stored_elsewhere_is_said(self):
        gateway, one = self.member()
        self.assert_code(one.put("gains", [5]), 204)
        shown = tool.run("config", "state", gateway.file)
        self.assertEqual(shown.returncode, 78)
        self.assertIn("the state is in a database", shown.stderr)
        port = re.search(r"http://127\.0\.0\.1:(\d+)", gateway.log).group(1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as page:
            metrics = page.read().decode()
        self.assertIn("mqcoap_state_failing 0", metrics)
        self.assertEqual(one.get(".gw/state").body["store"], "postgresql")

    def test_tables_of_a_newer_version_are_reported(self):
        self.database.sql("CREATE TABLE mqcoap_schema (version integer); INSERT INTO mqcoap_schema VALUES (2)")
        for table in ("cell", "value", "set_aside", "member"):
            self.database.sql(f"CREATE TABLE mqcoap_{table} (x integer)")
        gateway, one = self.member()
        gateway.wait_log("its tables have version 2, and this program knows version 1")
        self.assert_code(one.get("gains"), 503)


if __name__ == "__main__":
    unittest.main(verbosity=2)
