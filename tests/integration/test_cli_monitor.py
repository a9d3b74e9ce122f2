"""`mqcoap monitor`: observes requests and answers of deployed peers."""

import json
import unittest

from harness import IntegrationTest, new_id, request_payload, request_topic, tool
from harness.device import mute, raw, twice
from harness.tool import Tool


class Monitor(IntegrationTest):
    def watch(self, broker, *arguments):
        running = Tool("monitor", *arguments, broker=broker)
        self._logs.append(("mqcoap", running))
        self.addCleanup(running.kill)
        # It has two subscriptions, one of them to the responses.
        broker.wait_log("/response/")
        return running

    def test_an_exchange_is_a_line(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1")
        running = self.watch(broker)
        self.caller(broker, "DEV_1").put("gains", [1, 2])
        (line,) = running.out.wait("DEV_1/axuv/gains")
        self.assertRegex(line, r"^\d\d:\d\d:\d\d\.\d{3}  desk-7  +PUT    DEV_1/axuv/gains  205 CONTENT \S+ m?s  \d+>\d+ B$")

    def test_ctrl_c_gives_the_summary_and_130(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1")
        running = self.watch(broker)
        caller = self.caller(broker, "DEV_1")
        for _ in range(3):
            caller.get("gains")
        running.out.wait("DEV_1/axuv/gains", count=3)
        self.assertEqual(running.stop(), 130)
        self.assertIn("3 requests, 3 answered, 0 not", running.log)
        self.assertIn("3 205 CONTENT", running.log)
        self.assertRegex(running.log, r"p50 .*, p95 .*, p99 .*, max ")

    def test_objects_for_programs_and_an_end_by_count(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1", twice())
        running = self.watch(broker, "-o", "json", "--count", "2")
        caller = self.caller(broker, "DEV_1")
        caller.get("gains")
        self.assertEqual(running.wait_exit(), 0)
        caller.bus.fence()
        caller.duplicates = 0  # these duplicates are part of the test
        first, second = (json.loads(line) for line in running.out.all)
        self.assertEqual((first["state"], second["state"]), ("answered", "repeated"))
        self.assertEqual((first["from"], first["tag"], first["method"], first["code"]), ("desk-7", "DEV_1", "GET", 205))
        self.assertGreaterEqual(first["ms"], 0)

    def test_what_is_not_answered_is_overdue(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1", mute())
        running = self.watch(broker, "--overdue", "50ms", "-o", "json")
        pending = self.caller(broker, "DEV_1").send("GET", "gains")
        overdue = json.loads(running.out.wait('"overdue"')[0])
        self.assertEqual((overdue["tag"], overdue["path"]), ("DEV_1", "gains"))
        self.assertGreaterEqual(overdue["ms"], 50)
        topic, request = device.wait_requests()[0]
        device.publish(topic, device.response(request))
        self.assertTrue(json.loads(running.out.wait('"answered"')[0])["late"])
        pending.answer()

    def test_broken_payloads_are_shown_as_such(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1", raw(b"\xff nonsense"))
        running = self.watch(broker)
        bus = self.bus(broker)
        some_id = new_id()
        bus.publish(request_topic("DEV_1", "axuv", some_id), request_payload("GET", "gains", request_id=some_id))
        (line,) = running.out.wait("DEV_1/axuv/gains")
        self.assertIn("no code", line)
        self.assertIn("  ! ", line)

    def test_a_pattern_narrows_it(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1")
        self.device(broker, "DEV_2")
        running = self.watch(broker, "DEV_*/axuv/supply/*", "--count", "1")
        self.caller(broker, "DEV_1", client_id="desk-1").get("gains")
        self.caller(broker, "DEV_2", client_id="desk-2").get("supply/voltage")
        self.assertEqual(running.wait_exit(), 0)
        (line,) = running.out.all
        self.assertIn("DEV_2/axuv/supply/voltage", line)

    def test_a_time_ends_it_with_0(self):
        broker = self.broker(witness=False)
        done = tool.run("monitor", "--for", "50ms", broker=broker)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("0 requests", done.stderr)

    def test_a_killed_broker_is_waited_for(self):
        broker = self.broker(witness=False)
        running = self.watch(broker)
        broker.kill()
        running.err.wait("lost the broker at mqtt://")
        broker.restart()
        running.err.wait("connected again")
        broker.wait_log("/response/")
        self.device(broker, "DEV_1")
        self.caller(broker, "DEV_1").get("gains")
        running.out.wait("DEV_1/axuv/gains")

    def test_wrong_words_are_2_and_no_broker_is_3(self):
        broker = self.broker(witness=False)
        for words in (["GW 1"], ["a/b//c"], ["--for", "5"], ["--overdue", "x"], ["--count", "0"]):
            done = tool.run("monitor", *words, broker=broker)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
        broker.kill()
        done = tool.run("monitor", broker=broker)
        self.assertEqual(done.returncode, 3)
        self.assertIn(str(broker.port), done.stderr)

    def test_its_help_has_examples(self):
        for verb in ("monitor", "record", "replay", "bench", "serve", "sim"):
            done = tool.run(verb, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("mqcoap " + verb, done.stdout)

    def test_the_summary_counts_what_the_pattern_takes_and_nothing_else(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1")
        self.device(broker, "DEV_2")
        running = self.watch(broker, "DEV_*/axuv/gains")
        wanted, other = self.caller(broker, "DEV_1"), self.caller(broker, "DEV_2", client_id="desk-8")
        other.get("offsets")
        other.get("offsets")
        wanted.get("gains")
        running.out.wait("DEV_1/axuv/gains")
        self.assertEqual(running.stop(), 130)
        self.assertIn("1 requests, 1 answered, 0 not", running.log)
        self.assertEqual(len(running.out.all), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
