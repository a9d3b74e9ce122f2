"""Brokers with TLS, and the ways in which that fails: each is one log line that states what to do."""

import contextlib
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
import unittest
import warnings

from harness import Authority, Broker, IntegrationTest, new_id, request_payload, request_topic, response_topic

CONFIGURATION = """
    version: 1
    logging: {level: debug}
    brokers:
      lab: {url: "$URL", client_id: gateway-1, protocol: 5, tls: {$TLS}}
    devices:
      GW_1:
        subsystems: [axuv]
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT]}
"""
AWAY = "broker lab is not connected: "
TRYING = "broker lab: trying "


class OldServer:
    """A server that speaks TLS 1.1 and nothing newer."""

    def __init__(self, port, identity):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._context.minimum_version = ssl.TLSVersion.TLSv1
            self._context.maximum_version = ssl.TLSVersion.TLSv1_1
        self._context.set_ciphers("ALL:@SECLEVEL=0")
        self._context.load_cert_chain(identity.cert, identity.key)
        self._listener = socket.create_server(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:  # closed
                return
            try:
                self._context.wrap_socket(peer, server_side=True).close()
            except OSError:  # refused, as intended
                peer.close()

    def close(self):
        # Closing alone would not wake the thread.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


class TlsTest(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.authority = Authority()
        self.addCleanup(self.authority.close)

    def settings(self, identity, *more):
        return [f"cafile {self.authority.file}", f"certfile {identity.cert}", f"keyfile {identity.key}", *more]

    def good_settings(self):
        return self.settings(self.authority.issue("DNS:localhost,IP:127.0.0.1"))

    def start(self, broker, tls=None, host="127.0.0.1", ready=True):
        self.began = time.monotonic()
        tls = tls if tls is not None else f"ca: {self.authority.file}"
        return self.gateway(CONFIGURATION, URL=f"mqtts://{host}:{broker.port}", TLS=tls, ready=ready)


class Good(TlsTest):
    def foreign(self, program, broker, own, *arguments):
        """Runs one of mosquitto's programs with a certificate."""
        tls = ["--cafile", self.authority.file, "--cert", own.cert, "--key", own.key]
        where = ["-h", "localhost", "-p", str(broker.port), *tls]
        done = subprocess.run(
            [program, *where, *map(str, arguments)], check=True, capture_output=True, timeout=60, text=True
        )
        return done.stdout

    def test_requests_are_answered_with_certificates_on_both_sides(self):
        server = self.authority.issue("DNS:localhost")
        broker = self.broker(witness=False, settings=self.settings(server, "require_certificate true"))
        own = self.authority.issue("DNS:gateway")
        tls = f"ca: {self.authority.file}, cert: {own.cert}, key: {own.key}"
        gateway = self.start(broker, tls, host="localhost")
        gateway.wait_log("connected to broker lab (localhost:")

        desk = self.authority.issue("DNS:desk")
        put = new_id()
        payload = request_payload("PUT", "gains", [7], put, source="mosquitto")
        self.foreign(
            "mosquitto_pub", broker, desk, "-q", 1, "-t", request_topic("GW_1", "axuv", put), "-m", payload
        )
        gateway.wait_log("PUT GW_1/axuv/gains")
        get = new_id()
        ask = ["-t", request_topic("GW_1", "axuv", get), "-e", response_topic("GW_1", "axuv", get), "-W", 30]
        payload = request_payload("GET", "gains", None, get, source="mosquitto")
        answer = json.loads(self.foreign("mosquitto_rr", broker, desk, *ask, "-m", payload))
        self.assertEqual(answer["header"]["response_code"], 205)
        self.assertEqual(answer["body"], [7])


class Causes(TlsTest):
    def test_the_next_cause_of_an_outage_is_reported_too_and_is_the_one_that_is_shown(self):
        home = self.broker()
        broker = self.broker(witness=False, users={"gateway": "secret"}, settings=self.good_settings())
        other = Authority("another")
        self.addCleanup(other.close)
        trusted = pathlib.Path(other.file).with_name("trusted.pem")
        shutil.copy(other.file, trusted)
        gateway = self.gateway(
            CONFIGURATION.replace("brokers:", "brokers:\n      home: {url: $HOME}"),
            HOME=home.url,
            URL=f"mqtts://127.0.0.1:{broker.port}",
            TLS=f"ca: {trusted}",
        )
        desk = self.caller(home, "GW_1")

        def why():
            return desk.get(".gw/brokers").body["brokers"][1]["why"]

        first, second = "is not signed by a trusted authority", "check username and password"
        gateway.wait_log(AWAY)
        self.assertIn(first, why())
        shutil.copy(self.authority.file, trusted)
        gateway.wait_log(AWAY, count=2)
        self.assertIn(second, why())
        gateway.wait_log(TRYING, count=gateway.log.count(TRYING) + 2)
        told = [line for line in gateway.log.splitlines() if AWAY in line]
        self.assertEqual(len(told), 2, told)
        self.assertIn(first, told[0])
        self.assertIn(second, told[1])


class Traps(TlsTest):
    def judge(self, gateway, words, told=1):
        """Checks, after three attempts, that these words are in one log line, and that there were pauses
        between the attempts.
        """
        gateway.wait_log(words)
        gateway.wait_log(TRYING, count=3)
        tries = gateway.log.count(TRYING)
        passed = time.monotonic() - self.began
        self.assertLessEqual(tries, 2 * passed + 2, "it does not pause between its tries")
        lines = [line for line in gateway.log.splitlines() if AWAY in line]
        self.assertLessEqual(len(lines), told, lines)
        self.assertIn(words, lines[-1])
        self.assertTrue(gateway.running)

    def trap(self, words, settings, tls=None, told=1):
        """Starts a broker that is misconfigured, and then corrects its configuration."""
        broker = self.broker(witness=False, settings=settings)
        gateway = self.start(broker, tls, ready=False)
        self.judge(gateway, words, told)
        broker.reconfigure(self.good_settings())
        gateway.wait_ready()
        gateway.wait_log("connected to broker lab")

    def test_refused_while_connecting(self):
        broker = Broker(settings=self.good_settings())
        self.addCleanup(broker.stop)
        broker.kill()
        gateway = self.start(broker, ready=False)
        self.judge(gateway, "Connection refused: no broker listens there")
        broker.restart()
        gateway.wait_ready()

    def test_a_handshake_that_stalls(self):
        broker = self.broker(witness=False, settings=self.good_settings())
        broker.stall()
        try:
            gateway = self.start(broker, ready=False)
            gateway.wait_log(AWAY + "the TLS handshake did not end within 10s: is TLS spoken on this port?")
            self.assertEqual(gateway.log.count(AWAY), 1)
        finally:
            broker.resume()
        gateway.wait_ready()

    def test_an_expired_certificate(self):
        expired = self.authority.issue_expired("IP:127.0.0.1")
        self.trap("and must be renewed", self.settings(expired))

    def test_a_certificate_for_another_host(self):
        other = self.authority.issue("DNS:broker.example")
        words = "the broker's certificate is for broker.example, not for 127.0.0.1: use one of its names"
        self.trap(words, self.settings(other))

    def test_an_unknown_authority(self):
        foreign = Authority("another authority")
        self.addCleanup(foreign.close)
        unknown = foreign.issue("IP:127.0.0.1")
        self.trap("not signed by a trusted authority", self.settings(unknown))

    def test_a_broker_with_old_versions_only(self):
        broker = self.broker(witness=False, settings=self.good_settings())
        broker.kill()
        # mosquitto's tls_version is the oldest version that it accepts, not the newest.
        old = OldServer(broker.port, self.authority.issue("IP:127.0.0.1"))
        self.addCleanup(old.close)
        gateway = self.start(broker, ready=False)
        self.judge(gateway, "does not offer TLS 1.2 or newer")
        old.close()
        broker.restart()
        gateway.wait_ready()

    def test_a_certificate_is_demanded_and_not_given(self):
        server = self.authority.issue("IP:127.0.0.1")
        # The reason of a broker that resets the connection immediately may only be known after the second
        # attempt; then it is logged again.
        self.trap("client certificate", self.settings(server, "require_certificate true"), told=2)

    def test_a_certificate_that_the_broker_does_not_accept(self):
        foreign = Authority("another authority")
        self.addCleanup(foreign.close)
        own = foreign.issue("DNS:gateway")
        server = self.authority.issue("IP:127.0.0.1")
        tls = f"ca: {self.authority.file}, cert: {own.cert}, key: {own.key}"
        words = "the broker does not accept the client certificate"
        self.trap(words, self.settings(server, "require_certificate true"), tls, told=2)

    def test_a_port_without_tls(self):
        self.trap("is TLS spoken on this port?", [])

    def test_a_port_with_tls_and_a_url_without(self):
        broker = self.broker(witness=False, settings=self.good_settings())
        configuration = CONFIGURATION.replace(", tls: {$TLS}", "")
        self.began = time.monotonic()
        gateway = self.gateway(configuration, URL=f"mqtt://127.0.0.1:{broker.port}", ready=False)
        self.judge(gateway, "does it want TLS on this port?")


if __name__ == "__main__":
    unittest.main(verbosity=2)
