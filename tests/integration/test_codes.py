"""Each response code, provoked over a real broker by the cause that docs/protocol.md, "Response codes",
states for it.

There is one test per code, named after it; the table in docs/protocol.md refers to these tests.
"""

import unittest

from harness import CODES, IntegrationTest, new_id, request_payload
from harness.device import bad_code, mute, normal, raw

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
      gone: {url: $GONE}
    limits: {payload: 4KiB}
    devices:
      GW_1:
        subsystems: [axuv]
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT], schema: {type: array, items: {type: integer, maximum: 7}}}
          status: {value: {state: IDLE}}
          arm: {action: {set: {status: {state: ARMED}}}}
          trigger: {action: {when: {status: {state: ARMED}}, set: {status: {state: TRIGGERED}}}}
          shots: {collection: {max: 2, schema: {type: object}}}
          broken: {signal: "sqrt(-1 - t)"}
          locked: {reply: {code: 401, body: "this needs a token"}}
          private: {reply: {code: 403, body: "this is for the operators"}}
          planned: {reply: {code: 501, body: "the camera is not built in"}}
    proxy:
      forward: GW_1
      routes:
        - {name: far, match: {tag: "FAR_*"}, timeout: 5s, in_flight: 1, queue: 1}
        - {name: mute, match: {tag: MUTE_1}, timeout: 200ms}
        - {name: gone, match: {tag: GONE_1}, to: {broker: gone}}
"""

# Malformed JSON as sent by devices and scripts, and the answers: the position, the text there, and a hint.
NOT_JSON = [
    (b'{"header": {}, "body": {"gain": NaN}}', "NaN is not a JSON value (at byte 32", '"gain": -->NaN}', "use null"),
    (b'{"body": -Infinity}', "-Infinity is not a JSON value", "use null"),
    (b'{"body": True}', "True is not a JSON value", "write true"),
    (b"{'body': 1}", "a key in single quotes (at byte 1", "double quotes"),
    (b'{"body": [1, 2,]}', "a comma with nothing after it (at byte 14", "leave out the last comma"),
    (b'\xef\xbb\xbf{"body": 1}', "a byte order mark", "UTF-8 without one"),
    (b'{"body": "\\ud83d"}', "a lone surrogate", "write the pair"),
    (b"{body: 1}", "a key without quotes", "double quotes"),
    (b'{"body": "\x1b[31m"}', "a control character in a string", "\\u001b"),
    (b'{"body": 1} // gain', "a comment", "JSON has no comments"),
    (b'{"header": {"token": "hunter2"}, "body": None}', '{"token": *********}', "write null"),
    (b'{"body": "\xe4"}', "bytes that are not UTF-8", "send UTF-8"),
]


class Codes(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        gone = self.broker(witness=False)
        gone.kill()
        self.gateway(CONFIGURATION, LAB=self.lab.url, GONE=gone.url)
        self.desk = self.caller(self.lab, "GW_1")

    def test_every_code_has_a_test(self):
        tested = {int(name[len("test_") :][:3]) for name in dir(self) if name[len("test_") :][:3].isdigit()}
        self.assertEqual(tested, set(CODES))

    def test_201_created(self):
        answer = self.assert_code(self.desk.post("shots", {"energy": 3}), 201)
        self.assertEqual(answer.header["location"], "shots/0")
        self.assertEqual(self.desk.get("shots/0").body, {"energy": 3})

    def test_202_deleted(self):
        self.desk.post("shots", {})
        self.assert_code(self.desk.delete("shots/0"), 202)
        self.assert_code(self.desk.get("shots/0"), 404)

    def test_203_valid(self):
        self.assert_code(self.desk.post("arm"), 203)
        etag = self.desk.get("gains").header["etag"]
        self.assert_code(self.desk.get("gains", etag=etag), 203)
        self.assert_code(self.desk.get("gains", etag="another"), 205)

    def test_204_changed(self):
        self.assert_code(self.desk.put("gains", [7]), 204)
        self.assertEqual(self.desk.get("gains").body, [7])

    def test_205_content(self):
        answer = self.assert_code(self.desk.get("gains"), 205)
        self.assertEqual((answer.body, answer.header["source"]), ([0, 1, 2], "GW_1"))

    def test_400_bad_request(self):
        self.assert_code(self.desk.put("gains", [8]), 400, "7")
        self.assert_code(self.desk.send_raw(b'{"header": ').answer(), 400)
        for payload, *words in NOT_JSON:
            with self.subTest(payload):
                self.assert_code(self.desk.send_raw(payload).answer(), 400, *words)
        self.assertEqual(self.desk.get("gains").body, [0, 1, 2])

    def test_401_unauthorized(self):
        self.assert_code(self.desk.get("locked"), 401, "token")

    def test_402_bad_option(self):
        self.assert_code(self.desk.get("gains", timeout_ms="soon"), 402, "timeout_ms")
        self.assert_code(self.desk.get("gains", critical=["teleport"]), 402, "teleport")

    def test_403_forbidden(self):
        self.assert_code(self.desk.get("private"), 403, "operators")
        self.device(self.lab, "FAR_1", normal("not you", code=403))
        self.assert_code(self.desk.get("gains", proxy_uri="FAR_1/axuv/gains"), 403, "not you")

    def test_404_not_found(self):
        self.assert_code(self.desk.get("gain"), 404, "gain")
        self.assert_code(self.desk.get("gains", subsystem="hv"), 404, "hv")

    def test_405_method_not_allowed(self):
        self.assert_code(self.desk.post("gains", 1), 405, "GET", "PUT")
        self.assert_code(self.desk.request("PATCH", "gains"), 405, "PATCH")
        self.assert_code(self.desk.request(5, "gains"), 405, "5")

    def test_406_not_acceptable(self):
        self.assert_code(self.desk.get("gains", accept="application/link-format"), 406)

    def test_412_precondition_failed(self):
        self.assert_code(self.desk.post("trigger"), 412, "status")
        self.assert_code(self.desk.put("gains", [1], if_match="another"), 412)
        self.assert_code(self.desk.put("gains", [1], if_none_match=True), 412)
        self.assertEqual(self.desk.get("gains").body, [0, 1, 2])

    def test_413_request_entity_too_large(self):
        self.assert_code(self.desk.put("gains", [0] * 4096), 413, "4096")
        for _ in range(2):
            self.assert_code(self.desk.post("shots", {}), 201)
        self.assert_code(self.desk.post("shots", {}), 413, "2")

    def test_415_unsupported_content_format(self):
        self.assert_code(self.desk.put("gains", [1], content_format="application/link-format"), 415)

    def test_500_internal_server_error(self):
        self.assert_code(self.desk.get("broken"), 500)

    def test_501_not_implemented(self):
        self.assert_code(self.desk.get("planned"), 501, "camera")

    def test_502_bad_gateway(self):
        device = self.device(self.lab, "FAR_1", raw(b"[205]"))
        self.assert_code(self.desk.get("gains", proxy_uri="FAR_1/axuv/gains"), 502)
        device.behaviour = bad_code("205")
        self.assert_code(self.desk.get("gains", proxy_uri="FAR_1/axuv/gains"), 502)
        self.assert_code(self.desk.get("gains", proxy_uri="FAR_1/axuv/gains", hops=1), 502, "hops")
        for payload, *words in NOT_JSON:
            with self.subTest(payload):
                device.behaviour = raw(payload)
                answer = self.desk.get("gains", proxy_uri="FAR_1/axuv/gains")
                self.assert_code(answer, 502, "the answer of FAR_1 is unusable", *words)

    def test_503_service_unavailable(self):
        self.assert_code(self.desk.get("gains", proxy_uri="GONE_1/axuv/gains"), 503)
        device = self.device(self.lab, "FAR_1", mute())
        served = self.desk.send("GET", "gains", proxy_uri="FAR_1/axuv/gains")
        device.wait_requests(1)
        queued = self.desk.send("GET", "gains", proxy_uri="FAR_1/axuv/gains")
        self.assert_code(self.desk.get("gains", proxy_uri="FAR_1/axuv/gains"), 503)
        self.assertFalse(served.arrived.is_set() or queued.arrived.is_set())

    def test_504_gateway_timeout(self):
        device = self.device(self.lab, "MUTE_1", mute())
        self.assert_code(self.desk.get("gains", proxy_uri="MUTE_1/axuv/gains"), 504)
        self.assertEqual(len(device.requests), 1)

    def test_505_proxying_not_supported(self):
        self.assert_code(self.desk.get("gains", proxy_uri="NOBODY/axuv/gains"), 505, "NOBODY")
        self.assert_code(self.desk.get("NOBODY/axuv/gains", subsystem="proxy"), 505, "NOBODY")


class Relayed(IntegrationTest):
    """Codes of a device reach the caller, whichever code of the table it is."""

    SERVED = ("GW_1",)

    def test_every_code_of_the_table_is_relayed(self):
        lab = self.broker()
        self.gateway(CONFIGURATION, LAB=lab.url, GONE=lab.url)
        desk = self.caller(lab, "GW_1")
        device = self.device(lab, "FAR_1")
        for code in sorted(CODES):
            with self.subTest(code=code):
                words = None if code in (202, 203, 204) else "the device's own words"
                device.behaviour = self._answering(code, words)
                answer = desk.get("gains", proxy_uri="FAR_1/axuv/gains")
                self.assertEqual((answer.code, answer.body), (code, words))

    @staticmethod
    def _answering(code, body):
        return lambda device, topic, request: device.publish(topic, device.response(request, body, code))


class Malformed(IntegrationTest):
    """A malformed request is answered with 400 and the name of the invalid field."""

    SERVED = ("GW_1",)

    def test_the_field_at_fault_is_named(self):
        lab = self.broker()
        self.gateway(CONFIGURATION, LAB=lab.url, GONE=lab.url)
        desk = self.caller(lab, "GW_1")
        proper = request_payload("GET", "gains", request_id="$ID")
        cases = [
            ("header", proper.replace('"header": {', '"header": [1], "was": {')),
            ("method", proper.replace('"method": "GET"', '"verb": "GET"')),
            ("path", proper.replace('"path": "gains"', '"path": 7')),
            ("path", proper.replace('"path": "gains"', '"path": "a//b"')),
            ("path", proper.replace('"path": "gains"', '"path": "../etc"')),
            ("path", proper.replace('"path": "gains"', '"path": "' + "x" * 256 + '"')),
            ("request_id", proper.replace('"request_id": "$ID", ', "")),
            ("request_id", proper.replace("$ID", new_id())),
            ("correlation_id", proper.replace('"correlation_id": null', '"correlation_id": 5')),
            ("timestamp", proper.replace('"timestamp"', '"time"')),
            ("timestamp", '{"timestamp": 1.5,' + proper.split(",", 1)[1]),
            ("body", proper.replace('"body": null', '"body": 1, "body": 2')),
        ]
        for field, payload in cases:
            with self.subTest(field=field, payload=payload[:120]):
                request_id = new_id()
                payload = payload.replace("$ID", request_id)
                self.assert_code(desk.send_raw(payload, request_id).answer(), 400, field)
        self.assert_code(desk.get("gains"), 205)

    def test_a_request_without_a_readable_path_is_answered_under_its_topic(self):
        lab = self.broker()
        self.gateway(CONFIGURATION, LAB=lab.url, GONE=lab.url)
        desk = self.caller(lab, "GW_1")
        for payload in (b"", b"null", b"[]", b"7", b'"x"', b"\xff\xfe", b'{"a": "\xc3"}', b'{"header": null}', b"[" * 4000):
            with self.subTest(payload=payload[:20]):
                self.assert_code(desk.send_raw(payload, path="unknown").answer(), 400)


if __name__ == "__main__":
    unittest.main(verbosity=2)
