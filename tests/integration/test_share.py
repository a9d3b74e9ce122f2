"""Several gateways divide the requests of a broker by shared subscriptions (docs/operations.md, "Several gateways")."""

import concurrent.futures
import re
import signal
import unittest

from harness import IntegrationTest
from harness.device import normal

CONFIGURATION = """
    version: 1
    brokers: {lab: {url: $LAB, share: gateways}}
    devices:
      GW_1:
        resources:
          fixed: {value: [1, 2]}
          far/**: {proxy: DEV_1/axuv}
    proxy:
      forward: GW_1
      routes:
        - {name: devices, match: {tag: "DEV_*"}, in_flight: 16}
"""


class Share(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.device(self.lab, "DEV_1", normal([7]))
        self.desk = self.caller(self.lab, "GW_1")

    def start(self):
        return self.gateway(CONFIGURATION, LAB=self.lab.url)

    def answered(self, gateway):
        """Stops a gateway and returns how many requests it has answered, according to its log."""
        gateway.stop()
        found = re.search(r"stopped \(.*?requests answered: (\d+)", gateway.log)
        return int(found.group(1)) if found else 0

    def ask(self, count, path="fixed", subsystem="axuv"):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            return [a.code for a in pool.map(lambda _: self.desk.get(path, subsystem=subsystem), range(count))]

    def test_each_request_goes_to_one_of_them(self):
        members = [self.start(), self.start()]
        self.assertEqual(self.ask(100), [205] * 100)
        self.assertEqual(self.ask(20, "far/gains"), [205] * 20)
        self.assertEqual(self.ask(20, "DEV_1/axuv/gains", "proxy"), [205] * 20)
        ready = self.assert_code(self.desk.get(".gw/status"), 205).body
        self.assertEqual((ready["ready"], ready["rivals"]["tags"]), (True, []))
        counts = [self.answered(member) for member in members]
        self.assertEqual(sum(counts), 141)
        self.assertGreater(min(counts), 0, counts)

    def test_the_others_go_on_when_one_ends(self):
        members = [self.start(), self.start(), self.start()]
        self.ask(30)
        members[0].stop()
        self.assertEqual(self.ask(30), [205] * 30)
        members[1].signal(signal.SIGKILL)
        members[1].wait_exit()
        self.lab.wait_log(re.compile("closed its connection|connection closed by client"))
        self.assertEqual(self.ask(30), [205] * 30)

    def test_a_reload_into_a_group_answers_each_request_once(self):
        first = self.gateway(CONFIGURATION.replace(", share: gateways", ""), LAB=self.lab.url)
        self.assertEqual(self.ask(10), [205] * 10)
        first.reload(CONFIGURATION)
        self.assertEqual(self.ask(50), [205] * 50)
        self.start()
        self.assertEqual(self.ask(50), [205] * 50)
        first.reload(CONFIGURATION.replace("fixed: {value: [1, 2]}", "fixed: {value: 3}"))
        self.assertEqual(self.ask(50), [205] * 50)


if __name__ == "__main__":
    unittest.main(verbosity=2)
