"""The tests for every broker in docs/brokers.md: mqcoapd and mqcoap in typical laboratory use, with
brokers from Debian's archive and npm's registry. They are run by `./dev test --brokers`, and not
by `./dev test`.

MQCOAPD and MQCOAP name the programs. Arguments: names of brokers (the classes here); none: all.
"""

import json
import pathlib
import signal
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

from aedes import Aedes  # noqa: E402
from ejabberd import Ejabberd  # noqa: E402
from harness import IntegrationTest, new_id  # noqa: E402
from harness.device import normal  # noqa: E402
from mosquitto_2_0 import Mosquitto20  # noqa: E402
from mosquitto_2_1 import Mosquitto21  # noqa: E402
from nats_2_10 import Nats210  # noqa: E402
from nats_2_9 import Nats29  # noqa: E402
from rabbitmq import RabbitMq  # noqa: E402

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB, qos: $QOS, protocol: $PROTOCOL$LOGIN}
    devices:
      GW_1:
        presence: true
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT]}
          list: {collection: {max: 10}}
          probe/**: {proxy: FAR_1/axuv}
    proxy:
      forward: GW_1
      routes: [{name: far, match: {tag: FAR_1}, timeout: 20s}]
"""
RELOADED = CONFIGURATION.replace("GW_1:\n        presence", "GW_2:\n        resources: {x: {value: new}}\n      GW_1:\n        presence")
PRESENCE = "gf_int_v1/gateway/system/GW_1/presence"


class Conformance:
    """The tests; each class below is a broker. One server is used for all tests of a class."""

    SERVER = None

    @classmethod
    def setUpClass(cls):
        cls.server = cls.SERVER()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def start(self, qos=0, protocol="auto"):
        self._logs.append((self.server.name, self.server))
        # Uses different client ids: RabbitMQ notices late that a busy connection has been closed, and would
        # then remove the subscriptions of the next client with that id.
        desk = f"desk-{new_id()[:8]}"
        return self.start_gateway(qos, protocol), self.caller(self.server, "GW_1", qos=qos, client_id=desk, **self.login)

    def start_gateway(self, qos=0, protocol="auto"):
        login = ", username: {username}, password: {password}".format(**self.login) if self.login else ""
        return self.gateway(CONFIGURATION, LAB=self.server.url, QOS=qos, PROTOCOL=protocol, LOGIN=login)

    @property
    def login(self):
        known = {"username": self.server.username, "password": self.server.password}
        return known if self.server.username else {}

    def await_state(self, bus, state, count=1):
        return bus.wait_for(lambda m: m.topic == PRESENCE and json.loads(m.payload)["body"]["state"] == state, count)

    def test_plain_requests(self):
        _, caller = self.start()
        self.assertEqual(self.assert_code(caller.get("gains"), 205).body, [0, 1, 2])
        self.assert_code(caller.put("gains", [3]), 204)
        self.assertEqual(self.assert_code(caller.get("gains", subsystem="hv"), 205).body, [3])
        self.assert_code(caller.get("offsets"), 404, "offsets")
        self.assert_code(caller.delete("gains"), 405)
        self.assertEqual(self.assert_code(caller.post("list", {"n": 1}), 201).header["location"], "list/0")
        self.assert_code(caller.delete("list/0"), 202)
        self.assertEqual(self.assert_code(caller.put("gains", "x" * 200_000), 204).body, None)
        self.assertEqual(len(self.assert_code(caller.get("gains"), 205).body), 200_000)

    def test_many_at_once(self):
        _, caller = self.start()
        waiting = [caller.send("GET", "gains") for _ in range(200)]
        for one in waiting:
            self.assert_code(one.answer(), 205)

    def test_the_command_line(self):
        self.start()
        cli = self.cli()
        user = f"{self.server.username.replace('@', '%40')}:{self.server.password}@" if self.login else ""
        cli._broker = ["-L", f"mqtt://{user}127.0.0.1:{self.server.port}"]
        done = cli.run("-o", "raw", "get", "GW_1/axuv/gains")
        self.assertEqual((done.returncode, done.stdout.strip()), (0, "[0,1,2]"), done.stderr)
        self.assertEqual(cli.run("put", "GW_1/axuv/gains", "[7]").returncode, 0)
        self.assertEqual(cli.run("get", "GW_1/axuv/offsets").returncode, 4)
        self.assertIn("gains", cli.run("ls", "GW_1").stdout)
        served = self.running(cli, "serve", "CLI_1", "-r", "x=5")
        served.err.wait("answering for CLI_1")
        done = cli.run("-o", "raw", "get", "CLI_1/axuv/x")
        self.assertEqual((done.returncode, done.stdout.strip()), (0, "5"), done.stderr)

    def test_proxying(self):
        _, caller = self.start()
        device = self.device(self.server, "FAR_1", normal([1, 2]), **self.login)
        self.assertEqual(self.assert_code(caller.get("probe/gains"), 205).body, [1, 2])
        self.assert_code(caller.get("asked", proxy_uri="FAR_1/axuv/gains"), 205)
        self.assert_code(caller.get("FAR_1/axuv/gains", subsystem="proxy"), 205)
        self.assertEqual(len(device.requests), 3)

    def test_quality_of_service_1(self):
        _, caller = self.start(qos=1)
        self.device(self.server, "FAR_1", normal("far"), qos=1, **self.login)
        for number in range(20):
            self.assert_code(caller.put("gains", [number]), 204)
            self.assertEqual(self.assert_code(caller.get("gains"), 205).body, [number])
            self.assertEqual(self.assert_code(caller.get("probe/x"), 205).body, "far")

    def judge_mqtt_3_1_1(self, qos):
        """Also for a broker that supports version 5, which the gateway would choose."""
        gateway, caller = self.start(qos=qos, protocol="3.1.1")
        gateway.wait_log(", MQTT 3.1.1)")
        for number in range(20):
            self.assert_code(caller.put("gains", [number]), 204)
            self.assertEqual(self.assert_code(caller.get("gains"), 205).body, [number])
        self.assert_code(caller.put("gains", "x" * 200_000), 204)
        self.assertEqual(len(self.assert_code(caller.get("gains"), 205).body), 200_000)

    def test_mqtt_3_1_1(self):
        self.judge_mqtt_3_1_1(qos=0)

    def test_mqtt_3_1_1_at_quality_of_service_1(self):
        self.judge_mqtt_3_1_1(qos=1)

    def test_reload(self):
        gateway, caller = self.start()
        self.assert_code(caller.put("gains", [9]), 204)
        gateway.reload(RELOADED)
        self.assertEqual(self.assert_code(caller.get("gains"), 205).body, [9])
        self.assertEqual(self.assert_code(caller.get("x", tag="GW_2"), 205).body, "new")
        gateway.reload(CONFIGURATION)
        self.assert_code(caller.get("gains"), 205)

    def test_restart_of_the_broker(self):
        gateway, caller = self.start()
        self.assert_code(caller.get("gains"), 205)
        caller.close()
        self._cleanups = [c for c in self._cleanups if c[1][:1] != (caller,)]
        self.server.kill()
        self.server.start()
        gateway.wait_log("ready:", 2)
        again = self.caller(self.server, "GW_1", client_id="desk-8", **self.login)
        self.assertEqual(self.assert_code(again.get("gains"), 205).body, [0, 1, 2])

    def test_restart_of_the_gateway(self):
        gateway, caller = self.start()
        gateway.stop()
        self.start_gateway()
        self.assert_code(caller.get("gains"), 205)

    def test_presence(self):
        gateway, _ = self.start()
        bus = self.bus(self.server, **self.login)
        bus.subscribe(PRESENCE)
        # ONLINE arrives, whether it is already retained or not.
        self.await_state(bus, "ONLINE")
        gateway.signal(signal.SIGKILL)
        gateway.wait_exit()
        self.await_state(bus, "OFFLINE")
        later = self.bus(self.server, **self.login)
        later.subscribe(PRESENCE)
        self.assertTrue(self.await_state(later, "OFFLINE")[0].retained)


def made(server):
    return type(server.__name__, (Conformance, IntegrationTest), {"SERVER": server, "__module__": __name__})


BROKERS = [Mosquitto20, Mosquitto21, Aedes, Nats29, Nats210, RabbitMq, Ejabberd]
CLASSES = {server.__name__: made(server) for server in BROKERS}


def load_tests(loader, _tests, _pattern):
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in CLASSES.values())


if __name__ == "__main__":
    globals().update(CLASSES)
    unittest.main(verbosity=2)
