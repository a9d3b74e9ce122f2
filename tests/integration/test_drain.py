"""SIGTERM under load and with a stalled broker: the gateway answers what is in flight, announces OFFLINE
and exits with 0.
"""

import json
import signal
import unittest

from harness import IntegrationTest, new_id, request_payload, request_topic
from harness.device import late, mute

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB, client_id: gateway-1}
      site: {url: $SITE, client_id: gateway-2}
    devices:
      GW_1:
        presence: true
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT]}
    proxy:
      forward: GW_1
      routes:
        - {name: site, match: {tag: "SITE_*"}, timeout: 10min, in_flight: 1000, to: {broker: site}}
"""
PRESENCE = "gf_int_v1/gateway/system/GW_1/presence"


class Drain(IntegrationTest):
    SERVED = ("GW_1",)

    def start(self, witness=True):
        lab, site = self.broker(witness=witness), self.broker(witness=witness)
        gateway = self.gateway(CONFIGURATION, LAB=lab.url, SITE=site.url)
        return lab, site, gateway, self.caller(lab, "GW_1")

    def test_what_is_in_flight_is_answered_and_then_it_says_offline(self):
        lab, site, gateway, desk = self.start()
        watcher = self.bus(lab)
        watcher.subscribe(PRESENCE)
        watcher.wait_topic(PRESENCE)
        device = self.device(site, "SITE_1", late())
        waiting = [desk.send("GET", "gains", proxy_uri="SITE_1/axuv/gains") for _ in range(200)]
        device.wait_requests(200)
        gateway.signal(signal.SIGTERM)
        gateway.wait_log("stopping, 200 requests in flight")
        device.release("late but right")
        for w in waiting:
            self.assertEqual(w.answer().body, "late but right")
        self.assertEqual(gateway.wait_exit(), 0)
        said = [json.loads(m.payload)["body"]["state"] for m in watcher.wait_topic(PRESENCE, 2)]
        self.assertEqual(said, ["ONLINE", "OFFLINE"])

    def test_a_stop_in_the_middle_of_a_flood_answers_nothing_twice_and_ends(self):
        lab, _, gateway, _ = self.start()
        flood = self.bus(lab, client_id="flood")
        flood.subscribe("gf_int_v1/axuv/response/GW_1/+")
        sent = [self.send(flood) for _ in range(2000)]
        flood.wait_for(lambda m: True, 100)
        gateway.signal(signal.SIGTERM)
        sent += [self.send(flood) for _ in range(2000)]
        self.assertEqual(gateway.wait_exit(), 0)
        flood.fence()
        answered = [m.topic.rsplit("/", 1)[1] for m in flood.messages]
        self.assertEqual(len(answered), len(set(answered)))
        # Requests from before the unsubscription were answered in order; later ones were not received.
        self.assertEqual(answered, sent[: len(answered)])

    def send(self, bus):
        request_id = new_id()
        bus.publish(request_topic("GW_1", "axuv", request_id), request_payload("GET", "gains", None, request_id))
        return request_id

    def test_a_mute_device_and_stalled_brokers_do_not_keep_it(self):
        lab, site, gateway, desk = self.start(witness=False)
        device = self.device(site, "SITE_1", mute())
        for _ in range(50):
            desk.send("GET", "gains", proxy_uri="SITE_1/axuv/gains")
        device.wait_requests(50)
        lab.stall()
        site.stall()
        try:
            gateway.signal(signal.SIGTERM)
            gateway.wait_log("stopping, 50 requests in flight")
            self.assertEqual(gateway.wait_exit(), 0)
        finally:
            lab.resume()
            site.resume()
        # The gateway could not publish this itself, so the last will did.
        late_comer = self.bus(lab)
        late_comer.subscribe(PRESENCE)
        late_comer.wait_for(lambda m: json.loads(m.payload)["body"]["state"] == "OFFLINE")

    def test_a_second_signal_ends_it_at_once(self):
        _, site, gateway, desk = self.start()
        device = self.device(site, "SITE_1", mute())
        desk.send("GET", "gains", proxy_uri="SITE_1/axuv/gains")
        device.wait_requests(1)
        gateway.signal(signal.SIGTERM)
        gateway.wait_log("stopping, 1 requests in flight")
        gateway.signal(signal.SIGTERM)
        self.assertEqual(gateway.wait_exit(), 0)
        self.assertIn("again: ending at once", gateway.log)

    def test_a_reload_in_the_middle_of_a_stop_changes_nothing(self):
        _, site, gateway, desk = self.start()
        device = self.device(site, "SITE_1", late())
        waiting = desk.send("GET", "gains", proxy_uri="SITE_1/axuv/gains")
        device.wait_requests(1)
        gateway.signal(signal.SIGTERM)
        gateway.wait_log("stopping, 1 requests in flight")
        gateway.signal(signal.SIGHUP)
        device.release("right")
        self.assertEqual(waiting.answer().body, "right")
        self.assertEqual(gateway.wait_exit(), 0)
        self.assertNotIn("again", gateway.log)


if __name__ == "__main__":
    unittest.main()
