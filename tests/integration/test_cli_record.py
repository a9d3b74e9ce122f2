"""`mqcoap record` and `mqcoap replay`."""

import json
import pathlib
import tempfile
import unittest

from harness import IntegrationTest, tool
from harness.device import late, mute, normal
from harness.tool import Tool


class Recording(IntegrationTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-cli-")
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "shots.jsonl"

    def recorder(self, broker, *arguments):
        running = Tool("record", *arguments, broker=broker)
        self._logs.append(("mqcoap", running))
        self.addCleanup(running.kill)
        running.err.wait("recording gf_int_v1")
        return running

    def record(self, broker, talk, messages):
        """Returns the lines of a recording of this many messages."""
        running = self.recorder(broker, self.file, "--count", messages)
        talk()
        self.assertEqual(running.wait_exit(), 0)
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def replay(self, broker, *arguments):
        return tool.run("replay", self.file, *arguments, broker=broker)


class Record(Recording):
    def test_every_message_is_a_line(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        caller = self.caller(broker, "DEV_1")
        lines = self.record(broker, lambda: caller.put("gains", [1]), 2)
        request, response = lines
        topic, payload = device.requests[0]
        self.assertEqual((request["topic"], json.loads(request["payload"])), (topic, payload))
        self.assertEqual(response["topic"], topic.replace("/request/", "/response/"))
        self.assertLessEqual(request["t"], response["t"])
        self.assertRegex(request["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_bytes_that_are_no_text_are_kept(self):
        broker = self.broker(witness=False)
        bus = self.bus(broker)
        (line,) = self.record(broker, lambda: bus.publish("gf_int_v1/axuv/request/DEV_1/1", b"\xff\x00"), 1)
        self.assertEqual((line["payload"], line["encoding"]), ("/wA=", "base64"))

    def test_ctrl_c_ends_it_and_nothing_is_lost(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1")
        running = self.recorder(broker, "-", "DEV_1")
        self.caller(broker, "DEV_1").get("gains")
        running.out.wait("/response/DEV_1/")
        self.assertEqual(running.stop(), 130)
        self.assertIn("recorded 1 requests and 1 answers", running.log)

    def test_an_existing_file_is_kept_without_force(self):
        broker = self.broker(witness=False)
        self.file.write_text("mine")
        done = tool.run("record", self.file, "--for", "50ms", broker=broker)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--force", done.stderr)
        self.assertEqual(self.file.read_text(), "mine")
        self.assertEqual(tool.run("record", self.file, "--force", "--for", "50ms", broker=broker).returncode, 0)
        self.assertEqual(self.file.read_text(), "")

    def test_without_a_broker_it_is_3_and_no_file_is_left(self):
        broker = self.broker(witness=False)
        broker.kill()
        self.assertEqual(tool.run("record", self.file, broker=broker).returncode, 3)
        self.assertFalse(self.file.exists())


class Replay(Recording):
    def talk(self, broker):
        caller = self.caller(broker, "DEV_1")

        def say():
            caller.get("gains")
            caller.put("gains", [1])

        return say

    def test_reads_are_sent_again_under_fresh_ids(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        self.record(broker, self.talk(broker), 4)
        done = self.replay(broker, "--speed", "100")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertIn("sent 1 requests: 1 answered as recorded, 0 differently", done.stderr)
        self.assertIn("1 skipped because they write", done.stderr)
        first, _, again = (request for _, request in device.requests)
        self.assertEqual(again["header"]["path"], "gains")
        self.assertNotEqual(again["header"]["request_id"], first["header"]["request_id"])

    def test_writes_and_same_ids_on_demand(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        self.record(broker, self.talk(broker), 4)
        done = self.replay(broker, "--writes", "--same-ids", "--speed", "100")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(device.requests[:2], device.requests[2:])

    def test_another_code_is_a_line_and_1(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        self.record(broker, self.talk(broker), 4)
        device.behaviour = normal("gone", 404)
        done = self.replay(broker, "--speed", "100")
        self.assertEqual(done.returncode, 1)
        self.assertIn("GET DEV_1/axuv/gains: recorded 205 CONTENT, now 404 NOT_FOUND", done.stdout)
        device.behaviour = mute()
        done = self.replay(broker, "--speed", "100", "-W", "100ms", "-o", "json")
        self.assertEqual(done.returncode, 1)
        (line,) = done.stdout.splitlines()
        self.assertEqual((json.loads(line)["recorded"], json.loads(line)["now"]), (205, None))

    def test_another_body_is_a_line_unless_it_is_ignored(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1", normal({"gain": 3, "time": 1}))
        self.record(broker, self.talk(broker), 4)
        device.behaviour = normal({"time": 2, "gain": 4})
        done = self.replay(broker, "--speed", "100", "--ignore", "/time")
        self.assertEqual(done.returncode, 1)
        self.assertIn("205 CONTENT as recorded, with another body: at /gain: 3, now 4", done.stdout)
        done = self.replay(broker, "--speed", "100", "--ignore", "/time", "-o", "json")
        line = json.loads(done.stdout)
        self.assertEqual((line["differs_at"], line["recorded_value"], line["now_value"]), ("/gain", 3, 4))
        done = self.replay(broker, "--speed", "100", "--ignore", "/time", "--ignore", "/gain")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertEqual(self.replay(broker, "--speed", "100", "--ignore", "").returncode, 0)
        self.assertEqual(self.replay(broker, "--ignore", "time").returncode, 2)

    def test_another_tag_is_replayed_to(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1")
        self.record(broker, self.talk(broker), 4)
        other = self.device(broker, "DEV_2")
        done = self.replay(broker, "--to", "DEV_2", "--speed", "100")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(len(other.requests), 1)

    def test_a_last_line_that_was_cut_short_is_left_out(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1")
        self.record(broker, self.talk(broker), 4)
        text = self.file.read_text()
        self.file.write_text(text + text[:50])
        done = self.replay(broker, "--speed", "100")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("incomplete", done.stderr)

    def test_another_namespace_is_replayed_into(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1")
        self.record(broker, self.talk(broker), 4)
        other = self.device(broker, "DEV_1", namespace="test_v1")
        self.assertEqual(self.replay(broker, "-n", "test_v1", "--speed", "100").returncode, 0)
        self.assertEqual(len(other.requests), 1)

    def test_what_is_no_recording_is_refused_and_the_line_is_named(self):
        broker = self.broker(witness=False)
        self.assertEqual(self.replay(broker).returncode, 2)
        self.file.write_text("\nnonsense\n")
        done = self.replay(broker)
        self.assertEqual(done.returncode, 2)
        self.assertIn("shots.jsonl:2:", done.stderr)
        self.file.write_text("")
        done = self.replay(broker)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no request", done.stderr)

    def one_exchange(self):
        """Writes a recording of one GET, whose answer has the body 1; returns the topic of the answer and its payload."""
        line = {"t": 0, "topic": "gf_int_v1/axuv/request/DEV_1/" + "1" * 32}
        header = {"request_id": "1" * 32, "path": "gains", "method": "GET"}
        line["payload"] = json.dumps({"header": header, "body": None, "timestamp": "1"})
        answer = {"request_id": "1" * 32, "path": "gains", "response_code": 205}
        lines = [line, {**line, "topic": line["topic"].replace("request", "response")}]
        lines[1]["payload"] = json.dumps({"header": answer, "body": 1, "timestamp": "1"})
        self.file.write_text("\n".join(map(json.dumps, lines)))
        return lines[1]["topic"], lines[1]["payload"]

    def test_a_retained_answer_is_not_the_answer(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1", late())
        topic, payload = self.one_exchange()
        device.bus.publish(topic, payload.replace('"body": 1', '"body": 2').encode(), qos=1, retain=True)
        device.bus.fence()
        detour = self.detour(broker)
        running = Tool("replay", self.file, "--same-ids", "-W", "1min", broker=detour)
        self.addCleanup(running.kill)
        device.wait_requests(1)
        detour.cut()  # retained messages come again when it subscribes again
        broker.wait_log("0 gf_int_v1/+/response/DEV_1/+", count=2)
        device.release(1)
        self.assertEqual((running.wait_exit(), running.out.all), (0, []))
        running.err.wait("sent 1 requests: 1 answered as recorded, 0 differently")

    def test_speeds_are_finite(self):
        broker = self.broker(witness=False)
        self.one_exchange()
        for speed in ("nan", "inf", "0x2", "0"):
            done = self.replay(broker, "--speed", speed)
            self.assertEqual((done.returncode, done.stdout), (2, ""), speed)
            self.assertIn("--speed: ", done.stderr)

    def test_a_killed_broker_ends_it_by_the_timeouts(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1", mute())
        self.one_exchange()
        running = Tool("replay", self.file, "-W", "200ms", broker=broker)
        self.addCleanup(running.kill)
        device.wait_requests(1)
        broker.kill()
        self.assertEqual(running.wait_exit(), 1)
        running.out.wait("now no answer")


if __name__ == "__main__":
    unittest.main(verbosity=2)
