"""Brokers that are lost and return: how soon that is detected, and what happens to requests
in the meantime.

MQCOAP_KILLS sets how often the broker is killed under load (default: 5), and MQCOAP_ANSWERS after how
many answers (default: 500). `./dev soak` uses 50 and 5500: after connections that last less than 10 s,
the gateway would retry at growing intervals.
"""

import collections
import json
import os
import threading
import time
import unittest

from harness import IntegrationTest, new_id, request_payload, request_topic
from harness.device import normal
from harness.paho import new_client

CONFIGURATION = """
    version: 1
    logging: {level: debug}
    brokers:
      lab: {url: $URL, client_id: gateway-1}
    devices:
      GW_1:
        subsystems: [axuv]
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT]}
"""
TRYING = "broker lab: trying "
# The broker's log line about the gateway's subscription: after it, requests arrive.
HEARS = "gateway-1 0 gf_int_v1/+/request/GW_1/+"


class Outage(IntegrationTest):
    SERVED = ("GW_1",)

    def test_a_broker_that_is_restarted_is_found_by_the_next_try(self):
        lab = self.broker(witness=False)
        gateway = self.gateway(CONFIGURATION, URL=lab.url)
        for outage in (1, 2):
            tries = gateway.log.count(TRYING)
            lab.kill()
            gateway.wait_log(TRYING, count=tries + 4)
            lab.restart()
            before = gateway.log.count(TRYING)
            gateway.wait_log("connected to broker lab", count=1 + outage)
            # One attempt may have been in progress when the port opened; a unit test checks the pauses with a
            # simulated clock.
            self.assertLessEqual(gateway.log.count(TRYING) - before, 2)
            lab.wait_log(HEARS)
            desk = self.caller(lab, "GW_1", client_id=f"desk-{outage}")
            self.assert_code(desk.get("gains"), 205)
            desk.close()

    def test_the_other_server_of_a_broker_takes_over(self):
        first, second = self.broker(witness=False), self.broker(witness=False)
        first.kill()
        gateway = self.gateway(CONFIGURATION, URL=f'["{first.url}", "{second.url}"]')
        gateway.wait_log(f"connected to broker lab (127.0.0.1:{second.port}, ")
        self.assertNotIn("away", gateway.log)
        self.assert_code(self.caller(second, "GW_1", client_id="desk-1").get("gains"), 205)
        second.kill()
        gateway.wait_log(f"(127.0.0.1:{second.port}); retrying")
        first.restart()
        gateway.wait_log(f"connected to broker lab (127.0.0.1:{first.port}, ")
        first.wait_log(HEARS)
        self.assert_code(self.caller(first, "GW_1", client_id="desk-2").get("gains"), 205)

    def test_both_servers_away_are_named_in_one_line(self):
        first, second = self.broker(witness=False), self.broker(witness=False)
        first.kill()
        second.kill()
        gateway = self.gateway(CONFIGURATION, URL=f'["{first.url}", "{second.url}"]', ready=False)
        refused = "Connection refused: no broker listens there"
        words = [f"{refused} (127.0.0.1:{broker.port})" for broker in (first, second)]
        gateway.wait_log("broker lab is not connected: " + "; ".join(words) + "; retrying")
        gateway.wait_log(TRYING, count=6)
        self.assertEqual(gateway.log.count("is not connected"), 1)
        second.restart()
        gateway.wait_ready()


class Load:
    """Sends about 500 requests per second through every outage, and records which answers arrived in
    which connection.
    """

    RATE, BATCH = 500, 10
    FAR = "FAR_1"

    def __init__(self, port):
        self.asked = {}  # request id -> the connection in which it was sent
        self.puts = 0
        self.answers = collections.Counter()  # by request id
        self.answered = collections.Counter()  # by connection
        self.faults = []
        self.connection = 0
        self._news = threading.Condition()
        self._listening = False
        self._stop = threading.Event()
        self.client = new_client("load")
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", port, keepalive=60)
        self.client.loop_start()
        self._asking = threading.Thread(target=self._ask, daemon=True)
        self._asking.start()

    def _on_connect(self, client, _data, _flags, _code):
        client.subscribe([("gf_int_v1/+/response/+/+", 0)])

    def _on_subscribe(self, _client, _data, _mid, _granted):
        with self._news:
            self.connection += 1
            self._listening = True
            self._news.notify_all()

    def _on_disconnect(self, _client, _data, _code):
        with self._news:
            self._listening = False

    def _on_message(self, _client, _data, message):
        _, _, _, tag, request_id = message.topic.split("/")
        if tag != "GW_1":  # a request of the gateway to the far device
            return
        with self._news:
            sent_in = self.asked.get(request_id)
            self.answers[request_id] += 1
            self.answered[sent_in] += 1
            if self.answers[request_id] > 1:
                self.faults.append(f"answered twice: {message.payload[:200]!r}")
            if sent_in != self.connection:
                self.faults.append(f"of connection {sent_in}, answered in {self.connection}: {message.payload[:200]!r}")
            code = json.loads(message.payload)["header"]["response_code"]
            if code not in (204, 205, 503, 504):
                self.faults.append(f"{code}: {message.payload[:200]!r}")
            self._news.notify_all()

    def _ask(self):
        number = 0
        while not self._stop.wait(self.BATCH / self.RATE):
            for _ in range(self.BATCH):
                number += 1
                request_id = new_id()
                with self._news:
                    if not self._listening:
                        break
                    self.asked[request_id] = self.connection
                put = number % 5 == 0
                self.puts += put
                method, body = ("PUT", [number]) if put else ("GET", None)
                far = {"proxy_uri": f"{self.FAR}/axuv/gains"} if number % 2 else {}
                payload = request_payload(method, "gains", body, request_id, "load", **far)
                self.client.publish(request_topic("GW_1", "axuv", request_id), payload, 0)

    def wait_answers(self, connection, count):
        """Waits until this many requests of one connection are answered. A request that was sent before
        the gateway was connected again has no answer.
        """
        with self._news:
            if not self._news.wait_for(lambda: self.answered[connection] >= count, 120):
                raise TimeoutError(f"{self.answered[connection]} answers in connection {connection}")

    def close(self):
        self._stop.set()
        self._asking.join()
        self.client.disconnect()
        self.client.loop_stop()


class KillsUnderLoad(IntegrationTest):
    KILLS = int(os.environ.get("MQCOAP_KILLS", "5"))
    ANSWERS = int(os.environ.get("MQCOAP_ANSWERS", "500"))  # in each connection
    CONFIGURATION = CONFIGURATION.replace("debug", "warning") + f"""
    proxy:
      forward: GW_1
      routes:
        - {{name: far, match: {{tag: {Load.FAR}}}, in_flight: 100}}
"""

    def keeps_freed_memory(self, gateway):
        """Returns true for builds with AddressSanitizer, which keeps 256 MiB of freed memory to detect
        uses after free. It reserves terabytes of address space.
        """
        return self.kib("VmSize", gateway) > 1 << 30

    def memory(self, gateway):
        """Returns the resident memory of the process in KiB."""
        return self.kib("VmRSS", gateway)

    def kib(self, field, gateway):
        with open(f"/proc/{gateway.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(f"{field}:"))

    def judge_memory(self, samples, load):
        """The outcome of a PUT is stored for 300 s, in less than 1 KiB; after that time memory
        does not grow.
        """
        told = f"{len(load.asked)} requests, {load.puts} of them PUT, {len(load.answers)} answers; s, KiB: {samples}"
        if self.KILLS > 5:
            print(told, flush=True)
        full = [kib for seconds, kib in samples if seconds > 310]
        if full:
            self.assertLess(full[-1] - full[0], 4096, told)
        self.assertLess(samples[-1][1] - samples[0][1], 4096 + load.puts, told)

    def test_nothing_is_answered_twice_or_late_and_memory_stays(self):
        lab = self.broker(witness=False)
        gateway = self.gateway(self.CONFIGURATION, URL=lab.url, ready=False)
        lab.wait_log(HEARS)
        self.device(lab, Load.FAR, normal())
        load = Load(lab.port)
        self.addCleanup(load.close)
        began = time.monotonic()
        samples = []
        for connection in range(1, self.KILLS + 2):
            if connection > 1:
                lab.kill()
                lab.restart()
            load.wait_answers(connection, self.ANSWERS)
            samples.append((round(time.monotonic() - began), self.memory(gateway)))
        load.close()
        self.assertEqual(load.faults[:10], [])
        if not self.keeps_freed_memory(gateway):
            self.judge_memory(samples, load)


if __name__ == "__main__":
    unittest.main(verbosity=2)
