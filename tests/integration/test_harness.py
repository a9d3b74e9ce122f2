"""The harness itself: checks that never fail prove nothing."""

import json
import unittest

from harness import Bus, IntegrationTest, Unusable, new_id, now_ms
from harness.caller import check
from harness.device import late, normal, raw, twice


def answer(**changes):
    whole = {
        "header": {"response_code": 205, "path": "gains", "request_id": "1", "correlation_id": None, "source": "X"},
        "body": 1,
        "timestamp": str(now_ms()),
    }
    header = changes.pop("header", {})
    whole.update(changes)
    if isinstance(header, dict):
        whole["header"].update(header)
    else:
        whole["header"] = header
    return json.dumps(whole).encode()


class Judge(unittest.TestCase):
    def test_a_proper_answer_passes(self):
        self.assertEqual(check(answer(), "1", "gains").body, 1)

    def test_what_ends_a_deployed_peer_is_refused(self):
        cases = {
            "invalid UTF-8": b'{"\xff": 1}',
            "not JSON": b"{",
            "not a number": answer().replace(b'"body": 1', b'"body": NaN'),
            "an array": b"[]",
            "a scalar": b"205",
            "a null header": answer(header=None),
            "a code as a string": answer(header={"response_code": "205"}),
            "a code as a boolean": answer(header={"response_code": True}),
            "a code outside the table": answer(header={"response_code": 299}),
            "another id": answer(header={"request_id": "2"}),
            "another path": answer(header={"path": "/gains"}),
            "another correlation id": answer(header={"correlation_id": "3"}),
            "a token": answer(header={"token": None}),
            "an integer timestamp": answer(timestamp=1),
            "an error without words": answer(header={"response_code": 404}, body=None),
            "content where there is none": answer(header={"response_code": 204}),
            "no body": answer().replace(b'"body": 1, ', b""),
        }
        for name, payload in cases.items():
            with self.subTest(name), self.assertRaises(Unusable):
                check(payload, "1", "gains")


class Parts(IntegrationTest):
    def test_a_caller_hears_a_device(self):
        broker = self.broker()
        device = self.device(broker, "DEV_1", normal([1, 2]))
        caller = self.caller(broker, "DEV_1")
        self.assertEqual(caller.get("gains").body, [1, 2])
        self.assertEqual(device.last["header"]["method"], "GET")

    def test_a_caller_counts_copies(self):
        broker = self.broker()
        device = self.device(broker, "DEV_1", twice())
        caller = self.caller(broker, "DEV_1")
        waiting = caller.send("GET", "gains")
        self.assertTrue(waiting.arrived.wait(30))
        device.bus.fence()
        caller.bus.fence()
        self.assertEqual(caller.duplicates, 1)
        caller.duplicates = 0

    def test_a_late_device_answers_when_it_is_released(self):
        broker = self.broker()
        device = self.device(broker, "DEV_1", late())
        caller = self.caller(broker, "DEV_1")
        waiting = caller.send("GET", "gains")
        device.wait_requests()
        self.assertFalse(waiting.arrived.is_set())
        self.assertEqual(device.release("now"), 1)
        self.assertEqual(waiting.answer().body, "now")

    def test_a_stalled_broker_moves_nothing_until_it_is_resumed(self):
        broker = self.broker()
        self.device(broker, "DEV_1", normal())
        caller = self.caller(broker, "DEV_1")
        broker.stall()
        waiting = caller.send("GET", "gains")
        self.assertFalse(waiting.arrived.wait(0.2))
        broker.resume()
        self.assertEqual(waiting.answer().code, 205)

    def test_a_restarted_broker_has_its_port_and_its_clients_again(self):
        broker = self.broker(witness=False)
        port = broker.port
        bus = self.bus(broker, client_id="steady")
        bus.subscribe("some/topic")
        broker.kill()
        broker.restart()
        self.assertEqual(broker.port, port)
        broker.wait_log("steady 0 some/topic")

    def test_a_password_is_asked_for(self):
        broker = self.broker(witness=False, users={"lab": "secret"})
        self.bus(broker, username="lab", password="secret").fence()
        with self.assertRaises(ConnectionRefusedError):
            Bus(broker, username="lab", password="guess")


class Witness(IntegrationTest):
    SERVED = ("DEV_1",)

    def test_the_witness_notices_copies_and_garbage(self):
        broker = self.broker()
        device = self.device(broker, "DEV_1", twice())
        sender = self.bus(broker)
        payload = json.dumps({"header": {"path": "a", "request_id": new_id(), "method": "GET"}, "timestamp": 1})
        sender.publish(f"gf_int_v1/axuv/request/DEV_1/{new_id()}", payload)
        device.wait_requests(1)
        device.behaviour = raw(b"[]")
        sender.publish(f"gf_int_v1/axuv/request/DEV_1/{new_id()}", payload)
        device.wait_requests(2)
        device.bus.fence()
        self._witness_buses[0].fence()
        faults = self._witnesses[0]
        self.assertEqual(len(faults), 2, faults)
        faults.clear()

    def test_after_an_outage_the_witness_notices_the_second_answer_to_a_request_that_it_has_not_seen(self):
        broker = self.broker()
        broker.kill()
        broker.restart()
        witness = self._witness_buses[0]
        broker.wait_log(f"{witness.client_id} 0 #")
        payload = json.dumps({"header": {"request_id": new_id(), "response_code": 205}, "body": 1, "timestamp": "1"})
        sender, topic = self.bus(broker), f"gf_int_v1/axuv/response/DEV_1/{new_id()}"
        sender.publish(topic, payload)
        sender.fence()
        witness.fence()
        self.assertEqual(self._witnesses[0], [])
        sender.publish(topic, payload)
        sender.fence()
        witness.fence()
        self.assertEqual(self._witnesses[0], [f"answer 2 to 1 requests: {topic}"])
        self._witnesses[0].clear()


if __name__ == "__main__":
    unittest.main(verbosity=2)
