"""SIGHUP: changed parts take effect, unchanged parts continue, and no request is lost or answered twice."""

import json
import pathlib
import re
import signal
import threading
import time
import unittest

from harness import IntegrationTest, new_id, request_payload, request_topic
from harness.device import late, normal

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB, client_id: gateway-1}
      site: {url: $SITE, client_id: gateway-2}
    devices:
      GW_1:
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT]}
          offsets: {value: 0, methods: [GET, PUT]}
          shots: {collection: {max: 100}}
      GW_2: {resources: {x: {value: 2}}}
    proxy:
      forward: GW_1
      routes:
        - {name: site, match: {tag: "SITE_*"}, timeout: 20s, to: {broker: site}}
        - {name: lab, match: {tag: "LAB_*"}, timeout: 20s, in_flight: 100}
"""
CHANGED = CONFIGURATION.replace("offsets: {value: 0,", "offsets: {value: 7,").replace(
    "GW_2: {resources: {x: {value: 2}}}", "GW_3: {resources: {x: {value: 3}}}"
)


class Start(IntegrationTest):
    """Signals that arrive before the service can handle them."""

    SERVED = ("GW_1",)
    # Large, so that reading it takes a while.
    FILLING = "".join(f"      X_{i}: {{resources: {{x: {{value: {{a: [{i}]}}, schema: {{type: object}}}}}}}}\n" for i in range(1000))

    def signalled(self, number):
        lab = self.broker()
        configuration = CONFIGURATION.replace("    proxy:\n", self.FILLING + "    proxy:\n", 1)
        gateway = self.gateway(configuration, ready=False, LAB=lab.url, SITE=lab.url)
        bit = 1 << (number - 1)
        # Until the signal is blocked, the gateway's code does not run yet; a caught signal means that the
        # test was too late.
        end = time.monotonic() + 60
        while not self.mask(gateway, "SigBlk") & bit:
            self.assertFalse(self.mask(gateway, "SigCgt") & bit, "the signal was never held back")
            self.assertTrue(gateway.running)
            self.assertLess(time.monotonic(), end)
        gateway.signal(number)
        return lab, gateway

    @staticmethod
    def mask(gateway, name):
        for line in pathlib.Path(f"/proc/{gateway.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1], 16)
        return 0  # the process has exited

    def test_a_reload_waits_until_the_service_can_do_it(self):
        lab, gateway = self.signalled(signal.SIGHUP)
        gateway.wait_log("the configuration is in force")
        gateway.wait_ready()
        self.assert_code(self.caller(lab, "GW_1").get("gains"), 205)

    def test_a_stop_is_a_clean_one(self):
        _, gateway = self.signalled(signal.SIGTERM)
        self.assertEqual(gateway.wait_exit(), 0)
        self.assertIn("stopping", gateway.log)


def goodbye_of(client_id):
    """Matches mosquitto's log line about a disconnect; version 2.1 includes the address."""
    return re.compile(rf"Client {client_id} (\[\S+\] )?disconnected")


class Reload(IntegrationTest):
    SERVED = ("GW_1", "GW_2", "GW_3")

    def start(self):
        lab, site = self.broker(), self.broker()
        gateway = self.gateway(CONFIGURATION, LAB=lab.url, SITE=site.url)
        return lab, site, gateway, self.caller(lab, "GW_1")

    def connects(self, broker, client):
        """Returns how often the client has connected, according to the broker's log, which is complete
        once it shows a later client.
        """
        later = new_id()
        self.bus(broker, client_id=later)
        broker.wait_log(f"as {later} ")
        return sum(f"as {client} " in line for line in broker.log.splitlines() if "New client connected" in line)

    def assert_silent(self, desk, tag):
        """Checks that nobody answers for this tag; the answer to a later request shows that enough
        time has passed.
        """
        waiting = desk.send("GET", "x", tag=tag)
        self.assert_code(desk.get("gains"), 205)
        self.assertTrue(waiting.unanswered())

    def test_what_did_not_change_goes_on_and_what_changed_is_in_force(self):
        lab, site, gateway, desk = self.start()
        self.assert_code(desk.put("gains", [5]), 204)
        self.assert_code(desk.put("offsets", 5), 204)
        self.assert_code(desk.post("shots", "first"), 201)
        self.assert_code(desk.get("x", tag="GW_2"), 205)
        self.assert_silent(desk, "GW_3")
        gateway.reload(CHANGED)
        self.assertEqual(desk.get("gains").body, [5])
        self.assertEqual(desk.get("offsets").body, 7)
        self.assertEqual(desk.get("shots").body, {"0": "first"})
        gateway.wait_log("ready:", 2)
        self.assertEqual(desk.get("x", tag="GW_3").body, 3)
        self.assert_silent(desk, "GW_2")
        for broker, client in ((lab, "gateway-1"), (site, "gateway-2")):
            self.assertEqual(self.connects(broker, client), 1, broker.log)

    def test_a_resource_that_was_removed_is_404(self):
        _, _, gateway, desk = self.start()
        self.assert_code(desk.get("offsets"), 205)
        gateway.reload(CONFIGURATION.replace("          offsets: {value: 0, methods: [GET, PUT]}\n", ""))
        self.assert_code(desk.get("offsets"), 404)
        self.assert_code(desk.get("gains"), 205)

    def test_a_bad_file_changes_nothing_and_every_fault_is_reported(self):
        lab, _, gateway, desk = self.start()
        self.assert_code(desk.put("gains", [5]), 204)
        gateway.reload(CHANGED.replace("collection: {max: 100}", "colection: {max: 100}") + "    nonsense: 1\n", False)
        for words in ("colection", "nonsense", "3 errors"):
            self.assertIn(words, gateway.log)
        self.assertEqual(desk.get("gains").body, [5])
        self.assertEqual(desk.get("x", tag="GW_2").body, 2)
        gateway.reload("no: [", False)
        gateway.file.unlink()
        gateway.reload(good=False)
        self.assertEqual(desk.get("gains").body, [5])
        gateway.reload(CHANGED)
        self.assertEqual(desk.get("gains").body, [5])
        self.assertEqual(self.connects(lab, "gateway-1"), 1)

    def test_a_request_under_way_ends_under_the_rules_of_before(self):
        lab, _, gateway, desk = self.start()
        device = self.device(lab, "LAB_1", late())
        waiting = desk.send("GET", "gains", proxy_uri="LAB_1/axuv/gains")
        device.wait_requests(1)
        gateway.reload(CONFIGURATION.replace('{tag: "LAB_*"}', '{tag: "OTHER_*"}'))
        self.assert_code(desk.get("gains", proxy_uri="LAB_1/axuv/gains"), 505)
        device.release("late but right")
        self.assertEqual(waiting.answer().body, "late but right")

    def test_a_broker_that_moved_is_left_when_the_last_answer_came(self):
        lab, site, gateway, desk = self.start()
        other = self.broker()
        device = self.device(site, "SITE_1", late())
        self.device(other, "SITE_1", normal("other"))
        waiting = desk.send("GET", "gains", proxy_uri="SITE_1/axuv/gains")
        device.wait_requests(1)
        gateway.reload(
            CONFIGURATION.replace("$SITE, client_id: gateway-2", other.url).replace("timeout: 20s", "timeout: 19s")
        )
        device.release("site")
        self.assertEqual(waiting.answer().body, "site")
        site.wait_log(goodbye_of("gateway-2"))
        other.wait_log("New client connected", count=3)  # the witness, the device, the gateway
        self.assertEqual(self.await_code(desk, 205).body, "other")
        self.assertEqual(self.connects(lab, "gateway-1"), 1)

    def await_code(self, desk, code):
        """Sends requests until the connection to the device's broker is established."""
        for _ in range(200):
            answer = desk.get("gains", proxy_uri="SITE_1/axuv/gains")
            if answer.code == code:
                return answer
        return self.fail(answer)

    def test_a_default_broker_that_moved(self):
        lab, _, gateway, desk = self.start()
        device = self.device(lab, "LAB_1", late())
        other = self.broker()
        waiting = desk.send("GET", "gains", proxy_uri="LAB_1/axuv/gains")
        device.wait_requests(1)
        gateway.reload(CONFIGURATION.replace("$LAB, client_id: gateway-1", other.url))
        gateway.wait_log("ready:", 2)
        there = self.caller(other, "GW_1", client_id="desk-8")
        self.assert_code(there.get("gains"), 205)
        device.release("lab")
        self.assertEqual(waiting.answer().body, "lab")
        lab.wait_log(goodbye_of("gateway-1"))

    def test_settings_that_change_under_the_same_client_id(self):
        lab, _, gateway, desk = self.start()
        gateway.reload(CONFIGURATION.replace("client_id: gateway-1", "client_id: gateway-1, keepalive: 20s"))
        lab.wait_log(goodbye_of("gateway-1"))
        gateway.wait_log("ready:", 2)
        self.assert_code(desk.get("gains"), 205)
        self.assertEqual(self.connects(lab, "gateway-1"), 2)

    def test_the_level_of_the_log_follows(self):
        _, _, gateway, desk = self.start()
        desk.get("gains")
        self.assertNotIn("GW_1/axuv/gains", gateway.log)
        gateway.reload(CONFIGURATION + "    logging: {level: debug}\n")
        desk.get("gains")
        gateway.wait_log("GW_1/axuv/gains")

    def test_a_signal_during_a_reload_is_not_lost(self):
        _, _, gateway, desk = self.start()
        large = CONFIGURATION.replace("    proxy:\n", Start.FILLING + "    proxy:\n", 1)
        for value in (8, 9):  # the second file and its signal arrive while the first one is being read
            gateway.configure(large.replace("offsets: {value: 0,", f"offsets: {{value: {value},"))
            gateway.signal(signal.SIGHUP)
            gateway.wait_log("reading ")
        gateway.wait_log("the configuration is in force", 2)
        self.assertEqual(desk.get("offsets").body, 9)

    def test_requests_are_answered_while_a_large_file_is_read(self):
        _, _, gateway, desk = self.start()
        large = CONFIGURATION.replace("    proxy:\n", Start.FILLING + "    proxy:\n", 1)
        gateway.configure(large.replace("offsets: {value: 0,", "offsets: {value: 7,"))
        gateway.signal(signal.SIGHUP)
        gateway.wait_log("reading ")
        values = []

        def changed():
            values.append(desk.get("offsets").body)
            return values[-1] != 0

        self.wait_until(changed, "the new value is in force")
        self.assertGreater(len(values), 2)
        self.assertEqual(set(values), {0, 7})

    def test_a_stop_during_a_reload_is_a_clean_one(self):
        _, _, gateway, desk = self.start()
        self.assert_code(desk.get("gains"), 205)
        gateway.configure(CONFIGURATION.replace("    proxy:\n", Start.FILLING + "    proxy:\n", 1))
        gateway.signal(signal.SIGHUP)
        gateway.wait_log("reading ")
        gateway.signal(signal.SIGTERM)
        self.assertEqual(gateway.wait_exit(), 0)
        self.assertIn("stopped (", gateway.log)
        self.assertNotIn("the reload failed", gateway.log)

    def test_a_hundred_reloads_under_load_lose_nothing(self):
        lab, site, gateway, _ = self.start()
        for tag in ("LAB_1", "LAB_2"):
            self.device(lab, tag, normal("here"))
        self.device(site, "SITE_1", normal("there"))
        load = Load(self.bus(lab, keep=False, client_id="load"))
        load.start()
        self.addCleanup(load.finish)
        for i in range(100):
            gateway.reload(CHANGED if i % 2 == 0 else CONFIGURATION)
            load.wait_answers(20)
        sent, answered = load.finish()
        self.assertGreater(sent, 2000)
        self.assertEqual(answered, dict.fromkeys(answered, 1))
        self.assertEqual(len(answered), sent)
        self.assertEqual(load.codes - {201, 203, 204, 205, 413}, set())
        for broker, client in ((lab, "gateway-1"), (site, "gateway-2")):
            self.assertEqual(self.connects(broker, client), 1)


class Load:
    """Sends requests continuously, several at a time, each with its own id, and counts the
    answers to each.
    """

    AT_A_TIME = 20
    KINDS = (
        ("GET", "GW_1", "gains", {}),
        ("PUT", "GW_1", "gains", {}),
        ("POST", "GW_1", "shots", {}),
        ("GET", "GW_1", "gains", {"proxy_uri": "LAB_1/axuv/gains"}),
        ("POST", "GW_1", "gains", {"proxy_uri": "LAB_2/axuv/fire"}),
        ("GET", "GW_1", "gains", {"proxy_uri": "SITE_1/axuv/gains"}),
    )

    def __init__(self, bus):
        self._bus = bus
        self._free = threading.Semaphore(self.AT_A_TIME)
        self._news = threading.Condition()
        self._ended = threading.Event()
        self._answered = {}
        self._sent = 0
        self.codes = set()
        bus._handler = self._on_message
        bus.subscribe("gf_int_v1/axuv/response/GW_1/+")
        self._thread = threading.Thread(target=self._run)

    def start(self):
        self._thread.start()

    def _on_message(self, message):
        if "/response/" not in message.topic:
            return
        request_id = message.topic.rsplit("/", 1)[1]
        self.codes.add(json.loads(message.payload)["header"]["response_code"])
        with self._news:
            self._answered[request_id] = self._answered.get(request_id, 0) + 1
            self._news.notify_all()
        self._free.release()

    def wait_answers(self, count):
        """Waits until this many more answers have arrived."""
        with self._news:
            enough = len(self._answered) + count
            if not self._news.wait_for(lambda: len(self._answered) >= enough, 60):
                raise TimeoutError(f"{len(self._answered)} answers to {self._sent} requests")

    def _run(self):
        while not self._ended.is_set():
            method, tag, path, fields = self.KINDS[self._sent % len(self.KINDS)]
            if not self._free.acquire(timeout=60):
                return
            request_id = new_id()
            payload = request_payload(method, path, [1], request_id, **fields)
            self._bus.publish(request_topic(tag, "axuv", request_id), payload)
            self._sent += 1

    def finish(self):
        """Waits for requests that are still pending."""
        self._ended.set()
        self._thread.join()
        for _ in range(self.AT_A_TIME):
            self._free.acquire(timeout=60)
        for _ in range(self.AT_A_TIME):
            self._free.release()
        self._bus.fence()
        return self._sent, self._answered


if __name__ == "__main__":
    unittest.main()
