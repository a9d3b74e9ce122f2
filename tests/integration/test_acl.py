"""The example configuration of a broker, config/examples/mosquitto.{conf,acl}: what it allows and what it denies."""

import json
import pathlib
import subprocess
import tempfile
import unittest

from harness import Bus, IntegrationTest, new_id, request_payload, request_topic, response_topic, tool
from harness.broker import STARTED, free_port, mosquitto
from harness.bus import PATIENCE
from harness.device import normal
from harness.process import Process

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "config" / "examples"
USERS = ("gateway", "operator", "guest", "monitor", "2D_XX_0_9999", "2D_XX_0_0001")

LAB = """
version: 1
brokers: {lab: {url: $LAB, username: gateway, password: {env: GATEWAY_PASSWORD}}}
devices:
  GW_XX_0_0001:
    resources:
      gains: {value: [0, 1, 2, 3, 4], methods: [GET, PUT]}
      probe/**: {proxy: 2D_XX_0_9999/axuv}
"""


def password(user):
    return f"{user}'s word"


class ShippedBroker:
    """mosquitto with the shipped files, in which only ports and paths are replaced."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-acl-")
        self.folder = pathlib.Path(self._folder.name)
        self._certificate()
        passwords = self.folder / "passwd"
        passwords.touch(mode=0o600)
        for user in USERS:
            subprocess.run(["mosquitto_passwd", "-b", passwords, user, password(user)], check=True)
        for _ in range(20):  # another process may take a free port before the broker does
            self.port, self.tls_port = free_port(), free_port()
            self._write()
            self._process = Process([mosquitto(), "-c", self.folder / "mosquitto.conf"])
            if self._process.wait_line(STARTED):
                return
        raise RuntimeError(f"mosquitto does not start:\n{self.log}")

    @property
    def url(self):
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def log(self):
        return self._process.log

    def _certificate(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-keyout", self.folder / "broker.key", "-out", self.folder / "broker.crt", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost"],
            check=True, capture_output=True)

    def _write(self):
        text = (EXAMPLES / "mosquitto.conf").read_text(encoding="utf-8")
        for shipped, here in (
            ("listener 1883 127.0.0.1", f"listener {self.port} 127.0.0.1"),
            ("listener 8883", f"listener {self.tls_port} 127.0.0.1"),
            ("/etc/mosquitto/certs/broker.crt", self.folder / "broker.crt"),
            ("/etc/mosquitto/certs/broker.key", self.folder / "broker.key"),
            ("password_file /etc/mosquitto/passwd", f"password_file {self.folder / 'passwd'}"),
            ("/etc/mosquitto/mqcoap.acl", EXAMPLES / "mosquitto.acl"),
        ):
            if shipped not in text:
                raise RuntimeError(f"mosquitto.conf has no {shipped!r}")
            text = text.replace(shipped, str(here), 1)
        included = self.folder / "conf.d"
        included.mkdir(exist_ok=True)
        (included / "mqcoap.conf").write_text(text, encoding="utf-8")
        # The options of Debian's own mosquitto.conf: an option in both files would be an error.
        main = ("persistence true", f"persistence_location {self.folder}/", "log_dest stderr", "user root",
                f"include_dir {included}")
        (self.folder / "mosquitto.conf").write_text("\n".join(main) + "\n", encoding="utf-8")

    def wait_log(self, words, timeout=30, count=1):
        return self._process.wait_line(words, timeout, count)

    def stop(self):
        self._process.kill()
        self._folder.cleanup()


class Acl(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.lab = ShippedBroker()
        self._logs.append(("mosquitto", self.lab))
        self.addCleanup(self.lab.stop)

    def user(self, name, client_id=None):
        return self.bus(self.lab, username=name, password=password(name), client_id=client_id)

    def passes(self, sender, topic, receiver):
        """Returns true if a message is delivered."""
        writer, reader = self.user(sender), self.user(receiver)
        reader.subscribe(topic)
        # The broker delivers a message before it confirms it, and it also confirms denied messages.
        writer.client.publish(topic, b"{}", qos=1).wait_for_publish(PATIENCE)
        # Messages for the reader arrive before this confirmation.
        reader.subscribe("fence")
        return bool(reader.on_topic(topic))

    def assert_passes(self, sender, topic, receiver):
        self.assertTrue(self.passes(sender, topic, receiver), f"{sender} -> {receiver}: {topic}")

    def assert_denied(self, sender, topic, receiver):
        self.assertFalse(self.passes(sender, topic, receiver), f"{sender} -> {receiver}: {topic}")

    # ---- logging in ---------------------------------------------------------------------------------------

    def test_nobody_comes_in_without_a_name_and_its_password(self):
        for credentials in ({}, {"username": "gateway", "password": "guessed"}, {"username": "nobody", "password": "x"}):
            with self.subTest(credentials=credentials), self.assertRaises(ConnectionRefusedError):
                Bus(self.lab, **credentials)

    # ---- allowed -------------------------------------------------------------------------------------------

    def start_lab(self):
        self.device(self.lab, "2D_XX_0_9999", username="2D_XX_0_9999", password=password("2D_XX_0_9999"))
        self.gateway(LAB, LAB=self.lab.url, environment={"GATEWAY_PASSWORD": password("gateway")})

    def caller_of(self, user):
        return self.caller(self.lab, "GW_XX_0_0001", client_id=f"{user}-desk", username=user, password=password(user))

    def test_callers_ask_the_gateway_and_it_asks_the_device(self):
        self.start_lab()

        for user in ("operator", "guest"):
            with self.subTest(user=user):
                caller = self.caller_of(user)
                self.assert_code(caller.get("gains"), 205)
                self.assert_code(caller.get("probe/gains"), 205)

    def test_tls_for_clients_from_elsewhere(self):
        self.start_lab()
        done = subprocess.run(
            [tool.program(), "-L", f"mqtts://operator@localhost:{self.lab.tls_port}", "--cafile",
             self.lab.folder / "broker.crt", "get", "GW_XX_0_0001/axuv/gains"],
            env=tool.environment(MQCOAP_PASSWORD=password("operator")), capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, "[0,1,2,3,4]\n"), done.stderr)

    def doctor(self, user, *arguments):
        done = tool.run("-L", f"mqtt://{user}@127.0.0.1:{self.lab.port}", "doctor", "-o", "json", *arguments,
                        MQCOAP_PASSWORD=password(user))
        return done, {c["check"]: c for c in map(json.loads, done.stdout.splitlines())}

    def test_doctor_finds_nothing_wrong_for_users_with_the_rights_that_it_needs(self):
        self.device(self.lab, "2D_XX_0_9999", normal([]), username="2D_XX_0_9999", password=password("2D_XX_0_9999"))
        self.gateway(LAB, LAB=self.lab.url, environment={"GATEWAY_PASSWORD": password("gateway")})
        for user, *tag in (("operator",), ("operator", "2D_XX_0_9999"), ("gateway",), ("guest", "GW_XX_0_0001")):
            with self.subTest(user=user, tag=tag):
                done, checks = self.doctor(user, *tag)
                self.assertEqual(done.returncode, 0, done.stdout)
                for check in checks.values():
                    if check["check"] != "round trip":  # a busy machine is slow
                        self.assertEqual(check["result"], "ok", check)

    def test_doctor_names_the_line_that_is_missing_and_never_opens_everything(self):
        for user, *arguments, line in (("monitor", "topic write gf_int_v1/+/request/+/+"),
                                       ("guest", "2D_XX_0_9999", "topic write gf_int_v1/+/request/2D_XX_0_9999/+")):
            with self.subTest(user=user):
                done, _ = self.doctor(user, *arguments)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(line, done.stdout)
                self.assertNotIn("readwrite", done.stdout)
                self.assertNotIn("gf_int_v1/#", done.stdout)

    def test_a_denied_request_is_reported_as_denied(self):
        done = tool.run("-L", f"mqtt://guest@127.0.0.1:{self.lab.port}", "-q", "1", "put", "2D_XX_0_9999/axuv/gains", "1",
                        MQCOAP_PASSWORD=password("guest"))
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("topic write gf_int_v1/+/request/2D_XX_0_9999/+", done.stderr)
        self.assertNotIn("may have been run", done.stderr)

    def test_a_device_hears_requests_to_itself_and_answers_them(self):
        self.assert_passes("operator", request_topic("2D_XX_0_9999", "axuv", new_id()), "2D_XX_0_9999")
        self.assert_passes("2D_XX_0_9999", response_topic("2D_XX_0_9999", "axuv", new_id()), "operator")
        self.assert_passes("2D_XX_0_9999", "gf_int_v1/axuv/event/2D_XX_0_9999/shot", "operator")
        self.assert_passes("2D_XX_0_9999", "gf_int_v1/gateway/system/2D_XX_0_9999/presence", "operator")

    def test_a_monitor_sees_everything(self):
        self.assert_passes("operator", request_topic("2D_XX_0_9999", "axuv", new_id()), "monitor")
        self.assert_passes("gateway", response_topic("2D_XX_0_9999", "axuv", new_id()), "monitor")

    # ---- denied --------------------------------------------------------------------------------------------

    def test_a_device_does_not_hear_what_is_for_another(self):
        self.assert_denied("operator", request_topic("2D_XX_0_0001", "axuv", new_id()), "2D_XX_0_9999")
        self.assert_denied("2D_XX_0_0001", response_topic("2D_XX_0_0001", "axuv", new_id()), "2D_XX_0_9999")

    def test_nobody_but_device_and_gateway_answers_for_a_tag(self):
        for impostor in ("2D_XX_0_0001", "operator", "guest", "monitor"):
            with self.subTest(impostor=impostor):
                self.assert_denied(impostor, response_topic("2D_XX_0_9999", "axuv", new_id()), "operator")

    def test_nobody_else_tells_a_device_s_presence_or_events(self):
        for topic in ("gf_int_v1/gateway/system/2D_XX_0_9999/presence", "gf_int_v1/axuv/event/2D_XX_0_9999/shot"):
            for impostor in ("2D_XX_0_0001", "operator", "guest"):
                with self.subTest(topic=topic, impostor=impostor):
                    self.assert_denied(impostor, topic, "monitor")

    def test_a_device_asks_nobody(self):
        self.assert_denied("2D_XX_0_9999", request_topic("2D_XX_0_0001", "axuv", new_id()), "monitor")

    def test_a_guest_asks_the_gateway_only(self):
        self.assert_denied("guest", request_topic("2D_XX_0_9999", "axuv", new_id()), "monitor")
        self.assert_denied("gateway", response_topic("2D_XX_0_9999", "axuv", new_id()), "guest")

    def test_callers_do_not_hear_requests_and_their_tokens(self):
        self.assert_denied("gateway", request_topic("GW_XX_0_0001", "axuv", new_id()), "guest")
        self.assert_denied("gateway", request_topic("GW_XX_0_0001", "axuv", new_id()), "operator")

    def test_a_monitor_says_nothing(self):
        self.assert_denied("monitor", request_topic("GW_XX_0_0001", "axuv", new_id()), "gateway")

    def test_outside_of_the_namespace_there_is_nothing(self):
        self.assert_denied("operator", "other_v1/axuv/request/GW_XX_0_0001/" + new_id(), "monitor")

    def test_a_message_over_the_limit_ends_its_sender_s_connection(self):
        caller = self.user("operator")
        caller.client.reconnect_delay_set(30, 60)
        id_ = new_id()
        caller.publish(request_topic("GW_XX_0_0001", "axuv", id_),
                       request_payload("PUT", "gains", "x" * 600_000, request_id=id_), qos=0)
        self.assertTrue(self.lab.wait_log("oversize packet"), self.lab.log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
