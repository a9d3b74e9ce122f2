"""The verbs of mqcoap that observe: ls, watch, events, doctor, completion."""

import json
import os
import pathlib
import shlex
import subprocess
import tempfile
import unittest

from harness import IntegrationTest, now_ms, silent_resolver
from harness.device import mute, normal
from harness.tool import Tool, program, run

GATEWAY = """
version: 1
brokers: {lab: {url: $LAB}}
devices:
  GW_1:
    resources:
      gains: {title: Gain of each channel, value: [0, 1], methods: [GET, PUT]}
      temperature: {signal: "21", unit: Cel}
  GW_2:
    subsystems: [axuv]
    resources: {status: {value: 1}}
"""


def presence(device, state="ONLINE"):
    body = {"state": state, "last_updated": str(now_ms())}
    topic = f"gf_int_v1/gateway/system/{device.tag}/presence"
    device.bus.publish(topic, json.dumps({"body": body, "timestamp": str(now_ms())}), qos=1, retain=True)
    device.bus.fence()


def event(device, path, body, subsystem="axuv"):
    topic = f"gf_int_v1/{subsystem}/event/{device.tag}/{path}"
    device.bus.publish(topic, json.dumps({"body": body, "timestamp": str(now_ms())}))


class Listing(IntegrationTest):
    SERVED = ("GW_1", "GW_2")

    def test_devices_are_found_by_their_presence(self):
        broker = self.broker()
        mq = self.cli(broker)
        nobody = mq.run("ls")
        self.assertEqual((nobody.returncode, nobody.stdout), (0, ""))
        self.assertIn("no device", nobody.stderr)
        self.assertIn("mqcoap ls TAG for each device, if the broker (RabbitMQ) sends retained", nobody.stderr)
        for tag, state in (("2D_1", "ONLINE"), ("2D_2", "OFFLINE"), ("ARD_1", "ONLINE")):
            presence(self.device(broker, tag), state)
        self.assertEqual(mq.run("ls", "--quiet").stdout, "2D_1\n2D_2\nARD_1\n")
        rows = [line.split("\t") for line in mq.run("ls", "2D_*").stdout.splitlines()]
        self.assertEqual([row[:2] for row in rows], [["2D_1", "ONLINE"], ["2D_2", "OFFLINE"]])
        self.assertEqual(json.loads(mq.run("ls", "-o", "json", "ARD_?").stdout)["state"], "ONLINE")
        _, shown = mq.on_terminal("ls", NO_COLOR="1")
        self.assertRegex(shown, r"^TAG    STATE    SINCE\n2D_1   ONLINE   \d+ s\n")

    def test_a_gateways_device_lists_its_resources(self):
        broker = self.broker()
        self.gateway(GATEWAY, LAB=broker.url)
        mq = self.cli(broker)
        self.assertEqual(mq.run("ls", "GW_1").stdout,
                         "gains\tGET, PUT\tvalue\t\tGain of each channel\t\t\ntemperature\tGET\tsignal\tCel\t\t\t\n")
        addresses = mq.run("ls", "--quiet", "GW_1/axuv").stdout.split()
        self.assertEqual(addresses, ["GW_1/axuv/gains", "GW_1/axuv/temperature"])
        self.assertEqual(mq.run("get", addresses[0]).stdout, "[0,1]\n")
        self.assertTrue(mq.on_terminal("ls", "GW_1", NO_COLOR="1")[1].startswith("PATH         METHODS   TYPE    UNIT  TITLE\n"))
        self.assertEqual([json.loads(line)["path"] for line in mq.run("ls", "-o", "json", "GW_1").stdout.splitlines()],
                         ["gains", "temperature"])
        everything = mq.run("ls", "--all", "--quiet", "GW_1/axuv").stdout.split()
        self.assertIn("GW_1/axuv/.gw/status", everything)
        self.assertLess(set(addresses), set(everything))

    def test_a_device_of_one_subsystem_tells_which(self):
        broker = self.broker()
        self.gateway(GATEWAY, LAB=broker.url)
        mq = self.cli(broker)
        self.assertEqual(mq.run("ls", "GW_2").stdout, "status\tGET\tvalue\t\t\taxuv\t\n")
        address = mq.run("ls", "--quiet", "GW_2").stdout.strip()
        self.assertEqual(address, "GW_2/axuv/status")
        self.assertEqual(mq.run("get", address).stdout, "1\n")

    def test_a_device_that_lists_nothing_under_this_subsystem(self):
        broker = self.broker()
        self.device(broker, "OLD_1", normal("no such path", 404))
        refused = self.cli(broker).run("ls", "OLD_1")
        self.assertEqual(refused.returncode, 4)
        self.assertIn("mqcoap ls OLD_1/SUBSYSTEM", refused.stderr)

    def test_what_a_device_that_does_not_answer_tells_of_its_presence(self):
        broker = self.broker()
        presence(self.device(broker, "MUTE_1", mute()), "OFFLINE")
        done = self.cli(broker).run("ls", "MUTE_1", "-W", "0.2s")
        self.assertEqual(done.returncode, 6)
        self.assertRegex(done.stderr, r"^mqcoap: MUTE_1 announced that it is OFFLINE, for \d+ s\n")

    def test_other_devices(self):
        broker = self.broker()
        mq = self.cli(broker)
        self.device(broker, "ODD_1", normal({"what": "ever"}))
        self.device(broker, "MUTE_1", mute())
        self.assertEqual(mq.run("ls", "ODD_1").stdout, '{"what": "ever"}\n')
        self.assertEqual(mq.run("ls", "MUTE_1", "-W", "0.2s").returncode, 6)


class Watching(IntegrationTest):
    def test_changes_are_shown_and_ctrl_c_is_130(self):
        broker = self.broker()
        device = self.device(broker, "DEV_1", normal(1))
        running = self.running(self.cli(broker), "watch", "DEV_1/axuv/x", "--every", "10ms")
        running.out.first(1)
        device.wait_requests(5)
        device.behaviour = normal(2)
        running.out.first(2)
        device.behaviour = normal("broken", 500)
        running.err.wait("500 INTERNAL_SERVER_ERROR")
        device.behaviour = normal(2)
        running.out.first(3)
        self.assertEqual(running.stop(), 130)
        self.assertEqual([line.split("\t")[1] for line in running.out.all], ["1", "2", "2"])
        self.assertRegex(running.out.all[0], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t")

    def test_it_survives_silence_and_a_broker_that_restarts(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1", mute())
        running = self.running(self.cli(broker), "watch", "DEV_1/axuv/x", "--every", "20ms", "--timeout", "100ms")
        running.err.wait("no answer")
        device.behaviour = normal(1)
        running.out.first(1)
        broker.restart()
        running.err.wait("connect")
        running.out.first(2)
        self.assertEqual(running.stop(), 130)

    def test_it_counts_and_ends_with_the_last_status(self):
        broker = self.broker()
        device = self.device(broker, "DEV_1", normal([1, 2]))
        mq = self.cli(broker)
        done = mq.run("watch", "--all", "-o", "csv", "--every", "1ms", "--count", "3", "DEV_1/axuv/x")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len(device.requests), 3)
        self.assertEqual([line.split(",", 1)[1] for line in done.stdout.splitlines()], ["0,1", "1,2", "1,2", "1,2"])
        device.behaviour = normal("no", 404)
        self.assertEqual(mq.run("watch", "--count", "1", "DEV_1/axuv/x").returncode, 4)


class Several(IntegrationTest):
    SERVED = ("GW_1", "GW_2")

    def test_watch_takes_several_addresses_and_patterns(self):
        broker = self.broker()
        self.gateway(GATEWAY, LAB=broker.url)
        mq = self.cli(broker)
        done = mq.run("watch", "GW_1/axuv/gains", "GW_2/axuv/*", "--count", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split("\t")[1:] for line in done.stdout.splitlines()]
        self.assertEqual(rows, [["GW_1/axuv/gains", "[0,1]"], ["GW_2/axuv/status", "1"]])
        one = mq.run("watch", "GW_1/axuv/gains", "--count", "1")
        self.assertEqual(one.stdout.split("\t")[1:], ["[0,1]\n"])
        for tag in ("GW_1", "GW_2"):
            self.bus(broker).publish(f"gf_int_v1/gateway/system/{tag}/presence",
                                     json.dumps({"body": {"state": "ONLINE"}, "timestamp": "1"}), qos=1, retain=True)
        done = mq.run("watch", "GW_*/axuv/{gains,status}".replace("{gains,status}", "*s*"), "-o", "json", "--count", "1")
        self.assertEqual(sorted(json.loads(line)["address"] for line in done.stdout.splitlines()),
                         ["GW_1/axuv/gains", "GW_2/axuv/status"], done.stderr)
        nothing = mq.run("watch", "GW_1/axuv/x*", "--count", "1")
        self.assertEqual(nothing.returncode, 6)
        self.assertIn("GW_1/axuv/x*", nothing.stderr)


class Events(IntegrationTest):
    def test_events_that_fit_are_shown_as_they_come(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        other = self.device(broker, "DEV_2")
        running = self.running(self.cli(broker), "events", "*/axuv/te*", "-o", "json", "--count", "2")
        broker.wait_log("gf_int_v1/axuv/event/+/#")
        event(device, "other", 0)
        event(device, "temp", 1)
        event(device, "temp", 2, subsystem="hxr")
        device.bus.fence()
        event(other, "temp", {"deep": [3]})
        self.assertEqual(running.wait_exit(), 0)
        seen = [json.loads(line) for line in running.out.all]
        self.assertEqual([(e["address"], e["body"]) for e in seen],
                         [("DEV_1/axuv/temp", 1), ("DEV_2/axuv/temp", {"deep": [3]})])

    def test_what_others_drop_is_shown_marked_and_counted(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1")
        running = self.running(self.cli(broker), "events")
        broker.wait_log("gf_int_v1/+/event/+/#")
        topic = "gf_int_v1/axuv/event/DEV_1/temp"
        device.bus.publish(topic, json.dumps({"body": 21}))
        device.bus.publish(topic, "21.5")
        device.bus.publish(topic, b"\x1b[2J\xff")
        device.bus.fence()
        event(device, "temp", 22)
        lines = running.out.first(4)
        self.assertRegex(lines[0], r"\tDEV_1/axuv/temp\t21\t! .*timestamp")
        self.assertRegex(lines[1], r"\t21\.5\t! ")
        self.assertRegex(lines[2], r'\t"\?\[2J\?"\t! ')
        self.assertRegex(lines[3], r"\t22$")
        self.assertEqual(running.stop(), 130)
        self.assertIn("4 events, 3 of them break the protocol", running.log)

    def test_loss_and_return_of_the_broker_are_reported(self):
        broker = self.broker(witness=False)
        running = self.running(self.cli(broker), "events")
        broker.wait_log("gf_int_v1/+/event/+/#")
        broker.restart()
        running.err.wait("lost the broker")
        running.err.wait("connected again")
        device = self.device(broker, "DEV_1")
        broker.wait_log("gf_int_v1/+/event/+/#")
        event(device, "temp", 1)
        running.out.wait("DEV_1/axuv/temp")

    def test_system_payloads_and_ctrl_c(self):
        broker = self.broker(witness=False)
        presence(self.device(broker, "DEV_1"))
        running = self.running(self.cli(broker), "events", "DEV_1", "--system")
        running.out.wait("DEV_1/gateway/presence")
        self.assertEqual(running.stop(), 130)


class Doctor(IntegrationTest):
    def checks(self, done):
        return {c["check"]: c for c in map(json.loads, done.stdout.splitlines())}

    def test_a_healthy_lab(self):
        broker = self.broker(settings=["max_packet_size 2097152"])
        self.device(broker, "DEV_1", normal([]))
        done = self.cli(broker).run("doctor", "DEV_1", "-o", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        checks = self.checks(done)
        self.assertEqual(set(checks), {"name", "tcp", "mqtt", "packet limit", "login", "subscribe", "round trip",
                                       "publish", "large messages", "device", "clock", "answers"})
        for name in set(checks) - {"round trip"}:  # a busy machine is slow
            self.assertEqual(checks[name]["result"], "ok", checks[name])
        self.assertEqual(checks["packet limit"]["found"], "the broker accepts packets of at most 2MiB")

    def test_a_broker_that_takes_a_dot_for_a_slash(self):
        broker = self.detour(self.broker(), dots="slash")
        mq = self.cli(broker)
        done = mq.run("doctor", "DEV.1", "-o", "json", "-W", "1s")
        checks = self.checks(done)
        self.assertEqual(checks["dots"]["result"], "warn", checks)
        self.assertIn("as RabbitMQ does", checks["dots"]["found"])
        self.assertEqual(checks["large messages"]["result"], "ok", checks)
        self.assertEqual(checks["device"]["found"], "DEV.1 cannot be asked at this broker")
        checks = self.checks(mq.run("-n", "lab.v1", "doctor", "-o", "json", "-W", "1s"))
        self.assertEqual(checks["self-request"]["found"], "the broker delivers it under another topic")
        self.assertIn("without dots", checks["self-request"]["advice"])

    def test_a_broker_that_hangs_up_at_a_dot(self):
        broker = self.detour(self.broker(), dots="close")
        mq = self.cli(broker)
        done = mq.run("doctor", "DEV.1", "-o", "json")
        checks = self.checks(done)
        self.assertEqual(checks["dots"]["result"], "warn", checks)
        self.assertIn("as NATS 2.9 does", checks["dots"]["found"])
        self.assertEqual(checks["large messages"]["result"], "ok", checks)
        self.assertEqual(checks["device"]["found"], "DEV.1 cannot be asked at this broker")
        checks = self.checks(mq.run("-n", "lab.v1", "doctor", "-o", "json"))
        self.assertIn("as NATS 2.9 does", checks["self-request"]["found"])

    def test_a_broker_that_keeps_events_from_us(self):
        broker = self.detour(self.broker(), denies="/event/")
        done = self.cli(broker).run("doctor", "-o", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(self.checks(done)["large messages"]["result"], "ok", done.stdout)

    def test_each_fault_is_named_with_what_to_do(self):
        broker = self.broker(witness=False, users={"lab": "secret"})
        mq = self.cli(broker)
        refused = self.checks(mq.run("doctor", "-o", "json"))
        self.assertEqual(refused["mqtt"]["result"], "fail")
        self.assertIn("-u NAME", refused["mqtt"]["advice"])
        broker.kill()
        done = mq.run("doctor", "-o", "json")
        self.assertEqual(done.returncode, 3)
        self.assertIn("refused", self.checks(done)["tcp"]["found"])
        done = self.cli().run("-h", "no-such-host.invalid", "doctor", "-o", "json")
        self.assertEqual((done.returncode, self.checks(done)["name"]["result"]), (3, "fail"))

    def test_rules_that_deny_are_noticed(self):
        broker = self.broker(witness=False, acl=["topic read gf_int_v1/#", "topic write gf_int_v1/+/request/#",
                                                 "topic write gf_int_v1/+/response/#"])
        checks = self.checks(self.cli(broker).run("doctor", "-o", "json"))
        self.assertEqual(checks["publish"]["result"], "warn", checks)
        self.assertIn("topic write gf_int_v1/+/event/+/#", checks["publish"]["advice"])
        self.assertNotIn("readwrite", str(checks))
        broker = self.broker(witness=False, acl=["topic read gf_int_v1/#"])
        done = self.cli(broker).run("doctor", "-o", "json", "-W", "1s")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ACL", self.checks(done)["self-request"]["advice"])

    def test_a_mute_device_and_a_wrong_clock(self):
        broker = self.broker()
        self.device(broker, "MUTE_1", mute())
        mq = self.cli(broker)
        done = mq.run("doctor", "MUTE_1", "-W", "0.5s")
        self.assertEqual(done.returncode, 6)
        self.assertRegex(done.stdout, r"\nfail +device +MUTE_1 does not answer.*\n +-> ")

        def yesterday(device, topic, request):
            answer = device.response(request, [])
            answer["timestamp"] = str(now_ms() - 3_600_000)
            device.publish(topic, answer)

        self.device(broker, "LATE_1", yesterday)
        clock = self.checks(mq.run("doctor", "LATE_1", "-o", "json"))["clock"]
        self.assertEqual(clock["result"], "warn")
        self.assertIn("60 min behind", clock["found"])

    # The silent name server keeps a caller for longer than these commands may take.
    @unittest.skipUnless(silent_resolver.available(), "needs user namespaces, for a name server of its own")
    def test_the_timeout_applies_to_a_name_server_that_is_silent(self):
        done = run("-h", "lab.invalid", "doctor", "-o", "json", "-W", "1s", prefix=silent_resolver.prefix())
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("the name server does not answer", self.checks(done)["name"]["found"])

    @unittest.skipUnless(silent_resolver.available(), "needs user namespaces, for a name server of its own")
    def test_ctrl_c_does_not_wait_for_a_name_server(self):
        running = Tool("-h", "lab.invalid", "doctor", "-W", "10min", prefix=silent_resolver.prefix())
        self.addCleanup(running.kill)
        running.err.wait(silent_resolver.ASKED)
        self.assertEqual(running.stop(), 130)


class Completion(IntegrationTest):
    SERVED = ("GW_1", "GW_2")

    def complete(self, line, **variables):
        """Returns what bash offers for the last word of a line."""
        script = f"""
          PATH="{os.path.dirname(program())}:$PATH"; source <(mqcoap completion bash) || exit 1
          COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); compopt() {{ :; }}
          _mqcoap; printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "XDG_CONFIG_HOME": "/nonexistent", **variables})
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_only_what_the_verb_accepts_is_offered(self):
        broker = self.broker()
        self.gateway(GATEWAY, LAB=broker.url)
        presence(self.device(broker, "2D_1"))
        lab = {"MQCOAP_URL": broker.url}
        self.assertEqual(self.complete("mqcoap ls 2D", **lab), ["2D_1"])
        self.assertEqual(self.complete("mqcoap doctor 2D", **lab), ["2D_1"])
        self.assertEqual(self.complete("mqcoap monitor 2D", **lab), ["2D_1/"])
        self.assertEqual(self.complete("mqcoap get GW_1/axuv/gains ''", **lab), [])
        self.assertEqual(self.complete("mqcoap watch GW_1/axuv/gains 2D", **lab), ["2D_1/"])
        self.assertEqual(self.complete("mqcoap completion ''"), ["bash", "zsh", "fish"])
        self.assertEqual(self.complete("mqcoap monitor -o ''"), ["body", "json"])
        self.assertEqual(self.complete("mqcoap ls -o ''"), ["body", "json", "csv"])
        self.assertEqual(self.complete("mqcoap bench --method P"), ["POST", "PUT"])
        self.assertEqual(self.complete("mqcoap help bench"), ["bench"])
        self.assertEqual(self.complete("mqcoap context ls ''"), [])
        for line in ("config check --h", "context ls --h", "record --o", "monitor --format", "serve --timeout"):
            with self.subTest(line):
                self.assertNotIn(self.complete("mqcoap " + line), (["--host"], ["--output"], ["--format"], ["--timeout"]))
        self.assertIn("--host", self.complete("mqcoap context add lab --h"))

    def test_verbs_options_and_live_tags(self):
        broker = self.broker()
        self.gateway(GATEWAY, LAB=broker.url)
        presence(self.device(broker, "2D_1"))
        self.assertEqual(self.complete("mqcoap wat"), ["watch"])
        self.assertEqual(self.complete("mqcoap context u"), ["use"])
        self.assertIn("--namespace", self.complete("mqcoap get --n"))
        self.assertIn("--every", self.complete("mqcoap watch --e"))
        self.assertEqual(self.complete("mqcoap get -o c"), ["csv"])
        self.assertEqual(self.complete("mqcoap get 2D", MQCOAP_URL=broker.url), ["2D_1/"])
        self.assertEqual(self.complete(f"mqcoap -p {broker.port} -h 127.0.0.1 get 2D"), ["2D_1/"])
        self.assertEqual(self.complete("mqcoap get GW_1/axuv/g", MQCOAP_URL=broker.url), ["GW_1/axuv/gains"])
        self.assertEqual(self.complete("mqcoap get X", MQCOAP_URL="mqtt://127.0.0.1:9"), [])


class CompletionOfHostileNames(unittest.TestCase):
    """A program that stands in for mqcoap lists names that a shell must not expand."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-completion-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        stand_in = self.folder / "mqcoap"
        stand_in.write_text('#!/bin/sh\ncat "$(dirname "$0")/names"\n')
        stand_in.chmod(0o755)

    def complete(self, names, *words, then=""):
        """Returns what bash offers for the last word, which is as it was typed, when mqcoap lists these names."""
        (self.folder / "names").write_text("".join(name + "\n" for name in names))
        script = f"""
          source <({shlex.quote(program())} completion bash) || exit 1
          COMP_WORDS=(mqcoap {shlex.join(words)}); COMP_CWORD={len(words)}; compopt() {{ :; }}
          _mqcoap; for each in "${{COMPREPLY[@]}}"; do printf '%s\\n' "$each"; done
          {then}
        """
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=self.folder,
                              env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.stderr, "")
        self.assertFalse((self.folder / "marker").exists(), "completion ran a command")
        return done.stdout.splitlines()

    HOSTILE = ("$(touch marker)", "`touch marker`", "; touch marker", "* ?", "nam*", "it's", 'a"b', "$HOME", "{a,b}", "!!",
               "back\\slash", "<x>", "~", "#", "ü", "a'$(touch marker)'b", 'a"$(touch marker)"b', "plain")

    def test_what_is_offered_means_the_name_and_nothing_else(self):
        for kind, words, before in (("address", ["get"], "DEV_1/axuv/"), ("pattern", ["watch"], "DEV_1/axuv/"),
                                    ("tag", ["ls"], ""), ("context", ["context", "use"], "")):
            for quote in ("", "'", '"'):
                with self.subTest(kind, quote=quote):
                    names = [before + name for name in self.HOSTILE]
                    offered = self.complete(names, *words, quote + before)
                    # Bash keeps the quote that is open, and replaces what is behind it.
                    line = " ".join(quote + each + quote for each in offered)
                    self.assertEqual(self.complete([], *words, quote + before, then=f"printf '%s\\n' {line}"), names)

    def test_several_names_are_offered_one_by_one(self):
        names = ["DEV_1/axuv/$(touch marker)", "DEV_1/axuv/* x", "DEV_1/axuv/gains", "OTHER_1/axuv/gains"]
        self.assertEqual(self.complete(names, "get", "DEV_1/axuv/"),
                         [r"DEV_1/axuv/\$\(touch\ marker\)", r"DEV_1/axuv/\*\ x", "DEV_1/axuv/gains"])

    def test_what_was_typed_stays_as_it_is(self):
        name = "DEV_1/axuv/a b $c"
        for typed, offered in (("DEV_1/axuv/", r"DEV_1/axuv/a\ b\ \$c"),
                               (r"DEV_1/axuv/a\ ", r"DEV_1/axuv/a\ b\ \$c"),
                               ("DEV_1/axuv/a\\", r"DEV_1/axuv/a\ b\ \$c"),
                               ("'DEV_1/axuv/a b ", "DEV_1/axuv/a b $c"),
                               ('"DEV_1/axuv/a b ', r"DEV_1/axuv/a b \$c"),
                               ("DEV_1/'axuv/a ", "axuv/a b $c"),
                               ("'DEV_1'/axuv/", r"'DEV_1'/axuv/a\ b\ \$c")):
            with self.subTest(typed):
                self.assertEqual(self.complete([name], "get", typed), [offered])
        self.assertEqual(self.complete(["GW/axuv/gains"], "get", "GW/axuv/gains"), ["GW/axuv/gains"])
        self.assertEqual(self.complete(["GW/axuv/gains"], "get", "$(touch marker)"), [])

    def test_files_are_offered_literally(self):
        for name in ("$(touch marker).yaml", "a *.yaml", "plain.yaml"):
            (self.folder / name).touch()
        self.assertEqual(sorted(self.complete([], "serve", "")),
                         sorted([r"\$\(touch\ marker\).yaml", r"a\ \*.yaml", "plain.yaml"]))
        self.assertEqual(self.complete([], "serve", "'a"), ["a *.yaml"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
