"""One of several gateways serves; the others wait for its lease (docs/operations.md, "A standby")."""

import collections
import contextlib
import itertools
import json
import os
import re
import signal
import threading
import time
import unittest
import urllib.error
import urllib.request

from harness.postgres import PostgresTest

CONFIGURATION = """
    version: 1
    brokers: {lab: {url: $LAB, client_id: gateway}}
    state: {postgres: $DATABASE}
    standby: {lease: 2s}
    http: {listen: "127.0.0.1:0"}
    devices:
      GW_1:
        presence: true
        resources:
          gains: {value: 0, methods: [GET, PUT], persist: true}
          shots: {collection: {max: 100000}, persist: true}
          fixed: {value: 7}
"""
PRESENCE = "gf_int_v1/gateway/system/GW_1/presence"
HANDOVERS = int(os.environ.get("MQCOAP_HANDOVERS", "4"))


class StandbyTest(PostgresTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.desk = self.caller(self.lab, "GW_1")
        self.states = []  # all presence states that were published
        self.heard = threading.Condition()
        watcher = self.bus(self.lab, on_message=self.note)
        watcher.subscribe(PRESENCE)

    def note(self, message):
        if message.topic == PRESENCE and message.payload:
            with self.heard:
                self.states.append(json.loads(message.payload)["body"]["state"])
                self.heard.notify_all()

    def wait_online(self):
        with self.heard:
            self.assertTrue(self.heard.wait_for(lambda: self.states and self.states[-1] == "ONLINE", 30), self.states)

    def member(self, configuration=CONFIGURATION):
        gateway = self.gateway(configuration, ready=False, LAB=self.lab.url, DATABASE=f"'{self.database.url}'")
        gateway.wait_log("standby: waiting for the lease")
        return gateway

    def leader(self):
        gateway = self.member()
        gateway.wait_ready()
        return gateway

    def standby(self):
        """Starts a standby and waits until the leader knows it."""
        before = self.waiting()
        gateway = self.member()
        self.wait_until(lambda: self.waiting() - before, "the standby has sent its heartbeat", gateway=gateway)
        return gateway

    def waiting(self):
        """Returns the waiting gateways. A new leader may be listed for a moment, and is not one of them."""
        members = self.database.sql("SELECT member FROM mqcoap_standby EXCEPT SELECT holder FROM mqcoap_lease")
        return set(members.splitlines())

    def page(self, gateway, path):
        gateway.wait_log("metrics and health: http://")
        port = re.search(r"http://127\.0\.0\.1:(\d+)", gateway.log).group(1)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()


class Standby(StandbyTest):
    def test_one_serves_and_the_other_subscribes_to_nothing(self):
        leader = self.leader()
        standby = self.standby()
        for n in range(10):
            self.assert_code(self.desk.put("gains", n), 204)
        self.assertEqual(self.desk.get(".gw/state").body["lease"]["role"], "leader")
        self.assertEqual(self.page(leader, "/readyz")[0], 200)
        code, words = self.page(standby, "/readyz")
        self.assertEqual(code, 503)
        self.assertIn("standby", words)
        self.assertIn("mqcoap_leader 1\n", self.page(leader, "/metrics")[1])
        metrics = self.page(standby, "/metrics")[1]
        self.assertIn("mqcoap_leader 0\n", metrics)
        self.assertIn('mqcoap_broker_up{broker="lab"} 0', metrics)
        standby.reload()
        self.assertIn('mqcoap_broker_up{broker="lab"} 0', self.page(standby, "/metrics")[1])

    def test_a_stop_hands_over_and_the_device_stays_online(self):
        leader = self.leader()
        self.wait_online()
        standby = self.standby()
        self.assert_code(self.desk.put("gains", 5), 204)
        leader.stop()
        self.assert_logged(leader, "handing over to a standby")
        standby.wait_ready()
        self.assertEqual(self.desk.get("gains").body, 5)
        with self.heard:
            self.assertTrue(self.heard.wait_for(lambda: self.states.count("ONLINE") >= 2, 30), self.states)
            self.assertNotIn("OFFLINE", self.states)
        standby.stop()  # no other gateway can continue
        with self.heard:
            self.assertTrue(self.heard.wait_for(lambda: self.states[-1] == "OFFLINE", 30), self.states)

    def test_a_leader_that_dies_is_followed(self):
        leader = self.leader()
        standby = self.standby()
        self.assert_code(self.desk.post("shots", 1), 201)
        leader.signal(signal.SIGKILL)
        leader.wait_exit()
        standby.wait_ready()
        self.assertEqual(self.desk.get("shots").body, {"0": 1})
        self.wait_online()

    def test_a_leader_without_its_database_ends_and_another_begins_when_it_is_back(self):
        leader = self.leader()
        standby = self.standby()
        self.database.pause()
        self.assertEqual(leader.wait_exit(), 75)
        self.assertIn("the lease is lost: the database has not renewed the lease", leader.log)
        self.assertNotIn("leader: this gateway serves", standby.log)
        self.database.resume()
        standby.wait_ready()
        self.assertEqual(self.desk.get("fixed").body, 7)

    def test_a_leader_that_was_stopped_reads_nothing_when_it_goes_on(self):
        leader = self.leader()
        standby = self.standby()
        leader.signal(signal.SIGSTOP)
        standby.wait_log("leader: this gateway serves")
        standby.wait_ready()
        pending = [self.desk.send("PUT", "gains", n) for n in range(5)]
        leader.signal(signal.SIGCONT)
        self.assertEqual(leader.wait_exit(), 75)
        for each in pending:
            self.assert_code(each.answer(), 204)  # and the caller and the witness saw each answer once

    def test_a_standby_can_be_stopped(self):
        self.leader()
        standby = self.standby()
        standby.stop()
        self.assertEqual(self.desk.get("fixed").body, 7)

    def test_what_does_not_fit_is_refused(self):
        for change, words in (
            ((r"state: {postgres: $DATABASE}", ""), "the lease is in a database, and none is named"),
            (("client_id: gateway", "share: group"), "either one of several gateways serves"),
        ):
            gateway = self.gateway(CONFIGURATION.replace(*change), ready=False, LAB=self.lab.url, DATABASE="x")
            self.assertEqual(gateway.wait_exit(), 78)
            self.assertIn(words, gateway.log)


class HandOvers(StandbyTest):
    """Under load, no write that was answered is lost, and none is stored twice."""

    def test_hand_overs(self):
        stored, answered, stopping, gaps = {}, [time.monotonic()], threading.Event(), []
        numbers = itertools.count()

        def write(desk):
            while not stopping.is_set():
                body = next(numbers)
                with contextlib.suppress(TimeoutError):
                    answer = desk.send("POST", "shots", body).answer(timeout=1)
                    if answer.code == 201:
                        stored[answer.header["location"].removeprefix("shots/")] = body
                        now = time.monotonic()
                        gaps.append(now - answered[0])
                        answered[0] = now

        leader = self.leader()
        writers = [threading.Thread(target=write, args=(self.caller(self.lab, "GW_1", client_id=f"w-{n}"),)) for n in range(4)]
        for each in writers:
            each.start()
        try:
            for turn in range(HANDOVERS):
                standby = self.standby()
                count = len(stored) + 20
                self.wait_until(lambda: len(stored) >= count, f"{count} stored items")
                if turn % 4 == 3:
                    leader.signal(signal.SIGKILL)
                    leader.wait_exit()
                else:
                    leader.stop()
                standby.wait_ready()
                leader = standby
        finally:
            stopping.set()
            for each in writers:
                each.join()
        found = self.desk.get("shots").body
        for number, body in stored.items():
            self.assertEqual(found.get(number), body, f"shots/{number} was answered with 201")
        twice = [body for body, times in collections.Counter(found.values()).items() if times > 1]
        self.assertEqual(twice, [])
        print(json.dumps({"handovers": HANDOVERS, "answered": len(stored), "longest_gap_s": round(max(gaps), 2)}), flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
