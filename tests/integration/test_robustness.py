"""What a lab network does to a gateway: brokers that come and go, malformed messages, floods, stops at
the wrong time.
"""

import json
import signal
import time
import unittest

from harness import Broker, IntegrationTest, new_id, request_payload, request_topic, response_topic, silent_resolver
from harness.device import late, mute, normal

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB, client_id: gateway-1}
      site: {url: $SITE, client_id: gateway-2}
    devices:
      GW_1:
        subsystems: [axuv]
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT]}
    proxy:
      forward: GW_1
      routes:
        - {name: site, match: {tag: "SITE_*"}, timeout: 20s, in_flight: 1000, to: {broker: site}}
        - {name: lab, match: {tag: "LAB_*"}, timeout: 20s, in_flight: 1000}
"""
REQUESTS_OF_GW_1 = "gateway-1 0 gf_int_v1/+/request/GW_1/+"


class BrokerGone(IntegrationTest):
    SERVED = ("GW_1",)

    def start(self):
        lab, site = self.broker(witness=False), self.broker(witness=False)
        gateway = self.gateway(CONFIGURATION, LAB=lab.url, SITE=site.url)
        return lab, site, gateway

    def test_the_gateway_is_back_when_its_broker_is(self):
        lab, _, gateway = self.start()
        for _ in range(2):
            lab.kill()
            lab.restart()
            lab.wait_log(REQUESTS_OF_GW_1)
            desk = self.caller(lab, "GW_1", client_id=f"desk-{new_id()[:4]}")
            self.assert_code(desk.get("gains"), 205)
            desk.close()
        self.assertTrue(gateway.running)

    def test_the_gateway_waits_for_a_broker_that_starts_later(self):
        lab = Broker()
        self.addCleanup(lab.stop)
        lab.kill()
        gateway = self.gateway(CONFIGURATION, LAB=lab.url, SITE=lab.url, ready=False)
        gateway.wait_log("lab")  # it logs that the broker is unreachable
        lab.restart()
        gateway.wait_ready()
        self.assert_code(self.caller(lab, "GW_1").get("gains"), 205)

    def test_a_gateway_without_a_broker_stops_cleanly(self):
        lab = Broker()
        self.addCleanup(lab.stop)
        lab.kill()
        gateway = self.gateway(CONFIGURATION, LAB=lab.url, SITE=lab.url, ready=False)
        gateway.wait_log("lab")  # the first attempt failed
        gateway.stop()

    @unittest.skipUnless(silent_resolver.available(), "needs user namespaces, for a name server of its own")
    def test_a_stop_does_not_wait_for_a_name_lookup(self):
        gateway = self.gateway(
            CONFIGURATION,
            LAB="mqtt://lab.invalid",
            SITE="mqtt://site.invalid",
            ready=False,
            prefix=silent_resolver.prefix(),
        )
        gateway.wait_log(silent_resolver.ASKED)
        gateway.stop()

    def test_the_other_broker_going_away_answers_what_waits_and_then_503_at_once(self):
        lab, site, _ = self.start()
        device = self.device(site, "SITE_1", mute())
        desk = self.caller(lab, "GW_1")
        waiting = desk.send("GET", "gains", proxy_uri="SITE_1/axuv/gains")
        device.wait_requests(1)
        device.close()
        site.kill()
        # The request was sent, so it is unknown whether it was run.
        self.assert_code(waiting.answer(), 504)
        self.assert_code(desk.get("gains", proxy_uri="SITE_1/axuv/gains"), 503, "site")
        self.assert_code(desk.get("gains"), 205)

    def test_the_other_broker_coming_back_is_used_again(self):
        lab, site, _ = self.start()
        desk = self.caller(lab, "GW_1")
        device = self.device(site, "SITE_1", normal("before"))
        self.assertEqual(desk.get("gains", proxy_uri="SITE_1/axuv/gains").body, "before")
        device.close()
        site.kill()
        site.restart()
        site.wait_log("gateway-2 0 gf_int_v1/+/response/SITE_1/+")
        self.device(site, "SITE_1", normal("after"))
        self.assertEqual(desk.get("gains", proxy_uri="SITE_1/axuv/gains").body, "after")

    def test_a_stalled_far_broker_holds_up_nothing_else(self):
        lab, site, _ = self.start()
        desk = self.caller(lab, "GW_1")
        self.device(site, "SITE_1", normal("awake"))
        self.assert_code(desk.get("gains", proxy_uri="SITE_1/axuv/gains"), 205)
        site.stall()
        try:
            waiting = [desk.send("GET", "gains", proxy_uri="SITE_1/axuv/gains", timeout_ms=500) for _ in range(20)]
            self.assert_code(desk.get("gains"), 205)
            for w in waiting:
                self.assertIn(w.answer().code, (503, 504))
        finally:
            site.resume()

    def test_a_password_is_given_to_the_broker(self):
        lab = self.broker(witness=False, users={"gateway": "open sesame", "desk": "x"})
        configuration = CONFIGURATION.replace(
            "client_id: gateway-1", "client_id: gateway-1, username: gateway, password: {env: LAB_PASSWORD}"
        ).replace("client_id: gateway-2", "client_id: gateway-2, username: gateway, password: {env: LAB_PASSWORD}")
        gateway = self.gateway(configuration, LAB=lab.url, SITE=lab.url, environment={"LAB_PASSWORD": "open sesame"})
        self.assert_code(self.caller(lab, "GW_1", username="desk", password="x").get("gains"), 205)
        self.assertNotIn("open sesame", gateway.log)

    def test_answers_that_the_broker_forbids_to_hear_give_503(self):
        acl = ["topic readwrite gf_int_v1/+/+/GW_1/#", "topic write gf_int_v1/+/request/#", "topic readwrite test/#"]
        lab = self.broker(witness=False, acl=acl)
        self.gateway(CONFIGURATION, LAB=lab.url, SITE=lab.url)
        desk = self.caller(lab, "GW_1")
        # With MQTT 3.1.1, mosquitto grants such a subscription and delivers nothing; the answer is then 504.
        answer = desk.get("gains", proxy_uri="LAB_1/axuv/gains", timeout_ms=1000)
        self.assertIn(answer.code, (503, 504))
        self.assert_code(desk.get("gains"), 205)

    def test_what_is_larger_than_the_broker_takes_is_answered_with_words(self):
        lab = self.broker(witness=False)
        site = self.broker(witness=False, settings=["max_packet_size 3000"])
        gateway = self.gateway(CONFIGURATION, LAB=site.url, SITE=lab.url)
        desk = self.caller(site, "GW_1")
        self.device(lab, "SITE_1", normal("x" * 5000))
        for _ in range(2):
            self.assert_code(desk.get("gains", proxy_uri="SITE_1/axuv/gains"), 500, "max_packet_size")
        self.assert_code(desk.get("gains"), 205)
        gateway.wait_log("max_packet_size")

    def test_a_request_larger_than_the_far_broker_takes_is_413(self):
        lab = self.broker(witness=False)
        site = self.broker(witness=False, settings=["max_packet_size 3000"])
        self.gateway(CONFIGURATION, LAB=lab.url, SITE=site.url)
        desk = self.caller(lab, "GW_1")
        device = self.device(site, "SITE_1")
        self.assert_code(desk.put("gains", "x" * 5000, proxy_uri="SITE_1/axuv/gains"), 413, "max_packet_size")
        self.assert_code(desk.put("gains", "x" * 50, proxy_uri="SITE_1/axuv/gains"), 205)
        self.assertEqual(len(device.requests), 1)


class Garbage(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        # mosquitto 2.1 accepts 2,000,000 bytes by default.
        self.lab = self.broker(settings=["max_packet_size 20000000"])
        self.configuration = CONFIGURATION

    def start(self):
        self.gateway(self.configuration, LAB=self.lab.url, SITE=self.lab.url)
        self.desk = self.caller(self.lab, "GW_1")

    def refused(self, method, path, body=None):
        """Returns the answer to a request whose path cannot be echoed."""
        request_id = new_id()
        return self.desk.send_raw(request_payload(method, path, body, request_id), request_id).answer()

    def test_retained_requests_are_dropped(self):
        observer = self.bus(self.lab)
        observer.subscribe("gf_int_v1/+/response/#")
        request_id = new_id()
        payload = request_payload("PUT", "gains", [9], request_id=request_id)
        observer.publish(request_topic("GW_1", "axuv", request_id), payload, retain=True)
        observer.fence()
        self.start()
        self.assertEqual(self.desk.get("gains").body, [0, 1, 2])
        observer.fence()
        self.assertEqual(observer.on_topic(response_topic("GW_1", "axuv", request_id)), [])

    def test_a_payload_of_5_mb_is_413(self):
        self.start()
        self.assert_code(self.desk.put("gains", "x" * 5_000_000), 413)
        self.assert_code(self.desk.send_raw(b"x" * 5_000_000).answer(), 413)
        self.assert_code(self.desk.get("gains"), 205)

    def test_the_limit_itself_is_taken_and_one_byte_more_is_not(self):
        self.configuration += "    limits: {payload: 1KiB}\n"
        self.start()
        for size, code in ((1024, 204), (1025, 413)):
            request_id = new_id()
            payload = request_payload("PUT", "gains", "", request_id=request_id)
            payload = payload.replace('"body": ""', '"body": "' + "x" * (size - len(payload)) + '"')
            self.assertEqual(len(payload), size)
            self.assert_code(self.desk.send_raw(payload, request_id, path="gains").answer(), code)

    def test_depth_and_path_have_limits(self):
        self.configuration += "    limits: {depth: 8, path: 20B}\n"
        self.start()
        self.assert_code(self.desk.put("gains", json.loads("[" * 6 + "]" * 6)), 204)
        self.assert_code(self.refused("PUT", "gains", json.loads("[" * 9 + "]" * 9)), 400, "deep")
        self.assert_code(self.desk.send("GET", "x" * 20).answer(), 404)
        self.assert_code(self.refused("GET", "x" * 21), 400, "path")

    def test_invalid_utf_8_and_nul_are_400(self):
        self.start()
        for piece in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc3"):
            with self.subTest(piece=piece):
                request_id = new_id()
                payload = request_payload("PUT", "gains", "@", request_id=request_id).encode().replace(b"@", piece)
                self.assert_code(self.desk.send_raw(payload, request_id).answer(), 400)
        self.assert_code(self.refused("GET", "ga\0ins"), 400, "path")

    def test_topics_that_are_none_are_dropped(self):
        self.start()
        observer = self.bus(self.lab)
        observer.subscribe("#")
        payload = request_payload("GET", "gains")
        topics = [
            "gf_int_v1/axuv/request/GW_1",
            "gf_int_v1/axuv/request/GW_1/",
            f"gf_int_v1/axuv/request/GW_1/{new_id()}/more",
            f"gf_int_v1//request/GW_1/{new_id()}",
            f"gf_int_v1/a b/request/GW_1/{new_id()}",
            f"gf_int_v1/$x/request/GW_1/{new_id()}",
            f"gf_int_v1/{'x' * 65}/request/GW_1/{new_id()}",
            f"gf_int_v1/axuv/request/GW_1/{'x' * 65}",
            "gf_int_v1/axuv/request/GW_1/ä",
            f"other/axuv/request/GW_1/{new_id()}",
            f"gf_int_v1/axuv/REQUEST/GW_1/{new_id()}",
        ]
        for topic in topics:
            self.desk.bus.publish(topic, payload)
        self.assert_code(self.desk.get("gains"), 205)
        observer.fence()
        answered = [m.topic for m in observer.messages if "/response/" in m.topic]
        self.assertEqual(len(answered), 1, answered)

    def test_an_id_that_is_none_is_refused_under_its_topic(self):
        self.start()
        self.assert_code(self.desk.get("gains", request_id="shot-4711"), 400, "request_id")

    def test_lenient_validation_takes_such_an_id_and_no_timestamp(self):
        self.configuration += "    defaults: {validation: lenient}\n"
        self.start()
        self.assert_code(self.desk.get("gains", request_id="shot-4711"), 205)
        payload = '{"header": {"method": 1, "path": "gains", "request_id": "7"}}'
        self.assert_code(self.desk.send_raw(payload, "7", path="gains").answer(), 205)

    def test_a_general_payload_under_a_request_topic_is_400(self):
        self.start()
        waiting = self.desk.send_raw('{"body": 1, "timestamp": "1"}', new_id())
        self.assert_code(waiting.answer(), 400, "method")

    def test_a_flood_of_garbage_leaves_it_standing(self):
        self.start()
        stranger = self.bus(self.lab)
        pieces = (b"", b"{", b"\x00" * 100, b"[" * 1000, b'{"header":{}}', b'{"header":{"method":"GET"}}')
        for n in range(3000):
            stranger.publish(request_topic("GW_1", "axuv", new_id()), pieces[n % len(pieces)])
            stranger.publish(response_topic("SITE_1", "axuv", new_id()), pieces[n % len(pieces)])
        stranger.fence()
        self.assert_code(self.desk.get("gains"), 205)


class Load(IntegrationTest):
    SERVED = ("GW_1",)
    VALUES = 50

    def configuration(self, qos=0):
        resources = "".join(f"          v{n}: {{value: {n}}}\n" for n in range(self.VALUES))
        brokers = CONFIGURATION.replace("client_id: gateway-1", f"client_id: gateway-1, qos: {qos}")
        return brokers.replace("        resources:\n", "        resources:\n" + resources)

    def test_500_requests_at_once_are_neither_lost_nor_mixed_up(self):
        lab = self.broker()
        self.gateway(self.configuration(), LAB=lab.url, SITE=lab.url)
        self.device(lab, "LAB_1", normal())
        desks = [self.caller(lab, "GW_1", client_id=f"desk-{n}") for n in range(5)]
        waiting = []
        for n in range(500):
            desk = desks[n % len(desks)]
            if n % 2:
                waiting.append((n % self.VALUES, desk.send("GET", f"v{n % self.VALUES}", correlation_id=new_id())))
            else:
                waiting.append((f"p{n}", desk.send("GET", f"LAB_1/axuv/p{n}", subsystem="proxy")))
        for expected, pending in waiting:
            answer = self.assert_code(pending.answer(), 205)
            self.assertEqual(answer.body if isinstance(expected, int) else answer.body["path"], expected)

    def test_500_requests_at_once_to_one_far_device_are_answered_by_it_in_turn(self):
        lab, site = self.broker(), self.broker()
        configuration = """
            version: 1
            brokers: {lab: {url: $LAB}, site: {url: $SITE}}
            proxy:
              routes:
                - {name: far, match: {tag: FAR_1}, serve: true, to: {broker: site}}
        """
        self.gateway(configuration, LAB=lab.url, SITE=site.url)
        device = self.device(site, "FAR_1", normal())
        desks = [self.caller(lab, "FAR_1", client_id=f"desk-{n}") for n in range(5)]
        waiting = [desks[n % len(desks)].send("GET", f"p{n}") for n in range(500)]
        for n, pending in enumerate(waiting):
            self.assertEqual(self.assert_code(pending.answer(), 205).body["path"], f"p{n}")
        self.assertEqual(len(device.requests), 500)

    def test_quality_of_service_1_works_as_0_does(self):
        lab = self.broker()
        self.gateway(self.configuration(qos=1), LAB=lab.url, SITE=lab.url)
        lab.wait_log("gateway-1 1 gf_int_v1/+/request/GW_1/+")
        desk = self.caller(lab, "GW_1", qos=1)
        self.device(lab, "LAB_1", normal("done"), qos=1)
        waiting = [desk.send("PUT", f"LAB_1/axuv/p{n}", n, subsystem="proxy") for n in range(100)]
        for pending in waiting:
            self.assertEqual(pending.answer().body, "done")
        self.assertEqual(desk.get("v7").body, 7)


class MuteDevices(IntegrationTest):
    SERVED = ("GW_1",)

    def test_two_of_them_leave_room_for_everybody_else(self):
        broker = self.broker()
        self.gateway(CONFIGURATION.replace("in_flight: 1000", "in_flight: 1"), LAB=broker.url, SITE=broker.url)
        mute_ones = [self.device(broker, f"LAB_{n}", mute()) for n in (1, 2)]
        self.device(broker, "LAB_3", normal("here"))
        flood = self.bus(broker)
        for n in range(1100):
            for tag in ("LAB_1", "LAB_2"):
                request_id = new_id()
                payload = request_payload("PUT", f"{tag}/axuv/p", n, request_id=request_id)
                flood.publish(request_topic("GW_1", "proxy", request_id), payload)
        for device in mute_ones:
            device.wait_requests(1)
        flood.fence()
        desk = self.caller(broker, "GW_1")
        self.assert_code(desk.get("gains"), 205)
        status = desk.get(".gw/status").body
        # The number of requests in flight exceeds what half and a third of the places would allow.
        self.assertGreater(status["in_flight"], 600)
        self.assertEqual(desk.get("LAB_3/axuv/p", subsystem="proxy").body, "here")


class Suspended(IntegrationTest):
    SERVED = ("GW_1",)

    def test_what_lay_unread_for_longer_than_its_caller_waits_is_not_run(self):
        broker = self.broker()
        gateway = self.gateway(CONFIGURATION, LAB=broker.url, SITE=broker.url)
        device = self.device(broker, "LAB_1")
        desk = self.caller(broker, "GW_1")
        before = desk.get("gains").body
        gateway.signal(signal.SIGSTOP)
        late = [desk.send("PUT", "gains", [n], timeout_ms=100) for n in range(300)]
        forwarded = desk.send("PUT", "LAB_1/axuv/p", 1, subsystem="proxy", timeout_ms=100)
        patient = desk.send("GET", "gains")
        desk.bus.fence()
        # This must be real time: longer than the second that is allowed between two iterations of the loop,
        # and than the timeout.
        time.sleep(2)
        gateway.signal(signal.SIGCONT)
        for each in late:
            self.assert_code(each.answer(), 504, "was not run")
        self.assert_code(forwarded.answer(), 504, "was not run")
        self.assertEqual(patient.answer().body, before)
        # A new request is not affected, although its timeout is shorter than the gap.
        self.assert_code(desk.put("gains", [7], timeout_ms=900), 204)
        self.assertEqual(desk.get("LAB_1/axuv/p", subsystem="proxy", timeout_ms=900).code, 205)
        self.assertEqual(len(device.requests), 1)


class Stopping(IntegrationTest):
    SERVED = ("GW_1",)

    def start(self):
        self.lab = self.broker()
        gateway = self.gateway(CONFIGURATION, LAB=self.lab.url, SITE=self.lab.url)
        return gateway, self.caller(self.lab, "GW_1")

    def test_a_stop_brings_what_is_in_flight_to_its_answer(self):
        gateway, desk = self.start()
        device = self.device(self.lab, "LAB_1", late())
        waiting = desk.send("POST", "LAB_1/axuv/fire", subsystem="proxy")
        device.wait_requests(1)
        gateway.signal(signal.SIGTERM)
        gateway.wait_log("stopping")
        device.release("fired")
        self.assertEqual(waiting.answer().body, "fired")
        self.assertEqual(gateway.wait_exit(), 0)

    def test_a_stop_does_not_wait_for_a_mute_device_for_ever(self):
        gateway, desk = self.start()
        device = self.device(self.lab, "LAB_1", mute())
        waiting = desk.send("POST", "LAB_1/axuv/fire", subsystem="proxy")
        device.wait_requests(1)
        gateway.signal(signal.SIGTERM)
        self.assert_code(waiting.answer(), 504)
        self.assertEqual(gateway.wait_exit(), 0)

    def test_an_interrupt_stops_it_too(self):
        gateway, desk = self.start()
        self.assert_code(desk.get("gains"), 205)
        gateway.signal(signal.SIGINT)
        self.assertEqual(gateway.wait_exit(), 0)

    def test_a_broker_that_is_gone_does_not_keep_it_from_stopping(self):
        lab = self.broker(witness=False)
        gateway = self.gateway(CONFIGURATION, LAB=lab.url, SITE=lab.url)
        lab.stall()
        gateway.signal(signal.SIGTERM)
        self.assertEqual(gateway.wait_exit(), 0)
        lab.resume()


if __name__ == "__main__":
    unittest.main(verbosity=2)
