"""`mqcoap serve` and `mqcoap sim`, with requests from a caller like the deployed ones."""

import pathlib
import signal
import tempfile
import unittest

from harness import IntegrationTest, tool
from harness.tool import Tool

DEVICES = """
version: 1
brokers: {{lab: {{url: "{url}"}}}}
devices:
  P_1:
    resources:
      gains: {{value: [0, 1], methods: [GET, PUT]}}
      temperature: {{signal: "21"}}
"""


class Serving(IntegrationTest):
    SERVED = ("GW_1", "P_1")

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, *arguments, broker=None, ready="Ctrl-C ends"):
        running = Tool(*arguments, broker=broker)
        self._logs.append(("mqcoap", running))
        self.addCleanup(running.kill)
        running.err.wait(ready)
        return running

    def devices_file(self, url):
        file = self.folder / "devices.yaml"
        file.write_text(DEVICES.format(url=url), encoding="utf-8")
        return file


class Serve(Serving):
    def test_values_are_read_and_written_until_ctrl_c(self):
        broker = self.broker()
        running = self.start("serve", "GW_1", "-r", "gains=[0,1]", "-r", "supply/voltage=5", "-r", "fw=0.3.1", broker=broker)
        caller = self.caller(broker, "GW_1")
        self.assert_code(caller.get("gains"), 205)
        self.assert_code(caller.put("gains", [7]), 204)
        self.assertEqual(caller.get("gains").body, [7])
        self.assertEqual(caller.get("supply/voltage").body, 5)
        self.assertEqual(caller.get("fw").body, "0.3.1")
        self.assert_code(caller.get("nothing"), 404)
        listed = caller.get(".well-known/core").body
        self.assertEqual([r["path"] for r in listed], ["gains", "supply/voltage", "fw"])
        self.assertEqual(running.stop(), 0)
        self.assertEqual(running.out.all, [])

    def test_each_exchange_is_a_line(self):
        broker = self.broker()
        running = self.start("serve", "GW_1", "-r", "gains=1", broker=broker)
        caller = self.caller(broker, "GW_1")
        caller.get("gains")
        caller.put("nothing", 1)
        (line,) = running.err.wait("GET    GW_1/axuv/gains")
        self.assertRegex(line, r"desk-7 .* 205 CONTENT \d+\.\d\d ms  \d+>\d+ B$")
        running.err.wait("PUT    GW_1/axuv/nothing  404 NOT_FOUND")

    def test_ls_finds_what_is_served_and_knows_when_it_is_gone(self):
        broker = self.broker()
        running = self.start("serve", "GW_1", "-r", "gains=[0,1]", broker=broker)
        watcher = self.bus(broker)
        watcher.subscribe("gf_int_v1/gateway/system/GW_1/presence")
        watcher.wait_for(lambda m: b"ONLINE" in m.payload)
        self.assertEqual(tool.run("ls", broker=broker).stdout.split("\t")[:2], ["GW_1", "ONLINE"])
        running.stop()
        watcher.wait_for(lambda m: b"OFFLINE" in m.payload)
        self.assertEqual(tool.run("ls", broker=broker).stdout.split("\t")[:2], ["GW_1", "OFFLINE"])

    def test_read_only_and_quiet(self):
        broker = self.broker()
        running = Tool("serve", "GW_1", "-r", "gains=1", "--read-only", "--quiet", broker=broker)
        self.addCleanup(running.kill)
        broker.wait_log("gf_int_v1/+/request/GW_1/+")
        caller = self.caller(broker, "GW_1")
        self.assert_code(caller.put("gains", 2), 405)
        self.assertEqual(caller.get("gains").body, 1)
        self.assertEqual(running.stop(), 0)
        self.assertEqual((running.err.all, running.out.all), ([], []))

    def test_a_file_names_devices_and_broker_and_a_flag_names_another(self):
        broker, other = self.broker(), self.broker()
        file = self.devices_file(broker.url)
        running = self.start("serve", file)
        self.assertEqual(self.caller(broker, "P_1").get("temperature").body, 21)
        self.assertEqual(running.stop(), 0)
        self.start("serve", file, "-L", other.url, "-n", "other_v1")
        self.assertEqual(self.caller(other, "P_1", namespace="other_v1").get("gains").body, [0, 1])

    def test_a_killed_broker_is_waited_for(self):
        broker = self.broker(witness=False)
        running = self.start("serve", "GW_1", "-r", "gains=1", broker=broker)
        broker.kill()
        running.err.wait("lost the broker at mqtt://")
        broker.restart()
        running.err.wait("connected again")
        broker.wait_log("gf_int_v1/+/request/GW_1/+")
        self.assertEqual(self.caller(broker, "GW_1").get("gains").body, 1)
        self.assertEqual(running.stop(), 0)

    def test_no_broker_is_3_and_the_place_is_named(self):
        broker = self.broker(witness=False)
        broker.kill()
        done = tool.run("serve", "GW_1", "-r", "a=1", broker=broker)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn(str(broker.port), done.stderr)

    def test_wrong_words_are_2_and_a_bad_file_is_78(self):
        broker = self.broker(witness=False)
        for words in (["GW 1", "-r", "a=1"], ["GW_1"], ["GW_1", "-r", "a"], ["GW_1", "-r", "a=1", "-r", "a=2"], []):
            done = tool.run("serve", *words, broker=broker)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
        done = tool.run("serve", self.devices_file(broker.url), "-r", "a=1", broker=broker)
        self.assertEqual(done.returncode, 2)
        file = self.folder / "bad.yaml"
        file.write_text("version: 1\nnonsense: 1\n", encoding="utf-8")
        done = tool.run("serve", file, broker=broker)
        self.assertEqual(done.returncode, 78)
        self.assertIn("nonsense", done.stderr)


class Sim(Serving):
    def test_a_fleet_answers_under_its_tags(self):
        broker = self.broker()
        running = self.start("sim", self.devices_file(broker.url), "-n", "20", "--tags", "SIM_%03d")
        for tag in ("SIM_001", "SIM_020"):
            self.assertEqual(self.caller(broker, tag, client_id=f"desk-{tag}").get("gains").body, [0, 1])
        self.caller(broker, "SIM_001", client_id="desk-1").put("gains", [5])
        self.assertEqual(self.caller(broker, "SIM_002", client_id="desk-2").get("gains").body, [0, 1])
        self.assertEqual(running.stop(), 0)
        self.assertIn("4 requests, 4 answered, 0 of them with a simulated 503, 0 dropped", running.log)

    def test_errors_are_those_of_the_seed_and_are_counted(self):
        broker = self.broker()
        seen = []
        for run in range(2):
            words = ("-n", "1", "--error", "40%", "--latency", "1ms..2ms", "--seed", "5")
            running = self.start("sim", "P_1", "-r", "gains=1", *words, broker=broker)
            caller = self.caller(broker, "P_1_1", client_id=f"desk-{run}")
            codes = [caller.get("gains").code for _ in range(40)]
            self.assertEqual(running.stop(), 0)
            running.err.wait(f"40 requests, 40 answered, {codes.count(503)} of them with a simulated 503, 0 dropped")
            seen.append(codes)
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(set(seen[0]), {205, 503})

    def test_what_is_dropped_is_not_answered(self):
        broker = self.broker()
        running = self.start("sim", "P_1", "-r", "gains=1", "--drop", "100%", broker=broker)
        done = tool.run("bench", "P_1_1/axuv/gains", "--in-flight", "3", "--count", "3", "-W", "2s", broker=broker)
        self.assertEqual(done.returncode, 6)
        self.assertEqual(running.stop(), 0)
        running.err.wait("3 requests, 0 answered, 0 of them with a simulated 503, 3 dropped")

    def test_wrong_words_are_2(self):
        broker = self.broker(witness=False)
        for words in (["--drop", "2"], ["--error", "101%"], ["--latency", "5"], ["--tags", "SIM"], ["--devices", "0"]):
            done = tool.run("sim", "P_1", "-r", "a=1", *words, broker=broker)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
            self.assertIn(words[0], done.stderr)

    def test_sigterm_ends_it_too(self):
        broker = self.broker(witness=False)
        running = self.start("sim", "P_1", "-r", "a=1", broker=broker)
        running.child.send_signal(signal.SIGTERM)
        self.assertEqual(running.wait_exit(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
