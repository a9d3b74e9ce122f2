"""Forwarding to other devices: the three forms, rewriting, deadlines, queues, and devices that misbehave."""

import json
import unittest

from harness import IntegrationTest, Unusable, new_id, now_ms, request_payload, response_topic
from harness.device import bad_code, changed, huge, late, mute, normal, raw, twice, wrong_id, wrong_path

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
      site: {url: $SITE}
    devices:
      GW_1:
        subsystems: [axuv]
        resources:
          gains: {value: [0, 1, 2]}
          probe/**: {proxy: MNT_1/axuv}
          deep/**: {proxy: MNT_1/hv/inner}
          remote/**: {proxy: SITE_7/axuv}
    proxy:
      forward: GW_1
      routes:
        - {name: read-only, match: {tag: RO_1, path: "public/**", methods: [GET]}}
        - {name: one-at-a-time, match: {tag: ONE_1}, timeout: 20s, in_flight: 1, queue: 2}
        - {name: short, match: {tag: SHORT_1}, timeout: 300ms, in_flight: 4}
        - name: rewritten
          match: {tag: "OLD_*", subsystem: [axuv, hv]}
          to: {tag: NEW_1, subsystem: "ino-{subsystem}", path: "v1/{path}"}
        - {name: small, match: {tag: ARD_1}, wire: compact}
        - {name: opened, match: {tag: TOK_1}, token: {env: DEVICE_TOKEN}}
        - {name: far, match: {tag: "FAR_*"}, timeout: 20s, in_flight: 8}
        - {name: site, match: {tag: "SITE_*"}, serve: true, timeout: 20s, to: {broker: site, namespace: b2_v1}}
"""


class ProxyTest(IntegrationTest):
    SERVED = ("GW_1", "SITE_7")

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.site = self.broker(witness=False)
        self.gateway(
            CONFIGURATION, LAB=self.lab.url, SITE=self.site.url, environment={"DEVICE_TOKEN": "for-the-device"}
        )
        self.desk = self.caller(self.lab, "GW_1")

    def far(self, behaviour=None, tag="FAR_1"):
        return self.device(self.lab, tag, behaviour)

    def ask(self, method="GET", path="gains", body=None, tag="FAR_1", **fields):
        """Sends a request with `proxy_uri`; the path of the request itself is a different one."""
        return self.desk.request(method, "asked", body, proxy_uri=f"{tag}/axuv/{path}", **fields)


class Forms(ProxyTest):
    def test_by_proxy_uri(self):
        device = self.far(normal([1, 2]))
        answer = self.assert_code(self.ask(), 205)
        self.assertEqual((answer.body, answer.header["path"], answer.header["source"]), ([1, 2], "asked", "FAR_1"))
        self.assertEqual(device.last["header"]["path"], "gains")

    def test_by_the_subsystem_proxy(self):
        device = self.far(normal([1, 2]))
        answer = self.assert_code(self.desk.get("FAR_1/hv/supply/voltage", subsystem="proxy"), 205)
        self.assertEqual((answer.body, answer.header["path"]), ([1, 2], "FAR_1/hv/supply/voltage"))
        topic, request = device.requests[0]
        self.assertEqual(topic.split("/")[1], "hv")
        self.assertEqual(request["header"]["path"], "supply/voltage")

    def test_in_the_place_of_a_tag_on_another_broker(self):
        device = self.device(self.site, "SITE_7", normal("from afar"), namespace="b2_v1")
        answer = self.assert_code(self.desk.get("/gains", tag="SITE_7"), 205)
        self.assertEqual((answer.body, answer.header["path"]), ("from afar", "/gains"))
        self.assertEqual(device.requests[0][0].split("/")[:2], ["b2_v1", "axuv"])

    def test_by_a_mount(self):
        device = self.device(self.lab, "MNT_1", normal())
        answer = self.assert_code(self.desk.put("probe/gains/0", 5), 205)
        self.assertEqual((answer.body, answer.header["path"]), ({"path": "gains/0", "body": 5}, "probe/gains/0"))
        self.assertEqual(device.last["header"]["method"], "PUT")

    def test_by_a_mount_with_a_path_of_its_own(self):
        device = self.device(self.lab, "MNT_1", normal())
        self.assertEqual(self.desk.get("deep/gains").body["path"], "inner/gains")
        self.assertEqual(device.requests[0][0].split("/")[1], "hv")
        self.assert_code(self.desk.get("deep"), 404)

    def test_by_a_mount_whose_device_is_on_another_broker(self):
        self.device(self.site, "SITE_7", normal("from afar"), namespace="b2_v1")
        self.assertEqual(self.desk.get("remote/gains").body, "from afar")

    def test_bodies_and_methods_go_through_unchanged(self):
        device = self.far()
        for method in ("GET", "POST", "PUT", "DELETE"):
            with self.subTest(method=method):
                body = None if method in ("GET", "DELETE") else {"a": [1, {"b": "ü"}]}
                self.assertEqual(self.ask(method, "x/y", body).body, {"path": "x/y", "body": body})
                self.assertEqual(device.last["header"]["method"], method)

    def test_numbers_keep_their_text(self):
        device = self.far(lambda d, topic, request: d.publish(topic, self._with_body(d, request, "[1.10, 1E2]")))
        request_id = new_id()
        payload = request_payload("PUT", "asked", request_id=request_id, proxy_uri="FAR_1/axuv/gains")
        payload = payload.replace('"body": null', '"body": 18446744073709551615')
        answer = self.desk.send_raw(payload, request_id, path="asked").answer()
        self.assertIn(b"[1.10, 1E2]", answer.raw)
        self.assertEqual(device.last["body"], 18446744073709551615)

    @staticmethod
    def _with_body(device, request, text):
        return json.dumps(device.response(request, None)).replace('"body": null', f'"body": {text}')


class Headers(ProxyTest):
    def test_the_device_gets_a_fresh_id_and_the_caller_its_own(self):
        device = self.far()
        request_id, correlation_id = new_id(), new_id()
        answer = self.ask(request_id=request_id, correlation_id=correlation_id)
        self.assertEqual(answer.header["correlation_id"], correlation_id)
        topic, request = device.requests[0]
        self.assertNotEqual(request["header"]["request_id"], request_id)
        self.assertEqual(topic.split("/")[4], request["header"]["request_id"])
        self.assertEqual(request["header"]["correlation_id"], correlation_id)

    def test_the_source_at_the_device_is_the_gateway(self):
        device = self.far()
        self.ask()
        self.assertNotIn(device.last["header"]["source"], (None, "desk-7", "GW_1", "FAR_1"))

    def test_the_callers_token_stops_here(self):
        device = self.far()
        self.assert_code(self.ask(token="secret"), 205)
        self.assertIsNone(device.last["header"].get("token"))
        self.assertNotIn("secret", json.dumps(device.last))

    def test_a_route_gives_the_device_its_own_token(self):
        device = self.far(tag="TOK_1")
        self.assert_code(self.ask(tag="TOK_1", token="secret"), 205)
        self.assertEqual(device.last["header"]["token"], "for-the-device")

    def test_unknown_fields_are_passed_on_both_ways(self):
        device = self.far(normal("x", x_shot=4711, x_list=[1, {"a": None}]))
        answer = self.ask(x_lab={"run": 18446744073709551615}, traceparent="00-0af7-b7ad-01")
        self.assertEqual(device.last["header"]["x_lab"], {"run": 18446744073709551615})
        self.assertEqual(device.last["header"]["traceparent"], "00-0af7-b7ad-01")
        self.assertEqual((answer.header["x_shot"], answer.header["x_list"]), (4711, [1, {"a": None}]))

    def test_proxy_uri_goes_no_further(self):
        device = self.far()
        self.ask()
        self.assertNotIn("proxy_uri", device.last["header"])

    def test_hops_count_down_and_end_a_loop(self):
        device = self.far()
        self.ask(hops=5)
        self.assertEqual(device.last["header"]["hops"], 4)
        self.ask()
        self.assertEqual(device.last["header"]["hops"], 7)
        self.assert_code(self.ask(hops=1), 502)
        self.assert_code(self.ask(hops=0), 502)
        self.assertEqual(len(device.requests), 2)

    def test_a_small_device_gets_a_small_request(self):
        device = self.far(tag="ARD_1")
        self.assert_code(self.ask(tag="ARD_1"), 205)
        self.assertEqual(device.last["header"]["method"], 1)
        self.assertNotIn(None, device.last["header"].values())
        self.assertNotIn("body", device.last)


class Routes(ProxyTest):
    def test_a_route_rewrites_tag_subsystem_and_path(self):
        device = self.far(tag="NEW_1")
        self.assert_code(self.desk.get("OLD_3/hv/gains", subsystem="proxy"), 205)
        topic, request = device.requests[0]
        self.assertEqual((topic.split("/")[1], request["header"]["path"]), ("ino-hv", "v1/gains"))

    def test_what_no_route_allows_is_505(self):
        for target in ("NOBODY/axuv/gains", "OLD_3/gas/gains", "RO_1/axuv/private/x", "RO_1/axuv/public"):
            with self.subTest(target=target):
                self.assert_code(self.desk.get(target, subsystem="proxy"), 505)
                self.assert_code(self.desk.get("asked", proxy_uri=target), 505)
        self.assert_code(self.desk.put("RO_1/axuv/public/x", 1, subsystem="proxy"), 505)

    def test_a_tag_that_does_not_forward_refuses_proxy_uri(self):
        self.assert_code(self.desk.get("gains", tag="SITE_7", proxy_uri="FAR_1/axuv/gains"), 505)

    def test_what_is_no_address_is_refused(self):
        for target in ("", "FAR_1", "FAR_1/axuv", "FAR_1/axuv/", "FAR 1/axuv/gains", "$SYS/axuv/x", "FAR_1/+/x", 7):
            with self.subTest(target=target):
                self.assert_code(self.desk.get("asked", proxy_uri=target), 402, "proxy_uri")
        self.assert_code(self.desk.get("FAR_1/axuv", subsystem="proxy"), 400)

    def test_local_resources_are_served_beside_the_proxy(self):
        self.assertEqual(self.desk.get("gains").body, [0, 1, 2])
        self.assert_code(self.desk.get("nothing"), 404)


class Time(ProxyTest):
    def test_a_mute_device_gives_504_that_names_it(self):
        device = self.far(mute(), tag="SHORT_1")
        self.assert_code(self.ask(tag="SHORT_1"), 504, "SHORT_1")
        self.assertEqual(len(device.requests), 1)

    def test_a_device_that_is_not_there_gives_504(self):
        self.assert_code(self.ask(tag="SHORT_1"), 504)

    def test_the_callers_timeout_is_kept(self):
        device = self.far(mute())
        self.assert_code(self.ask(timeout_ms=300), 504)
        self.assertLessEqual(device.last["header"]["timeout_ms"], 300)

    def test_a_late_answer_reaches_nobody(self):
        device = self.far(late(), tag="SHORT_1")
        self.assert_code(self.ask(tag="SHORT_1"), 504)
        device.behaviour = normal("in time")
        self.assertEqual(device.release("too late"), 1)
        self.assertEqual(self.ask(tag="SHORT_1").body, "in time")


class Queue(ProxyTest):
    def test_a_device_gets_one_request_at_a_time_and_a_full_queue_gives_503(self):
        device = self.far(late(), tag="ONE_1")
        waiting = [self.desk.send("GET", f"ONE_1/axuv/{n}", subsystem="proxy") for n in range(3)]
        self.assert_code(self.desk.get("ONE_1/axuv/3", subsystem="proxy"), 503)
        device.wait_requests(1)
        device.bus.fence()
        self.assertEqual(len(device.requests), 1)
        device.behaviour = normal()
        device.release({"path": "0"})
        self.assertEqual([w.answer().body["path"] for w in waiting], ["0", "1", "2"])

    def test_several_requests_at_a_time_where_the_route_says_so(self):
        device = self.far(late())
        waiting = [self.desk.send("GET", f"FAR_1/axuv/{n}", subsystem="proxy") for n in range(8)]
        device.wait_requests(8)
        device.release("all")
        self.assertEqual([w.answer().body for w in waiting], ["all"] * 8)

    def test_a_slow_device_holds_up_no_other(self):
        self.far(mute())
        waiting = [self.desk.send("GET", f"FAR_1/axuv/{n}", subsystem="proxy") for n in range(20)]
        self.far(normal("quick"), tag="FAR_2")
        self.assertEqual(self.ask(tag="FAR_2").body, "quick")
        self.assertEqual(self.desk.get("gains").code, 205)
        self.assertFalse(any(w.arrived.is_set() for w in waiting))


class Misbehaviour(ProxyTest):
    def test_unusable_answers_are_502(self):
        cases = {
            "not JSON": raw(b"ok"),
            "nothing": raw(b""),
            "invalid UTF-8": raw(b'{"header": {"x": "\xff"}}'),
            "an array": raw(b"[1, 2]"),
            "a scalar": raw(b"205"),
            "null": raw(b"null"),
            "a null header": changed(lambda a: {**a, "header": None}),
            "a header that is a list": changed(lambda a: {**a, "header": [205]}),
            "a code as a string": bad_code("205"),
            "a code as a float": bad_code(205.0),
            "a code that is none": bad_code(302),
            "a negative code": bad_code(-205),
            "no code": changed(lambda a: a["header"].pop("response_code") and None),
            "a path that is none": changed(lambda a: a["header"].update(path=None)),
            "an infinite number": changed(lambda a: json.dumps(a).replace('"changed"', "1e999")),
            "a huge body": huge(300 * 1024),
            "a deep body": changed(lambda a: json.dumps(a).replace('"changed"', "[" * 50 + "]" * 50)),
        }
        device = self.far()
        for name, behaviour in cases.items():
            with self.subTest(name):
                device.behaviour = behaviour
                self.assert_code(self.ask(), 502, "FAR_1")
        device.behaviour = normal("recovered")
        self.assertEqual(self.ask().body, "recovered")

    def test_codes_outside_the_table_are_folded(self):
        device = self.far()
        for code, folded in ((200, 205), (299, 205), (418, 400), (409, 400), (599, 500), (511, 500)):
            with self.subTest(code=code):
                device.behaviour = normal("words", code=code)
                self.assertEqual(self.assert_code(self.ask(), folded).body, "words")

    def test_the_first_of_several_answers_wins(self):
        device = self.far(twice())
        for _ in range(5):
            self.assertEqual(self.ask().body, "first")
        device.bus.fence()
        self.assert_code(self.desk.get("gains"), 205)

    def test_answers_with_another_id_or_path_do_not_count(self):
        device = self.far(wrong_id(), tag="SHORT_1")
        self.assert_code(self.ask(tag="SHORT_1"), 504)
        device.behaviour = wrong_path()
        self.assert_code(self.ask(tag="SHORT_1"), 504)

    def test_an_answer_with_the_id_in_another_spelling_arrives_here_and_not_at_a_python_caller(self):
        spell = {"upper": str.upper, "bare": lambda given: given.replace("-", "")}
        for name, other in spell.items():
            device = self.far(
                changed(lambda answer, other=other: answer["header"].update(request_id=other(answer["header"]["request_id"]))),
                tag=f"FAR_{name}",
            )
            with self.subTest(name):
                self.assert_code(self.ask(tag=device.tag), 205)
                with self.assertRaises(Unusable):
                    self.desk.get("gains", tag=device.tag)

    def test_a_leading_slash_in_the_answers_path_does_not_matter(self):
        self.far(changed(lambda answer: answer["header"].update(path="/gains")))
        self.assert_code(self.ask(), 205)

    def test_an_answer_under_another_devices_topic_does_not_count(self):
        device = self.far(late())
        waiting = self.desk.send("GET", "asked", proxy_uri="FAR_1/axuv/gains")
        _, request = device.wait_requests(1)[0]
        self.far(normal(), tag="FAR_2")
        self.ask(tag="FAR_2")  # from now on the gateway is subscribed to FAR_2's answers
        spoof = self.bus(self.lab)
        for tag, subsystem in (("FAR_2", "axuv"), ("FAR_1", "hv")):
            answer = device.response(request, "spoofed")
            spoof.publish(response_topic(tag, subsystem, request["header"]["request_id"]), json.dumps(answer))
        spoof.fence()
        device.release("true")
        self.assertEqual(waiting.answer().body, "true")

    def test_answers_that_nobody_asked_for_are_dropped(self):
        self.far()
        self.ask()
        stranger = self.bus(self.lab)
        for _ in range(100):
            request_id = new_id()
            answer = {
                "header": {"response_code": 205, "path": "gains", "request_id": request_id, "correlation_id": None},
                "body": None,
                "timestamp": str(now_ms()),
            }
            stranger.publish(response_topic("FAR_1", "axuv", request_id), json.dumps(answer))
        stranger.fence()
        self.assert_code(self.ask(), 205)

    def test_an_errors_words_are_never_missing(self):
        self.far(lambda d, topic, request: d.publish(topic, d.response(request, None, 404)))
        self.assert_code(self.ask(), 404)


class Loops(IntegrationTest):
    """Two gateways, each of which considers the other one to be the device."""

    SERVED = ("LOOP_1",)
    CONFIGURATION = """
        version: 1
        brokers:
          near: {url: $NEAR}
          far: {url: $FAR}
        proxy:
          routes:
            - {name: over-there, match: {tag: LOOP_1}, serve: true, in_flight: 16, timeout: 20s, to: {broker: far}}
    """

    def test_a_loop_of_gateways_ends_with_502(self):
        one, other = self.broker(), self.broker()
        self.gateway(self.CONFIGURATION, NEAR=one.url, FAR=other.url)
        self.gateway(self.CONFIGURATION, NEAR=other.url, FAR=one.url)
        self.assert_code(self.caller(one, "LOOP_1").get("gains"), 502, "hops")


if __name__ == "__main__":
    unittest.main(verbosity=2)
