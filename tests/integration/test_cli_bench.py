"""`mqcoap bench` against devices as deployed."""

import csv
import io
import json
import unittest

from harness import IntegrationTest, tool
from harness.device import late, mute, normal, raw
from harness.tool import Tool


class Bench(IntegrationTest):
    def bench(self, broker, *arguments):
        return tool.run("bench", "DEV_1/axuv/gains", *arguments, broker=broker)

    def test_so_many_requests_are_sent_and_measured(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        done = self.bench(broker, "--in-flight", "4", "--count", "50")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len(device.requests), 50)
        self.assertIn("GET DEV_1/axuv/gains, 4 in flight", done.stdout)
        self.assertIn("answers   50 of 50", done.stdout)
        self.assertRegex(done.stdout, r"205 +50 CONTENT")
        self.assertRegex(done.stdout, r"p50 .* p90 .* p99 .* p99\.9 .* max ")

    def test_never_more_are_in_flight_than_asked_for(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1", late())
        running = Tool("bench", "DEV_1/axuv/gains", "--in-flight", "3", "--count", "6", broker=broker)
        self.addCleanup(running.kill)
        device.wait_requests(3)
        self.assertEqual(len(device.requests), 3)
        device.release()
        device.wait_requests(6)
        device.release()
        self.assertEqual(running.wait_exit(), 0)

    def test_a_timetable_measures_from_when_a_request_was_due(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1", late())
        # One request at a time: the second, due after 1 ms, waits for the answer to the first.
        running = Tool("bench", "DEV_1/axuv/gains", "--rate", "1000", "--in-flight", "1", "--count", "2", "-o", "json", broker=broker)
        self.addCleanup(running.kill)
        for count in (1, 2):
            device.wait_requests(count)
            device.release()
        self.assertEqual(running.wait_exit(), 0)
        result = json.loads(running.out.all[0])
        self.assertEqual((result["rate"], result["answers"]), (1000, 2))

    def test_the_body_and_the_method_are_sent(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        done = self.bench(broker, "--count", "1", "--method", "put", "--body", "[1, 2]")
        self.assertEqual(done.returncode, 0)
        self.assertEqual((device.last["header"]["method"], device.last["body"]), ("PUT", [1, 2]))

    def test_errors_are_counted_by_code_and_make_the_status(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1", normal("busy", 503))
        done = self.bench(broker, "--count", "3", "--csv")
        self.assertEqual(done.returncode, 5)
        (row,) = csv.DictReader(io.StringIO(done.stdout))
        self.assertEqual((row["answers"], row["failed"], row["timeouts"]), ("3", "3", "0"))
        self.assertGreater(float(row["max_ms"]), 0)

    def test_silence_is_counted_and_makes_6(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1", mute())
        done = self.bench(broker, "--count", "2", "--in-flight", "2", "-W", "100ms", "-o", "json")
        self.assertEqual(done.returncode, 6)
        result = json.loads(done.stdout)
        self.assertEqual((result["requests"], result["answers"], result["timeouts"]), (2, 0, 2))

    def test_unusable_answers_make_6_as_they_do_for_get(self):
        broker = self.broker(witness=False)
        self.device(broker, "DEV_1", raw(b"{"))
        done = self.bench(broker, "--count", "2", "-o", "json")
        self.assertEqual((done.returncode, done.stderr), (6, ""))
        result = json.loads(done.stdout)
        self.assertEqual((result["requests"], result["answers"], result["timeouts"]), (2, 0, 0))
        self.assertEqual(list(result["failures"].values()), [2])
        self.assertEqual(tool.run("get", "DEV_1/axuv/gains", broker=broker).returncode, 6)

    def test_ctrl_c_reports_what_there_is(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        running = Tool("bench", "DEV_1/axuv/gains", "--for", "1h", broker=broker)
        self.addCleanup(running.kill)
        device.wait_requests(10)
        self.assertEqual(running.stop(), 130)
        running.out.wait("answers")

    def test_a_killed_broker_ends_it_with_3(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        running = Tool("bench", "DEV_1/axuv/gains", "--for", "1h", broker=broker)
        self.addCleanup(running.kill)
        device.wait_requests(10)
        broker.kill()
        self.assertEqual(running.wait_exit(), 3)
        running.out.wait("failed")

    def test_wrong_words_are_2_and_no_broker_is_3(self):
        broker = self.broker(witness=False)
        for words in (["--rate", "0"], ["--rate", "nan"], ["--rate", "inf"], ["--count", "0x3"], ["--in-flight", "0"], ["--method", "FETCH"], ["--for", "5"], ["--body", "[1"]):
            done = self.bench(broker, *words)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
        self.assertEqual(tool.run("bench", "DEV_1", broker=broker).returncode, 2)
        broker.kill()
        self.assertEqual(self.bench(broker, "--count", "1").returncode, 3)

    def test_several_addresses_are_asked_in_turn(self):
        broker = self.broker(witness=False)
        first, second = self.device(broker, "DEV_1"), self.device(broker, "DEV_2")
        done = tool.run("bench", "DEV_1/axuv/gains", "DEV_2/axuv/gains", "--count", "10", "-o", "json", broker=broker)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((len(first.requests), len(second.requests)), (5, 5))
        self.assertEqual(json.loads(done.stdout)["address"], "DEV_1/axuv/gains DEV_2/axuv/gains")


if __name__ == "__main__":
    unittest.main(verbosity=2)
