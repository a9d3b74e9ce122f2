"""Actions that run a program, send a request to a device and publish an event, over a real broker."""

import json
import pathlib
import tempfile
import unittest

from harness import IntegrationTest
from harness.device import late, mute, normal

CONFIGURATION = """
    version: 1
    brokers: {lab: {url: $LAB}}
    limits: {exec: 2, handler_timeout: 30s}
    defaults: {timeout: 1s}
    devices:
      GW_1:
        subsystems: [axuv]
        resources:
          status: {value: {state: ARMED}, methods: [GET, PUT]}
          trigger:
            action:
              when: {status: {state: ARMED}}
              set: {status: {state: TRIGGERED}}
              exec: [sh, -c, 'echo fired >> "$FOLDER/shots"']
              request: {to: 2D_1/axuv/arm, body: [1, 2]}
              publish: {name: shot, body: fired}
          ask: {action: {request: {to: 2D_1/axuv/arm}}}
          move:
            action:
              exec: [sh, -c, 'echo "$$1" >> "$FOLDER/moves"; cat >> "$FOLDER/moves"', sh, "{body}"]
              stdin: body
              schema: {type: [number, string]}
          fails: {action: {exec: [sh, -c, 'echo "no such axis" >&2; exit 3'], publish: {name: never}}}
          hangs:
            action:
              exec: [sh, -c, 'trap "" TERM; echo $$$$ >> "$FOLDER/hung"; while :; do sleep 1; done']
              publish: {name: never}
          brief: {action: {exec: [sleep, "60"], timeout: 100ms}}
          missing: {action: {exec: [/none/program]}}
          there: {action: {request: {to: GW_2/any/back}}}
          level: {value: 0, methods: [GET, PUT]}
      GW_2:
        resources:
          back: {action: {request: {to: GW_1/axuv/there}}}
          outer: {action: {request: {to: GW_1/axuv/hangs}}}
          raise: {action: {request: {to: GW_1/axuv/level, method: PUT, body: 7}, publish: {name: raised}}}
"""


class ActionSteps(IntegrationTest):
    SERVED = ("GW_1", "GW_2")

    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.lab = self.broker()
        self.events = self.bus(self.lab)
        self.events.subscribe("gf_int_v1/+/event/#")
        self.events.subscribe("gf_int_v1/+/request/#")
        self.daemon = self.gateway(CONFIGURATION, LAB=self.lab.url, FOLDER=str(self.folder))
        self.desk = self.caller(self.lab, "GW_1")

    def lines(self, name):
        return (self.folder / name).read_text().splitlines()

    def told(self):
        self.events.fence()
        return [m.topic for m in self.events.messages if "/event/" in m.topic]

    def children(self):
        return pathlib.Path(f"/proc/{self.daemon.pid}/task/{self.daemon.pid}/children").read_text().split()

    def await_hung(self):
        hung = self.folder / "hung"
        self.wait_until(lambda: hung.exists() and hung.read_text().endswith("\n"), "the program runs")
        return hung.read_text().split()[-1]

    def await_end_of(self, pid):
        self.wait_until(lambda: pid not in self.children(), "the program has ended")

    def test_all_steps_in_their_order(self):
        device = self.device(self.lab, "2D_1", late())
        waiting = self.desk.send("POST", "trigger", correlation_id="16fd2706-8baf-433b-82eb-8c7fada847da")
        topic, request = device.wait_requests()[0]
        self.assertEqual(topic.split("/")[:4], ["gf_int_v1", "axuv", "request", "2D_1"])
        self.assertEqual((request["header"]["method"], request["header"]["path"], request["body"]), ("POST", "arm", [1, 2]))
        self.assertEqual(request["header"]["correlation_id"], "16fd2706-8baf-433b-82eb-8c7fada847da")
        self.assertEqual(self.lines("shots"), ["fired"])  # the program has exited by now
        self.assertEqual(self.desk.get("status").body, {"state": "TRIGGERED"})
        self.assertEqual(self.told(), [])
        device.release()
        self.assert_code(waiting.answer(), 203)
        event = self.events.wait_topic("gf_int_v1/axuv/event/GW_1/shot")[0]
        payload = json.loads(event.payload)
        self.assertEqual((payload["body"], event.retained), ("fired", False))
        self.assertTrue(payload["timestamp"].isdigit())
        self.assert_code(self.desk.post("trigger"), 412, "when: status is")
        self.assertEqual(len(device.requests), 1)

    def test_the_answer_of_the_device_is_that_of_the_action(self):
        device = self.device(self.lab, "2D_1", normal("no such path", 404))
        self.assert_code(self.desk.post("ask"), 404, "request: 2D_1/axuv/arm: no such path")
        device.behaviour = normal("not allowed", 505)
        self.assert_code(self.desk.post("ask"), 505, "request: 2D_1/axuv/arm: not allowed")
        device.behaviour = mute()
        self.assert_code(self.desk.post("ask"), 504, "request: 2D_1/axuv/arm: 2D_1 did not answer within 1s")
        device.behaviour = normal()
        self.assert_code(self.desk.post("ask"), 203)
        self.assertEqual(self.told(), [])

    def test_what_was_done_before_a_failure_stays(self):
        self.device(self.lab, "2D_1", normal("broken", 500))
        self.assert_code(self.desk.post("trigger"), 500, "request: ")
        self.assertEqual(self.desk.get("status").body, {"state": "TRIGGERED"})
        self.assertEqual(self.lines("shots"), ["fired"])
        self.assertEqual(self.told(), [])

    def test_a_program_gets_the_body_and_never_more(self):
        self.assert_code(self.desk.post("move", 12.5), 203)
        self.assert_code(self.desk.post("move", "$(id); `id`"), 203)
        for body in (None, [1], "-rf", "a\nb"):
            with self.subTest(body=body):
                self.assert_code(self.desk.post("move", body), 400)
        self.assertEqual(self.lines("moves"), ["12.5", "12.5", "$(id); `id`", '"$(id); `id`"'])

    def test_a_program_that_fails_is_named(self):
        self.assert_code(self.desk.post("fails"), 500, "exec: it ended with status 3: no such axis")
        self.assert_code(self.desk.post("brief"), 504, "exec: the program did not end within 100ms; the POST may have been run")
        self.daemon.wait_log("GW_1, missing: the program '/none/program' cannot be run: No such file or directory")
        self.assert_code(self.desk.post("missing"), 500, "exec: it cannot be started: No such file or directory")
        self.assertEqual(self.told(), [])

    def test_a_program_that_hangs_is_ended_when_the_caller_has_gone(self):
        answer = self.desk.post("hangs", timeout_ms=1000)
        self.assert_code(answer, 504, "exec: not done within")
        self.await_end_of(self.await_hung())
        self.assertEqual(self.told(), [])

    def test_the_step_that_hangs_is_named_through_two_actions(self):
        answer = self.caller(self.lab, "GW_2").post("outer", timeout_ms=1000)
        self.assert_code(answer, 504, "request: GW_1/axuv/hangs: exec: not done within")
        self.await_end_of(self.await_hung())

    def test_a_repeat_joins_the_run(self):
        device = self.device(self.lab, "2D_1", late())
        request_id = "16fd2706-8baf-433b-82eb-8c7fada847da"
        self.desk.send("POST", "trigger", request_id=request_id)
        device.wait_requests()
        repeated = self.desk.send("POST", "trigger", request_id=request_id)
        self.assert_code(self.desk.get("level"), 205)
        device.release()
        self.assert_code(repeated.answer(), 203)
        self.assertEqual(len(device.requests), 1)
        self.assertEqual(self.lines("shots"), ["fired"])
        self.assertEqual(self.told(), ["gf_int_v1/axuv/event/GW_1/shot"])

    def test_resources_of_the_gateway_are_asked_without_the_broker(self):
        self.assert_code(self.desk.post("raise", tag="GW_2", subsystem="any"), 203)
        self.assertEqual(self.desk.get("level").body, 7)
        self.assertEqual(self.told(), ["gf_int_v1/events/event/GW_2/raised"])
        asked = [m.topic for m in self.events.messages if "/request/" in m.topic]
        self.assertEqual([topic.split("/")[3] for topic in asked], ["GW_2", "GW_1"])

    def test_actions_that_ask_each_other_end(self):
        self.assert_code(self.desk.post("there"), 502, "no hops are left")
        self.assert_code(self.desk.post("there", hops=255), 502, "no hops are left")
        self.assertEqual(self.desk.get("level").body, 0)

    def test_a_stop_ends_what_runs_and_waits_for_what_ends(self):
        device = self.device(self.lab, "2D_1", late())
        hanging = self.desk.send("POST", "hangs")
        ending = self.desk.send("POST", "trigger")
        pid = self.await_hung()
        device.wait_requests()
        device.release()
        self.assert_code(ending.answer(), 203)
        self.daemon.stop()
        self.assert_code(hanging.answer(), 504)
        self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())
        self.assertEqual(self.told(), ["gf_int_v1/axuv/event/GW_1/shot"])

    def test_a_reload_leaves_the_run_alone(self):
        device = self.device(self.lab, "2D_1", late())
        waiting = self.desk.send("POST", "trigger")
        device.wait_requests()
        self.daemon.reload(CONFIGURATION.replace("publish: {name: shot, body: fired}", "publish: {name: other}"))
        device.release()
        self.assert_code(waiting.answer(), 203)
        self.assertEqual(self.told(), ["gf_int_v1/axuv/event/GW_1/shot"])
        self.assert_code(self.desk.put("status", {"state": "ARMED"}), 204)
        again = self.desk.send("POST", "trigger")
        device.wait_requests(2)
        device.release()
        self.assert_code(again.answer(), 203)
        self.assertEqual(self.told()[-1], "gf_int_v1/axuv/event/GW_1/other")


if __name__ == "__main__":
    unittest.main(verbosity=2)
