"""Why a broker closes connections, or accepts messages and does nothing: brokers that do not
report the reason.
"""

import os
import shutil
import struct
import tempfile
import threading
import unittest

from harness import Authority, IntegrationTest, new_id, request_payload, request_topic
from harness.device import normal
from harness.listener import Listener
from harness.packets import CONNECT, PINGREQ, PUBLISH, SUBSCRIBE, packet, read_packets, text

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB, client_id: gateway-1, $LAB_MORE}
      site: {url: $SITE, client_id: gateway-2, $SITE_MORE}
    devices:
      GW_1:
        subsystems: [axuv]
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT]}
    proxy:
      forward: GW_1
      routes:
        - {name: site, match: {tag: "SITE_*"}, to: {broker: site}}
        - {name: lab, match: {tag: "LAB_*"}}
"""


class PingsOnly(Listener):
    """A broker for MQTT 3.1.1 that confirms subscriptions and answers pings, but acknowledges no
    message. It serves only the client with the given id, because devices announce their presence over
    separate connections.
    """

    def __init__(self, client_id):
        self.connects = 0
        self.published = threading.Event()
        self._client_id = client_id.encode()
        self._client = None
        super().__init__(self._serve_client)

    def _serve_client(self, peer):
        with peer.makefile("rb") as stream:
            for first, body in read_packets(stream):
                self._answer(peer, first >> 4, body)

    def _answer(self, peer, kind, body):
        if kind == CONNECT:
            # The client id follows the protocol name and level, the flags and the keepalive.
            if text(body, 10)[0] == self._client_id:
                self.connects += 1
                self._client = peer
            peer.sendall(b"\x20\x02\x00\x00")
        elif kind == SUBSCRIBE:
            filters, at = 0, 2
            while at < len(body):
                at = text(body, at)[1] + 1
                filters += 1
            peer.sendall(bytes([0x90, 2 + filters]) + body[:2] + b"\x01" * filters)
        elif kind == PINGREQ:
            peer.sendall(b"\xd0\x00")
        elif kind == PUBLISH and peer is self._client:
            self.published.set()

    def publish(self, topic, payload):
        name = topic.encode()
        self._client.sendall(packet(0x30, struct.pack(">H", len(name)) + name + payload.encode()))


class Causes(IntegrationTest):
    SERVED = ("GW_1",)

    def start(self, lab, site, lab_more="protocol: auto", site_more="protocol: auto", **how):
        return self.gateway(
            CONFIGURATION, LAB=lab.url, SITE=site.url, LAB_MORE=lab_more, SITE_MORE=site_more, **how
        )

    def test_a_broker_that_acknowledges_nothing_is_given_up_after_two_keepalives(self):
        lab, site = PingsOnly("gateway-1"), self.broker(witness=False)
        self.addCleanup(lab.close)
        gateway = self.start(lab, site, "protocol: 3.1.1, qos: 1, keepalive: 5s")
        request_id = new_id()
        lab.publish(request_topic("GW_1", "axuv", request_id), request_payload("GET", "gains", request_id=request_id))
        self.assertTrue(lab.published.wait(30), "the answer")
        gateway.wait_log("broker lab is not connected: the broker answers, but has acknowledged nothing (PUBACK) since ")
        gateway.wait_log("connected to broker lab", 2)
        self.assertEqual(lab.connects, 2)

    def test_a_size_at_which_the_broker_hangs_up_is_said_and_then_refused(self):
        lab = self.broker(witness=False)
        site = self.broker(witness=False, settings=["max_packet_size 3000"])
        gateway = self.start(lab, site, site_more="protocol: 3.1.1")
        desk = self.caller(lab, "GW_1")
        device = self.device(site, "SITE_1")

        def put(size):
            return desk.put("gains", "x" * size, proxy_uri="SITE_1/axuv/gains", timeout_ms=20000)

        for count, words in enumerate(["does it accept packets of this size", "for the second time"], start=1):
            self.assert_code(put(5000), 504)
            gateway.wait_log("within a second of the largest packet so far, of 5")
            gateway.wait_log(words)
            gateway.wait_log("connected to broker site", count + 1)
        self.assert_code(put(5000), 413, "twice closed the connection", "max_packet_size")
        self.assert_code(put(50), 205)
        self.assertEqual(len(device.requests), 1)
        self.assert_logged(gateway, "connected to broker site", 3)

    def test_max_packet_is_kept_to_from_the_first_message_on(self):
        lab, site = self.broker(witness=False), self.broker(witness=False)
        self.start(lab, site, "protocol: 3.1.1, max_packet: 3000B", "max_packet: 2KiB")
        desk = self.caller(lab, "GW_1")
        self.device(site, "SITE_1", normal("x" * 2900))
        self.assert_code(desk.get("gains", proxy_uri="SITE_1/axuv/gains"), 500, "`max_packet` here is 3000 bytes")
        put = desk.put("gains", "x" * 2000, proxy_uri="SITE_1/axuv/gains")
        self.assert_code(put, 413, "`max_packet` here is 2048 bytes")
        self.assert_code(desk.get("gains"), 205)

    def test_a_client_with_the_same_id_is_asked_about(self):
        lab, site = self.broker(witness=False), self.broker(witness=False)
        gateway = self.start(lab, site, "protocol: 3.1.1")
        words = "does another client use the id 'gateway-1'?"
        for count in range(1, 20):  # on a busy machine a connection may last longer than two seconds
            gateway.wait_log("connected to broker lab", count)
            self.bus(lab, client_id="gateway-1").close()
            gateway.wait_log("broker lab is not connected", count)
            if words in gateway.log:
                return
        self.fail("nobody asks")

    def test_the_systems_authorities_count_again_when_they_change(self):
        authority, other = Authority(), Authority("another authority")
        for each in (authority, other):
            self.addCleanup(each.close)
        server = authority.issue("IP:127.0.0.1")
        settings = [f"cafile {authority.file}", f"certfile {server.cert}", f"keyfile {server.key}"]
        lab, site = self.broker(witness=False, settings=settings), self.broker(witness=False)
        folder = tempfile.mkdtemp(prefix="mqcoap-authorities-")
        self.addCleanup(shutil.rmtree, folder)
        bundle = os.path.join(folder, "bundle.pem")
        shutil.copy(other.file, bundle)
        configuration = CONFIGURATION.replace("$LAB,", f"mqtts://127.0.0.1:{lab.port},")
        gateway = self.gateway(
            configuration,
            LAB_MORE="protocol: auto",
            SITE=site.url,
            SITE_MORE="protocol: auto",
            ready=False,
            environment={"SSL_CERT_FILE": bundle, "SSL_CERT_DIR": folder},
        )
        gateway.wait_log("not signed by a trusted authority")
        shutil.copy(authority.file, bundle + ".new")
        os.rename(bundle + ".new", bundle)
        gateway.wait_ready()


if __name__ == "__main__":
    unittest.main(verbosity=2)
