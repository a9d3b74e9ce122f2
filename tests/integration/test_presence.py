"""Presence: ONLINE while a device is served, OFFLINE for whatever reason that ends; what
`mqcoap ls` shows.
"""

import json
import signal
import subprocess
import unittest

from harness import IntegrationTest

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB, client_id: gateway-1}
    devices:
      GW_1:
        presence: true
        resources: {x: {value: 1}}
      GW_2:
        presence: true
        resources: {x: {value: 2}}
      GW_3:
        resources: {x: {value: 3}}
"""
TOPIC = "gf_int_v1/gateway/system/{}/presence"


class Presence(IntegrationTest):
    SERVED = ("GW_1", "GW_2", "GW_3")

    def start(self):
        lab = self.broker(witness=False)
        return lab, self.gateway(CONFIGURATION, LAB=lab.url)

    def await_state(self, bus, tag, state, count=1):
        def fits(message):
            if not message.payload:
                return False
            payload = json.loads(message.payload)
            self.assertTrue(payload["timestamp"].isdigit())
            self.assertTrue(payload["body"]["last_updated"].isdigit())
            return message.topic == TOPIC.format(tag) and payload["body"]["state"] == state

        return bus.wait_for(fits, count)

    def watcher(self, broker):
        bus = self.bus(broker)
        bus.subscribe(TOPIC.format("+"))
        return bus

    def await_retained(self, broker, tag, state):
        """Checks both a new subscriber, which gets the retained state, and one that was
        already subscribed.
        """
        bus = self.watcher(broker)
        self.await_state(bus, tag, state)
        bus.fence()
        self.assertEqual(self.retained_state(broker, tag), state)

    def retained_state(self, broker, tag):
        """Reads the retained state with mosquitto_sub."""
        said = subprocess.run(
            ["mosquitto_sub", "-p", str(broker.port), "-t", TOPIC.format(tag), "-C", "1", "-W", "30"],
            capture_output=True,
            check=True,
        )
        return json.loads(said.stdout)["body"]["state"]

    def test_online_while_it_is_served_and_offline_at_a_clean_stop(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        for tag in ("GW_1", "GW_2"):
            self.await_state(bus, tag, "ONLINE")
            self.assertEqual(self.retained_state(lab, tag), "ONLINE")
        gateway.stop()
        for tag in ("GW_1", "GW_2"):
            self.await_state(bus, tag, "OFFLINE")
            self.assertEqual(self.retained_state(lab, tag), "OFFLINE")
        self.assertEqual([m for m in bus.messages if "GW_3" in m.topic], [])

    def test_a_killed_gateway_is_offline_by_its_last_will(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        gateway.signal(signal.SIGKILL)
        gateway.wait_exit()
        self.await_state(bus, "GW_1", "OFFLINE")
        self.assertEqual(self.retained_state(lab, "GW_2"), "OFFLINE")

    def test_it_is_online_again_when_the_broker_is_back(self):
        lab, _ = self.start()
        self.await_state(self.watcher(lab), "GW_1", "ONLINE")
        lab.kill()
        lab.restart()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        self.await_state(bus, "GW_2", "ONLINE")

    def test_a_reload_is_followed(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_2", "ONLINE")
        self.await_state(bus, "GW_1", "ONLINE")
        gateway.reload(
            CONFIGURATION.replace("GW_2:\n        presence: true", "GW_4:\n        presence: true").replace(
                "GW_3:\n", "GW_3:\n        presence: true\n"
            )
        )
        self.await_state(bus, "GW_2", "OFFLINE")
        bus.wait_for(lambda m: m.topic == TOPIC.format("GW_2") and m.payload == b"")
        self.await_state(bus, "GW_3", "ONLINE")
        self.await_state(bus, "GW_4", "ONLINE")
        bus.fence()
        # An unchanged device published nothing.
        self.assertEqual(len(bus.on_topic(TOPIC.format("GW_1"))), 1)

    def test_a_reader_that_keeps_the_newest_message_sees_the_last_will(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        online = json.loads(self.await_state(bus, "GW_1", "ONLINE")[0].payload)
        gateway.signal(signal.SIGKILL)
        gateway.wait_exit()
        offline = json.loads(self.await_state(bus, "GW_1", "OFFLINE")[0].payload)
        self.assertGreater(int(offline["body"]["last_updated"]), int(online["body"]["last_updated"]))
        self.assertGreater(int(offline["timestamp"]), int(online["timestamp"]))

    def test_an_old_connection_that_ends_late_leaves_nobody_offline(self):
        """Simulates a power cut: the broker still has the connections of a gateway that no longer exists."""
        lab, old = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_2", "ONLINE")
        self.await_state(bus, "GW_1", "ONLINE")
        old.signal(signal.SIGSTOP)
        new = self.gateway(CONFIGURATION, LAB=lab.url)
        for tag in ("GW_1", "GW_2"):
            self.await_state(bus, tag, "ONLINE", count=2)
        old.signal(signal.SIGKILL)
        old.wait_exit()
        bus.fence()
        for tag in ("GW_1", "GW_2"):
            self.assertEqual(self.retained_state(lab, tag), "ONLINE")
        self.assertEqual(new.log.count("another program"), 0)

    def test_the_same_under_other_client_ids(self):
        lab, old = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        old.signal(signal.SIGSTOP)
        self.gateway(CONFIGURATION.replace("gateway-1", "gateway-2"), LAB=lab.url)
        self.await_state(bus, "GW_1", "ONLINE", count=2)
        old.signal(signal.SIGKILL)  # its last wills are published now
        old.wait_exit()
        self.await_state(bus, "GW_1", "ONLINE", count=3)
        bus.fence()
        self.assertEqual(self.retained_state(lab, "GW_1"), "ONLINE")

    def status(self, lab, tag="GW_1"):
        done = self.cli(lab).run("get", f"{tag}/any/.gw/status", "-o", "raw", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_a_second_gateway_is_noticed_by_both_and_leaves_without_harm(self):
        lab, first = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        # The second gateway answers for only one tag, so that the other one can be asked for its status.
        second = self.gateway(
            """
            version: 1
            brokers: {lab: {url: $LAB, client_id: gateway-2}}
            devices: {GW_2: {presence: true, resources: {x: {value: 2}}}}
            """,
            LAB=lab.url,
        )
        for gateway in (first, second):
            gateway.wait_log("error: another program announces GW_2")
        status = self.status(lab)
        self.assertFalse(status["ready"])
        self.assertIn("GW_2", status["why_not_ready"])
        self.assertEqual(status["rivals"]["tags"], ["GW_2"])
        second.stop()
        first.wait_log("no other program announces GW_2")
        status = self.status(lab)
        self.assertTrue(status["ready"])
        self.assertEqual(status["rivals"]["tags"], [])
        self.await_retained(lab, "GW_2", "ONLINE")
        for gateway in (first, second):
            self.assert_logged(gateway, "another program announces GW_2", 1)

    def test_two_gateways_of_one_configuration_do_not_throw_each_other_off_for_ever(self):
        lab = self.broker(witness=False)
        configuration = CONFIGURATION.replace(", client_id: gateway-1", "")
        first = self.gateway(configuration, LAB=lab.url)
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        second = self.gateway(configuration, LAB=lab.url)
        for gateway in (first, second):
            for tag in ("GW_1", "GW_2"):
                gateway.wait_log(f"error: another program announces {tag}")
        second.stop()
        first.wait_log("no other program announces GW_1")
        first.wait_log("no other program announces GW_2")
        for tag in ("GW_1", "GW_2"):
            self.await_retained(lab, tag, "ONLINE")

    def test_somebody_who_answers_for_a_served_tag_is_noticed_without_presence(self):
        lab, gateway = self.start()
        self.await_state(self.watcher(lab), "GW_1", "ONLINE")
        device = self.bus(lab, on_message=lambda m: self.answer_too(device, m))
        device.subscribe("gf_int_v1/+/request/GW_3/+")
        self.cli(lab).run("get", "GW_3/axuv/x")
        gateway.wait_log("error: another program answers for GW_3")
        self.assertEqual(self.status(lab)["rivals"]["tags"], ["GW_3"])
        self.assert_logged(gateway, "another program", 1)

        # doctor detects it independently, and also reads the gateway's status.
        done = self.cli(lab).run("doctor", "GW_3", "-o", "json")
        checks = {line["check"]: line for line in map(json.loads, done.stdout.splitlines())}
        self.assertEqual(checks["answers"]["result"], "fail")
        self.assertEqual(done.returncode, 5)
        done = self.cli(lab).run("doctor", "GW_1", "-o", "json")
        checks = {line["check"]: line for line in map(json.loads, done.stdout.splitlines())}
        self.assertEqual(checks["answers"]["result"], "ok")
        self.assertEqual(checks["gateway"]["result"], "fail")
        self.assertIn("GW_3", checks["gateway"]["found"])

    def answer_too(self, bus, message):
        request = json.loads(message.payload)
        header = {"response_code": 205, "path": request["header"]["path"], "request_id": request["header"]["request_id"]}
        answer = {"header": {**header, "correlation_id": None}, "body": 9, "timestamp": "1"}
        bus.publish(message.topic.replace("/request/", "/response/"), json.dumps(answer))

    def test_monitor_marks_a_second_answer(self):
        lab, _ = self.start()
        device = self.bus(lab, on_message=lambda m: self.answer_too(device, m))
        device.subscribe("gf_int_v1/+/request/GW_3/+")
        monitor = self.running(self.cli(lab), "monitor", "GW_3", "--count", "2")
        monitor.err.wait("watching")
        self.cli(lab).run("get", "GW_3/axuv/x")
        self.assertEqual(monitor.wait_exit(), 0)
        lines = monitor.out.all
        self.assertEqual([line.count("!") for line in lines], [0, 1], lines)
        self.assertIn("! a second answer", lines[1])

    def test_a_broker_that_retains_nothing_is_reported_once_with_the_reason(self):
        lab = self.broker(witness=False, settings=["retain_available false"])
        gateway = self.gateway(CONFIGURATION, LAB=lab.url)
        gateway.wait_log("warning: presence of GW_")
        self.assertIn("etain", "".join(gateway.log.split("is not announced")[1:]))
        status = self.status(lab)
        self.assertTrue(status["ready"])
        self.assertEqual(status["presence"]["devices"], 2)
        self.assertEqual(status["presence"]["announced"], 0)
        self.assertEqual({f["tag"] for f in status["presence"]["failing"]}, {"GW_1", "GW_2"})
        self.assert_logged(gateway, "is not announced", 1)

    def test_access_rules_that_deny_it_are_reported_once(self):
        lab = self.broker(
            witness=False, users={"gw": "pw"}, acl=["user gw", "topic readwrite gf_int_v1/+/request/#",
                                                    "topic readwrite gf_int_v1/+/response/#"],
        )
        gateway = self.gateway(
            CONFIGURATION.replace("client_id: gateway-1", "username: gw, password: {env: LAB_PASSWORD}"),
            environment={"LAB_PASSWORD": "pw"},
            LAB=lab.url,
        )
        gateway.wait_log("warning: presence of GW_")
        gateway.wait_log("gateway/system/+/presence")
        self.assert_logged(gateway, "is not announced", 1)

    def test_many_devices_where_a_process_has_few_descriptors(self):
        lab = self.broker(witness=False)
        configuration = "version: 1\nbrokers: {lab: {url: $LAB}}\ndevices:\n" + "".join(
            f"  GW_{n}: {{presence: true, resources: {{x: {{value: {n}}}}}}}\n" for n in range(255)
        )
        bus = self.watcher(lab)
        self.gateway(configuration, prefix=["prlimit", "--nofile=1024:4096"], LAB=lab.url)
        online = bus.wait_for(lambda m: b"ONLINE" in m.payload, count=255)
        self.assertEqual(len({m.topic for m in online}), 255)
        self.assertEqual(self.status(lab, "GW_0")["presence"], {"devices": 255, "announced": 255, "failing": []})

    def test_what_is_gone_is_forgotten(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        self.await_state(bus, "GW_2", "ONLINE")
        gateway.reload(CONFIGURATION.replace("GW_2", "GW_5"))
        self.await_state(bus, "GW_5", "ONLINE")
        bus.wait_for(lambda m: m.topic == TOPIC.format("GW_2") and m.payload == b"")
        mq = self.cli(lab)

        def listed(*words):
            return mq.run("ls", "--quiet", *words).stdout.split()

        self.assertEqual(listed(), ["GW_1", "GW_5"])
        refused = mq.run("forget", "GW_1")
        self.assertEqual(refused.returncode, 4)
        self.assertIn("ONLINE", refused.stderr)
        self.assertEqual(listed("--online"), ["GW_1", "GW_5"])
        # A live device announces itself again.
        self.assertEqual(mq.run("forget", "--force", "GW_1").returncode, 0)
        self.await_state(bus, "GW_1", "ONLINE", count=2)
        gateway.stop()
        self.assertEqual(listed(), ["GW_1", "GW_5"])
        self.assertEqual(listed("--online"), [])
        done = mq.run("forget", "GW_1", "GW_5")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(listed(), [])

    def test_ls_finds_the_gateways_devices(self):
        lab, gateway = self.start()
        bus = self.watcher(lab)
        self.await_state(bus, "GW_1", "ONLINE")
        self.await_state(bus, "GW_2", "ONLINE")
        lines = self.cli(lab).run("ls").stdout.splitlines()
        self.assertEqual([line.split("\t")[:2] for line in lines], [["GW_1", "ONLINE"], ["GW_2", "ONLINE"]])
        gateway.stop()
        lines = self.cli(lab).run("ls").stdout.splitlines()
        self.assertEqual([line.split("\t")[:2] for line in lines], [["GW_1", "OFFLINE"], ["GW_2", "OFFLINE"]])


if __name__ == "__main__":
    unittest.main()
