"""The base class of the integration tests: starts what a test needs, stops it, and shows the logs if
the test failed.
"""

import collections
import contextlib
import json
import sys
import time
import unittest

from .broker import Broker
from .bus import Bus
from .caller import PythonCaller
from .cli import Cli
from .detour import Detour
from .device import Device
from .gateway import Gateway
from .protocol import CODES


class IntegrationTest(unittest.TestCase):
    """Stops everything that its methods have started, in reverse order. A gateway that does not then exit
    with 0 fails the test. A witness on every broker checks that no request to a served tag was answered
    twice, and that deployed peers can accept every answer. After an outage of the broker, other clients
    may be connected before the witness: one answer to a request that it has not seen is then allowed, a
    second one is not.
    """

    # The tags whose answers the witness checks, which are those that gateways answer for.
    SERVED = ()

    def setUp(self):
        self._logs = []
        self._witnesses = []
        self._witness_buses = []
        self._callers = 0
        self.addCleanup(self._judge_witnesses)

    def run(self, result=None):
        result = result if result is not None else self.defaultTestResult()
        faults = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > faults:
            for name, source in getattr(self, "_logs", []):
                print(f"---- {self.id()}: log of {name}\n{source.log}", file=sys.stderr, flush=True)
        return result

    def _judge_witnesses(self):
        for faults in self._witnesses:
            self.assertEqual(faults, [])

    # ---- starting ------------------------------------------------------------------------------------------

    def broker(self, witness=True, **how):
        broker = Broker(**how)
        self._logs.append(("mosquitto", broker))
        self.addCleanup(broker.stop)
        if witness:
            self._watch(broker)
        return broker

    def assert_logged(self, gateway, words, times=1):
        """Waits for the words, because the log is written after the answers."""
        gateway.wait_log(words, times)
        self.assertEqual(gateway.log.count(words), times)

    def detour(self, broker, **how):
        detour = Detour(broker, **how)
        self.addCleanup(detour.close)
        return detour

    def _watch(self, broker):
        faults, seen, asked = [], collections.Counter(), collections.Counter()
        self._witnesses.append(faults)

        def on_message(message):
            levels = message.topic.split("/")
            if len(levels) != 5 or levels[3] not in self.SERVED:
                return
            if levels[2] == "request":
                asked[message.topic] += 1
            elif levels[2] == "response":
                seen[message.topic] += 1
                requests = asked[message.topic.replace("/response/", "/request/", 1)]
                if not requests and witness.outages:
                    requests = 1
                if seen[message.topic] > requests:
                    faults.append(f"answer {seen[message.topic]} to {requests} requests: {message.topic}")
                try:
                    payload = json.loads(message.payload.decode("utf-8"))
                    code = payload["header"]["response_code"]
                    assert type(code) is int and code in CODES, code
                    assert "body" in payload and payload["timestamp"].isdigit()
                except Exception as fault:  # a peer would have received it, whatever it is
                    faults.append(f"{fault!r}: {message.payload[:400]!r}")

        witness = Bus(broker, on_message=on_message)
        self._witness_buses.append(witness)
        witness.subscribe("#")

        def finish():
            # The broker may have been killed without the client having noticed yet.
            with contextlib.suppress(ConnectionResetError):
                if witness.client.is_connected():
                    witness.fence()
            witness.close()

        self.addCleanup(finish)

    def gateway(self, configuration, **how):
        """Brokers are passed by keyword: `LAB=broker.url` for `$LAB`."""
        gateway = Gateway(configuration, **how)
        self._logs.append(("mqcoapd", gateway))
        self.addCleanup(gateway.stop)
        return gateway

    def caller(self, broker, tag, **how):
        """Each caller of a test has its own client id unless one is given: clients reconnect automatically
        after an outage, and two with the same id would disconnect each other repeatedly.
        """
        self._callers += 1
        how.setdefault("client_id", "desk-7" if self._callers == 1 else f"desk-7-{self._callers}")
        caller = PythonCaller(broker, tag, **how)
        self.addCleanup(self._close_caller, caller)
        return caller

    def _close_caller(self, caller):
        caller.close()
        self.assertEqual(caller.duplicates, 0, "a request was answered more than once")

    def device(self, broker, tag, behaviour=None, **how):
        device = Device(broker, tag, behaviour, **how)
        self.addCleanup(device.close)
        return device

    def bus(self, broker, **how):
        bus = Bus(broker, **how)
        self.addCleanup(bus.close)
        return bus

    def cli(self, broker=None):
        cli = Cli(broker)
        self.addCleanup(cli.close)
        return cli

    def running(self, cli, *arguments):
        """Runs a verb in the background."""
        running = cli.start(*arguments)
        self.addCleanup(running.stop)
        return running

    # ---- checking ------------------------------------------------------------------------------------------

    def wait_until(self, condition, what, timeout=60, gateway=None):
        """Polls a condition that no event announces, and fails with `what` if it does not come true, or if
        the gateway ends before.
        """
        end = time.monotonic() + timeout
        while not condition():
            self.assertTrue(gateway is None or gateway.running, f"mqcoapd ended; still not: {what}")
            self.assertLess(time.monotonic(), end, f"after {timeout} s still not: {what}")
            time.sleep(0.005)

    def assert_code(self, answer, code, *words):
        """Checks the code, and that the error body contains these words."""
        self.assertEqual(answer.code, code, answer.raw[:400])
        for word in words:
            self.assertIn(word, str(answer.body))
        return answer
