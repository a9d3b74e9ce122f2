"""A request that arrives twice is run once (docs/protocol.md, "Run once")."""

import unittest

from harness import IntegrationTest, new_id, request_payload, request_topic, response_topic
from harness.device import late, normal

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
    devices:
      GW_1:
        resources:
          gains: {value: 0, methods: [GET, PUT]}
          shots: {collection: {max: 10}}
          probe/**: {proxy: DEV_1/axuv}
    proxy:
      forward: GW_1
      routes:
        - {name: far, match: {tag: DEV_1}, timeout: 20s}
"""


class RunOnce(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.gateway(CONFIGURATION, LAB=self.lab.url)
        self.desk = self.caller(self.lab, "GW_1")

    def test_a_second_post_gets_the_first_ones_answer(self):
        request_id = new_id()
        first = self.assert_code(self.desk.post("shots", {"n": 1}, request_id=request_id), 201)
        second = self.assert_code(self.desk.post("shots", {"n": 1}, request_id=request_id), 201)
        self.assertEqual(first.header["location"], second.header["location"])
        self.assertEqual(len(self.desk.get("shots").body), 1)

    def test_a_second_delete_does_not_miss_what_the_first_deleted(self):
        self.desk.post("shots", {})
        request_id = new_id()
        for _ in range(2):
            self.assert_code(self.desk.delete("shots/0", request_id=request_id), 202)
        self.assert_code(self.desk.delete("shots/0"), 404)

    def test_a_second_put_does_not_undo_what_came_between(self):
        request_id = new_id()
        self.assert_code(self.desk.put("gains", 1, request_id=request_id), 204)
        self.assert_code(self.desk.put("gains", 2), 204)
        self.assert_code(self.desk.put("gains", 1, request_id=request_id), 204)
        self.assertEqual(self.desk.get("gains").body, 2)

    def test_the_same_id_for_something_else_is_refused(self):
        request_id = new_id()
        self.desk.post("shots", {"n": 1}, request_id=request_id)
        self.assert_code(self.desk.post("shots", {"n": 2}, request_id=request_id), 400, "request_id")
        self.assert_code(self.desk.put("gains", {"n": 1}, request_id=request_id), 400, "request_id")
        self.assertEqual(len(self.desk.get("shots").body), 1)
        self.assertEqual(self.desk.get("gains").body, 0)

    def test_ids_are_compared_in_canonical_form(self):
        request_id = new_id()
        self.desk.post("shots", {"n": 1}, request_id=request_id)
        other = request_id.upper().replace("-", "")
        answer = self.assert_code(self.desk.post("shots", {"n": 1}, request_id=other), 201)
        self.assertEqual(answer.header["request_id"], other)
        self.assertEqual(len(self.desk.get("shots").body), 1)

    def test_the_same_id_in_another_subsystem_is_another_request(self):
        request_id = new_id()
        for subsystem in ("axuv", "hv"):
            self.desk.post("shots", {"n": 1}, request_id=request_id, subsystem=subsystem)
        self.assertEqual(len(self.desk.get("shots").body), 2)

    def test_a_get_is_asked_anew_every_time(self):
        request_id = new_id()
        self.assertEqual(self.desk.get("gains", request_id=request_id).body, 0)
        self.desk.put("gains", 1)
        self.assertEqual(self.desk.get("gains", request_id=request_id).body, 1)

    def test_a_refused_request_is_refused_again(self):
        request_id = new_id()
        self.assert_code(self.desk.post("gains", 1, request_id=request_id), 405)
        self.assert_code(self.desk.post("gains", 1, request_id=request_id), 405)

    def test_a_forwarded_request_reaches_the_device_once(self):
        device = self.device(self.lab, "DEV_1", normal(None, code=203))
        request_id = new_id()
        for _ in range(3):
            self.assert_code(self.desk.post("probe/fire", request_id=request_id), 203)
        self.assertEqual(len(device.requests), 1)

    def test_a_second_request_joins_the_first_while_it_runs(self):
        device = self.device(self.lab, "DEV_1", late())
        requester = self.bus(self.lab)
        request_id = new_id()
        answers = response_topic("GW_1", "axuv", request_id)
        requester.subscribe(answers)
        payload = request_payload("POST", "probe/fire", request_id=request_id)
        requester.publish(request_topic("GW_1", "axuv", request_id), payload)
        device.wait_requests(1)
        requester.publish(request_topic("GW_1", "axuv", request_id), payload)
        self.assert_code(self.desk.get("gains"), 205)
        device.release("fired")
        requester.wait_topic(answers)
        self.assert_code(self.desk.get("gains"), 205)
        device.bus.fence()
        self.assertEqual(len(device.requests), 1)
        self.assertEqual({b'"fired"' in m.payload for m in requester.on_topic(answers)}, {True})

    def test_every_spelling_that_joined_is_answered_under_its_own(self):
        device = self.device(self.lab, "DEV_1", late())
        request_id = new_id()
        spellings = [request_id, request_id.upper(), request_id.replace("-", "")]
        waiting = [self.desk.send("POST", "probe/fire", request_id=each) for each in spellings]
        self.assert_code(self.desk.get("gains"), 205)
        device.wait_requests(1)
        device.release("fired")
        for each, spelling in zip(waiting, spellings):
            answer = self.assert_code(each.answer(), 205)
            self.assertEqual((answer.header["request_id"], answer.body), (spelling, "fired"))
        self.assertEqual(len(device.requests), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
