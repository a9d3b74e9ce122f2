"""Requests that the gateway sent and a broker returns: bridged brokers, and one broker under two names."""

import json
import unittest

from harness import IntegrationTest, new_id, request_payload, request_topic

CONFIGURATION = """
    version: 1
    brokers:
      near: {url: $NEAR}
      far: {url: $FAR}
    devices:
      GW_1: {resources: {gains: {value: 1, methods: [GET, PUT]}}}
    proxy:
      forward: GW_1
      routes:
        - {name: there, match: {tag: DEV_1}, serve: true, timeout: 20s, to: {broker: far}}
"""


class Bridged(IntegrationTest):
    def start(self):
        """Starts two brokers; the far one has a bridge to the near one."""
        near = self.broker(witness=False)
        far = self.broker(
            witness=False,
            settings=(
                "connection over-there",
                f"address 127.0.0.1:{near.port}",
                "topic gf_int_v1/# both 0",
                "notifications false",
                "restart_timeout 1",
            ),
        )
        near.wait_log(" 0 gf_int_v1/#")  # the bridge's SUBSCRIBE
        return near, far

    def test_a_write_runs_once_by_the_gateway_and_the_log_says_what_is_wrong(self):
        near, far = self.start()
        gateway = self.gateway(CONFIGURATION, NEAR=near.url, FAR=far.url)
        gateway.wait_log("connected to broker far")
        device = self.device(far, "DEV_1")
        desk = self.bus(near)
        desk.subscribe("gf_int_v1/+/response/DEV_1/+")
        for count in (1, 2):
            request_id = new_id()
            payload = request_payload("POST", "fire", request_id=request_id)
            desk.publish(request_topic("DEV_1", "axuv", request_id), payload)
            # One arrives through the bridge, like every caller's request, and one from the gateway.
            device.wait_requests(2 * count)
            # These are the device's answer through the bridge, the gateway's answer, and the device's answer
            # to the gateway, which the bridge copies here.
            desk.wait_for(lambda m: True, 3 * count)
        desk.fence()
        answer = self.caller(near, "GW_1").get(".gw/status").body
        self.assertEqual(len(device.requests), 4)
        self.assertEqual(answer["forwarded"], 2)
        self.assertEqual(answer["dropped"]["request_returned"], 2)
        seen = answer["returned"]
        self.assertEqual([(r["what"], r["route"], r["sent_to"], r["came_from"]) for r in seen],
                         [("bridge", "there", "far", "near")])
        gateway.wait_log("error: brokers far and near are bridged")
        self.assert_logged(gateway, "are bridged", 1)
        gateway.wait_log("route there must not serve them")

    def test_doctor_finds_the_bridge_before_anybody_asks(self):
        near, far = self.start()
        gateway = self.gateway(CONFIGURATION, NEAR=near.url, FAR=far.url)
        done = self.cli(near).run("doctor", "-o", "json", "--config", gateway.file)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        bridge = [f for f in found if f["check"] == "bridge"]
        self.assertEqual([f["result"] for f in bridge], ["fail"], done.stdout)
        self.assertIn("far", bridge[0]["found"])
        self.assertIn("there", bridge[0]["found"])
        self.assertEqual(done.returncode, 78)

    def test_doctor_finds_no_bridge_where_there_is_none(self):
        near, far = self.broker(witness=False), self.broker(witness=False)
        gateway = self.gateway(CONFIGURATION, NEAR=near.url, FAR=far.url)
        done = self.cli(near).run("doctor", "-o", "json", "--config", gateway.file)
        bridge = [f for f in map(json.loads, done.stdout.splitlines()) if f["check"] == "bridge"]
        self.assertEqual([f["result"] for f in bridge], ["ok"], done.stdout)
        self.assertEqual(done.returncode, 0)

    def test_doctor_does_not_clear_a_broker_that_takes_no_request(self):
        near, far = self.broker(witness=False), self.broker(witness=False, acl=["topic read gf_int_v1/#"])
        gateway = self.gateway(CONFIGURATION, NEAR=near.url, FAR=far.url)
        done = self.cli(near).run("doctor", "-o", "json", "--config", gateway.file)
        bridge = [f for f in map(json.loads, done.stdout.splitlines()) if f["check"] == "bridge"]
        self.assertEqual([f["result"] for f in bridge], ["warn"], done.stdout)
        self.assertIn("far cannot be checked: ", bridge[0]["found"])

    def test_doctor_does_not_clear_where_it_would_not_hear(self):
        """The gateway's user may only read requests to the gateway, and mosquitto does not deny
        any subscription.
        """
        near = self.broker(witness=False, acl=["topic write #", "topic read gf_int_v1/+/request/GW_1/+"])
        far = self.broker(witness=False)
        gateway = self.gateway(CONFIGURATION, NEAR=near.url, FAR=far.url)
        done = self.cli(near).run("doctor", "-o", "json", "--config", gateway.file)
        bridge = [f for f in map(json.loads, done.stdout.splitlines()) if f["check"] == "bridge"]
        self.assertEqual([f["result"] for f in bridge], ["warn"], done.stdout)
        self.assertIn("far cannot be checked: user and access rules at near may not read requests to", bridge[0]["found"])

    def test_doctor_does_not_clear_over_mqtt_3_1_1_which_denies_nothing_aloud(self):
        near, far = self.broker(witness=False), self.broker(witness=False, acl=["topic read gf_int_v1/#"])
        configuration = CONFIGURATION.replace("{url: $FAR}", "{url: $FAR, protocol: 3.1.1}")
        gateway = self.gateway(configuration, NEAR=near.url, FAR=far.url)
        done = self.cli(near).run("doctor", "-o", "json", "--config", gateway.file)
        bridge = [f for f in map(json.loads, done.stdout.splitlines()) if f["check"] == "bridge"]
        self.assertEqual([f["result"] for f in bridge], ["warn"], done.stdout)
        self.assertIn("over MQTT 3.1.1 far does not say", bridge[0]["found"])


class OneBroker(IntegrationTest):
    SERVED = ("DEV_1",)

    def test_two_listeners_of_one_broker_are_502_as_well(self):
        near = self.broker(doors=1)
        gateway = self.gateway(CONFIGURATION.replace("timeout: 20s", "timeout: 1s"), NEAR=near.url,
                               FAR=f"mqtt://127.0.0.1:{near.more_ports[0]}")
        gateway.wait_log("connected to broker far")
        desk = self.caller(near, "DEV_1")
        for _ in range(2):
            self.assert_code(desk.post("fire"), 502, "loop")
        self.assert_logged(gateway, "are bridged, or are one", 1)

    def test_a_loop_over_two_names_of_one_broker_is_502_at_once(self):
        near = self.broker()
        gateway = self.gateway(CONFIGURATION, NEAR=near.url, FAR=f"mqtt://127.1:{near.port}")
        gateway.wait_log("connected to broker far")
        desk = self.caller(near, "DEV_1")
        self.assert_code(desk.post("fire"), 502, "brokers far and near are one", "loop")
        status = desk.get(".gw/status", tag="GW_1").body
        self.assertEqual(status["forwarded"], 1)
        self.assertEqual(status["returned"][0]["what"], "loop")
        self.assert_logged(gateway, "leads round in a loop", 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
