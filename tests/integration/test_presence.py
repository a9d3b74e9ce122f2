"""Presence: ONLINE while a device is served, OFFLINE whatever ends that; what `mqcoap ls` shows."""

import json
import signal
import subprocess
import unittest

from harness import IntegrationTest

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB, client_id: gateway-1}
    devices:
      GW_1:
        presence: true
        resources: {x: {value: 1}}
      GW_2:
        presence: true
        resources: {x: {value: 2}}
      GW_3:
        resources: {x: {value: 3}}
"""
TOPIC = "gf_int_v1/gateway/system/{}/presence"


class Presence(IntegrationTest):
    SERVED = ("GW_1", "GW_2", "GW_3")

    def start(self):
        lab = self.broker(witness=False)
        return lab, self.gateway(CONFIGURATION, LAB=lab.url)

    def await_state(self, bus, tag, state, count=1):
        def fits(message):
            payload = json.loads(message.payload)
            self.assertTrue(payload["timestamp"].isdigit())
            self.assertTrue(payload["body"]["last_updated"].isdigit())
            return message.topic == TOPIC.format(tag) and payload["body"]["state"] == state

        return bus.wait_for(fits, count)

    def watcher(self, broker):
        bus = self.bus(broker)
        bus.subscribe(TOPIC.format("+"))
        return bus

    def retained_state(self, broker, tag):
        """As a person asks."""
        said = subprocess.run(
            ["mosquitto_sub", "-p", str(broker.port), "-t", TOPIC.format(tag), "-C", "1", "-W", "30"],
            capture_output=True,
            check=True,
        )
        return json.loads(said.stdout)["body"]["state"]

    def test_online_while_it_is_served_and_offline_at_a_clean_stop(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        for tag in ("GW_1", "GW_2"):
            self.await_state(bus, tag, "ONLINE")
            self.assertEqual(self.retained_state(lab, tag), "ONLINE")
        gateway.stop()
        for tag in ("GW_1", "GW_2"):
            self.await_state(bus, tag, "OFFLINE")
            self.assertEqual(self.retained_state(lab, tag), "OFFLINE")
        self.assertEqual([m for m in bus.messages if "GW_3" in m.topic], [])

    def test_a_killed_gateway_is_offline_by_its_last_will(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        gateway.signal(signal.SIGKILL)
        gateway.wait_exit()
        self.await_state(bus, "GW_1", "OFFLINE")
        self.assertEqual(self.retained_state(lab, "GW_2"), "OFFLINE")

    def test_it_is_online_again_when_the_broker_is_back(self):
        lab, _ = self.start()
        self.await_state(self.watcher(lab), "GW_1", "ONLINE")
        lab.kill()
        lab.restart()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        self.await_state(bus, "GW_2", "ONLINE")

    def test_a_reload_is_followed(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_2", "ONLINE")
        self.await_state(bus, "GW_1", "ONLINE")
        gateway.reload(
            CONFIGURATION.replace("GW_2:\n        presence: true", "GW_4:\n        presence: true").replace(
                "GW_3:\n", "GW_3:\n        presence: true\n"
            )
        )
        self.await_state(bus, "GW_2", "OFFLINE")
        self.await_state(bus, "GW_3", "ONLINE")
        self.await_state(bus, "GW_4", "ONLINE")
        bus.fence()
        # What did not change had nothing to say.
        self.assertEqual(len(bus.on_topic(TOPIC.format("GW_1"))), 1)

    def test_ls_finds_the_gateways_devices(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        self.await_state(bus, "GW_2", "ONLINE")
        lines = self.cli(lab).run("ls").stdout.splitlines()
        self.assertEqual([line.split("\t")[:2] for line in lines], [["GW_1", "ONLINE"], ["GW_2", "ONLINE"]])
        gateway.stop()
        lines = self.cli(lab).run("ls").stdout.splitlines()
        self.assertEqual([line.split("\t")[:2] for line in lines], [["GW_1", "OFFLINE"], ["GW_2", "OFFLINE"]])


if __name__ == "__main__":
    unittest.main()
