"""Ordinary MQTT topics as resources, over a real broker, with devices that do not speak the protocol."""

import json
import unittest
import urllib.request

from harness import IntegrationTest
from harness.broker import free_port

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB, qos: 1}
    http: {listen: 127.0.0.1:$PORT}
    limits: {payload: 1KiB}
    devices:
      GW_1:
        subsystems: [vac]
        resources:
          vacuum: {topic: lab/gauge, pointer: /pressure, unit: Pa, metric: true, publish: {on_change: true, retain: true}}
          gauge: {topic: lab/gauge, parse: json}
          level: {topic: lab/level, parse: number, stale_after: 500ms}
          valve:
            topic: lab/valve
            set_topic: lab/valve/set
            set_retain: true
            schema: {enum: [open, closed, 5]}
          copy: {topic: gf_int_v1/vac/event/GW_1/vacuum, pointer: /body}
          uptime: {topic: $SYS/broker/uptime, parse: {regex: '^(\\d+) seconds', as: number}}
          plain: {value: 1}
          wave: {signal: t, sample: 1h, metric: true}
"""


class Topics(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.bench = self.bus(self.lab)

    def start(self, configuration=CONFIGURATION):
        self.port = free_port()
        # `$SYS` is not the name of a broker.
        self.daemon = self.gateway(configuration.replace("$SYS", "$$SYS"), LAB=self.lab.url, PORT=str(self.port))
        self.desk = self.caller(self.lab, "GW_1")

    def get(self, path):
        return self.desk.get(path, subsystem="vac")

    def put(self, path, body):
        return self.desk.put(path, body, subsystem="vac")

    def tell(self, topic, payload, retain=False):
        """Returns when the gateway has received the message: the message and the request arrive over one
        connection, in order.
        """
        self.bench.publish(topic, payload, qos=1, retain=retain)
        self.bench.fence()
        self.get("plain")

    def test_the_latest_message_is_the_value(self):
        self.bench.publish("lab/level", b"3", qos=1, retain=True)
        self.bench.fence()
        self.start()
        self.assert_code(self.get("gauge"), 503, "no message has come yet on 'lab/gauge'")
        self.assertEqual(self.get("level").body, 3)
        self.assertIsInstance(self.get("uptime").body, int)
        self.tell("lab/gauge", b'{"pressure": 0.25, "on": true}')
        self.assertEqual(self.get("vacuum").body, 0.25)
        self.assertEqual(self.get("gauge").body, {"pressure": 0.25, "on": True})
        self.tell("lab/gauge", b"", retain=True)
        self.assert_code(self.get("vacuum"), 503, "the message of 'lab/gauge' was removed")

    def test_bad_messages_are_a_devices_fault(self):
        self.start()
        for payload, words in ((b"\x1b[2J" + b"x" * 500, "it is not JSON"), (b"\xff", "it is not JSON"),
                               (b'{"p": 1}', "there is nothing at /pressure")):
            with self.subTest(payload=payload):
                self.tell("lab/gauge", payload)
                answer = self.assert_code(self.get("vacuum"), 502, words)
                self.assertLess(len(answer.body), 250)
        self.tell("lab/gauge", b'{"pressure": 1}')
        self.assertEqual(self.get("vacuum").body, 1)
        self.tell("lab/gauge", b" " * 1025)
        self.assertEqual(self.get("vacuum").body, 1)
        self.assert_logged(self.daemon, "a message of 1025B under lab/gauge is larger than `limits.payload`")
        self.assertIn('mqcoap_dropped_messages_total{reason="topic_too_large"} 1\n', self.page())

    def page(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=60) as page:
            return page.read().decode()

    def test_a_change_is_an_event_and_a_metric(self):
        self.start()
        topic = "gf_int_v1/vac/event/GW_1/vacuum"
        self.bench.subscribe(topic)
        gauge = 'mqcoap_resource_value{device="GW_1",path="vacuum",unit="Pa"} '
        self.assertNotIn(gauge, self.page())
        for pressure in (1, 1, 2.5):
            self.tell("lab/gauge", json.dumps({"pressure": pressure}))
        self.assertEqual([json.loads(m.payload)["body"] for m in self.bench.wait_topic(topic, 2)], [1, 2.5])
        self.assertIn(gauge + "2.5\n", self.page())
        self.assertIn('mqcoap_resource_value{device="GW_1",path="wave",unit=""} 0\n', self.page())
        self.bench.fence()
        self.get("plain")  # its own event has reached the gateway by now
        self.assertEqual(self.get("copy").body, 2.5)
        self.tell("lab/gauge", b"off")
        self.assertNotIn(gauge, self.page())
        self.assertEqual(len(self.bench.on_topic(topic)), 2)

    def test_a_put_publishes(self):
        self.start()
        self.bench.subscribe("lab/valve/set")
        self.assert_code(self.put("valve", "open"), 204)
        self.assert_code(self.put("valve", 5), 204)
        self.assert_code(self.put("valve", "ajar"), 400)
        self.assert_code(self.put("level", 5), 405)
        self.assertEqual([m.payload for m in self.bench.wait_topic("lab/valve/set", 2)], [b"open", b"5"])
        late = self.bus(self.lab)
        late.subscribe("lab/valve/set")
        self.assertTrue(late.wait_topic("lab/valve/set")[0].retained)
        self.assert_code(self.get("valve"), 503)
        self.tell("lab/valve", b"open")
        self.assertEqual(self.get("valve").body, "open")

    def test_a_message_becomes_stale(self):
        self.start()
        self.tell("lab/level", b"7")

        def stale():
            answer = self.get("level")
            if answer.code == 205:
                self.assertEqual(answer.body, 7)
            else:
                self.assert_code(answer, 503, "the last message on 'lab/level' came", "and is stale after 500ms")
            return answer.code == 503

        self.wait_until(stale, "the message is stale")

    def test_a_reload_keeps_the_message(self):
        self.start()
        self.tell("lab/gauge", b'{"pressure": 4}')
        self.daemon.reload(CONFIGURATION.replace("$SYS", "$$SYS").replace("/pressure, unit: Pa", "/pressure, expr: x * 2"))
        self.assertEqual(self.get("vacuum").body, 8)
        self.assertEqual(self.get("gauge").body, {"pressure": 4})

    def test_a_reload_to_another_topic_is_a_change(self):
        self.start()
        events = self.bus(self.lab)
        events.subscribe("gf_int_v1/vac/event/GW_1/vacuum")
        self.tell("lab/gauge", '{"pressure": 1}')
        self.tell("lab/level", "2", retain=True)
        events.wait_for(lambda m: json.loads(m.payload)["body"] == 1)
        moved = CONFIGURATION.replace("$SYS", "$$SYS").replace(
            "vacuum: {topic: lab/gauge, pointer: /pressure", "vacuum: {topic: lab/level, parse: number"
        )
        self.daemon.reload(moved)
        events.wait_for(lambda m: json.loads(m.payload)["body"] == 2)

    def test_after_an_outage_the_message_stays(self):
        self.start()
        self.tell("lab/gauge", b'{"pressure": 4}')
        self.lab.restart()
        self.daemon.wait_log("ready:", 2)
        self.desk = self.caller(self.lab, "GW_1")
        self.bench = self.bus(self.lab)
        self.assertEqual(self.get("vacuum").body, 4)
        self.tell("lab/gauge", b'{"pressure": 5}')
        self.assertEqual(self.get("vacuum").body, 5)

    def test_discovery_and_the_command_line_tell_what_publishes(self):
        self.start()
        links = self.desk.get(".well-known/core", accept="application/link-format", subsystem="vac").body
        self.assertIn('</vacuum>;rt="topic";ct=50;methods="GET";unit="Pa";subsystems="vac";events="vac"', links)
        self.assertEqual(links.count("events="), 1)
        tool = self.cli(self.lab)
        rows = [line.split("\t") for line in tool.run("ls", "GW_1/vac").stdout.splitlines()]
        self.assertEqual([row[0] for row in rows if row[6] == "vac"], ["vacuum"])
        self.assertEqual(tool.run("events", "--list", "--quiet", "GW_1").stdout, "GW_1/vac/vacuum\n")
        self.assertEqual(tool.run("events", "--list", "GW_*").returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
