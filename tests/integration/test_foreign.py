"""Foreign clients: mosquitto's own command line programs, as used at a terminal."""

import json
import subprocess
import unittest

from harness import IntegrationTest, new_id, request_payload, request_topic, response_topic
from harness.caller import check

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
    devices:
      GW_1:
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT]}
"""


class Mosquitto(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.gateway(CONFIGURATION, LAB=self.lab.url)
        self.request_id = new_id()
        self.asked = request_topic("GW_1", "axuv", self.request_id)
        self.answered = response_topic("GW_1", "axuv", self.request_id)

    def mosquitto(self, program, *arguments):
        return [program, "-h", "127.0.0.1", "-p", str(self.lab.port), *arguments]

    def publish(self, payload, *how):
        subprocess.run(self.mosquitto("mosquitto_pub", "-t", self.asked, "-m", payload, *how), check=True, timeout=30)

    def listen(self, *how):
        listening = subprocess.Popen(
            self.mosquitto("mosquitto_sub", "-t", self.answered, "-C", "1", "-N", *how), stdout=subprocess.PIPE
        )
        self.addCleanup(listening.stdout.close)
        self.addCleanup(listening.kill)
        self.lab.wait_log(f" {self.answered}")
        return listening

    def test_a_request_by_mosquitto_pub_is_answered_to_mosquitto_sub(self):
        listening = self.listen()
        self.publish(request_payload("GET", "gains", request_id=self.request_id))
        out, _ = listening.communicate(timeout=30)
        self.assertEqual(check(out, self.request_id, "gains").body, [0, 1, 2])

    def test_mqtt_5_and_quality_of_service_1_make_no_difference(self):
        listening = self.listen("-V", "5", "-q", "1")
        self.publish(request_payload("PUT", "gains", [7], request_id=self.request_id), "-V", "5", "-q", "1")
        out, _ = listening.communicate(timeout=30)
        self.assertEqual(check(out, self.request_id, "gains").code, 204)

    def test_the_smallest_request_by_mosquitto_rr(self):
        payload = {"header": {"method": "GET", "path": "gains", "request_id": self.request_id}, "timestamp": 0}
        command = self.mosquitto(
            "mosquitto_rr", "-t", self.asked, "-e", self.answered, "-m", json.dumps(payload), "-N", "-W", "30"
        )
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60)
        self.assertEqual(check(done.stdout, self.request_id, "gains").body, [0, 1, 2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
