"""Resource values published as events, over a real broker."""

import json
import pathlib
import tempfile
import unittest

from harness import IntegrationTest

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
    devices:
      GW_1:
        subsystems: [axuv]
        resources:
          temperature: {file: $FOLDER/temp, parse: number, publish: {every: 50ms, change: 0.5}}
          level: {value: 1, methods: [GET, PUT], publish: {on_change: true, retain: true}}
      GW_2:
        resources:
          wave: {signal: 1 + 0*t, publish: {every: 50ms}}
"""


class Events(IntegrationTest):
    SERVED = ("GW_1", "GW_2")

    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.write("20")
        self.lab = self.broker()
        self.events = self.bus(self.lab)
        self.events.subscribe("gf_int_v1/+/event/#")
        self.gateway(CONFIGURATION, LAB=self.lab.url, FOLDER=str(self.folder))
        self.desk = self.caller(self.lab, "GW_1")

    def write(self, text):
        new = self.folder / "new"
        new.write_text(text)
        new.rename(self.folder / "temp")

    def bodies(self, topic, count):
        return [json.loads(m.payload)["body"] for m in self.events.wait_topic(topic, count)]

    def test_a_reading_is_published_when_it_has_moved(self):
        topic = "gf_int_v1/axuv/event/GW_1/temperature"
        self.assertEqual(self.bodies(topic, 1), [20])
        self.write("20.25")
        self.write("21")
        self.assertEqual(self.bodies(topic, 2)[1], 21)

    def test_a_change_is_published_and_retained(self):
        topic = "gf_int_v1/axuv/event/GW_1/level"
        self.assertEqual(self.bodies(topic, 1), [1])
        self.assert_code(self.desk.put("level", 2), 204)
        self.assertEqual(self.bodies(topic, 2), [1, 2])
        late = self.bus(self.lab)
        late.subscribe(topic)
        kept = late.wait_topic(topic)[0]
        self.assertTrue(kept.retained)
        self.assertEqual(json.loads(kept.payload)["body"], 2)

    def test_a_device_without_subsystems_tells_under_events(self):
        self.assertEqual(self.bodies("gf_int_v1/events/event/GW_2/wave", 2), [1, 1])

    def test_what_cannot_be_read_tells_nothing_and_spoils_nothing(self):
        topic = "gf_int_v1/axuv/event/GW_1/temperature"
        self.bodies(topic, 1)
        self.write("off")
        self.bodies("gf_int_v1/events/event/GW_2/wave", 10)
        self.write("30")
        self.assertEqual(self.bodies(topic, 2), [20, 30])


if __name__ == "__main__":
    unittest.main(verbosity=2)
