"""A broker that treats some packets in a special way: an MQTT proxy in front of a real broker."""

import contextlib
import socket
import threading

from .listener import Listener
from .packets import CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, packet, read_packets, text


class Detour(Listener):
    """@param dots  "slash": treats a dot in a topic as a '/', as RabbitMQ does; "close": closes a
    connection that publishes to such a topic, as NATS 2.9 does
    @param denies  denies subscriptions to filters that contain this text
    """

    def __init__(self, broker, dots=None, denies=None):
        self._broker = broker
        self._dots = dots
        self._denies = denies and denies.encode()
        super().__init__(self._pass_on)

    def _pass_on(self, client):
        broker = self.keep(socket.create_connection(("127.0.0.1", self._broker.port)))
        for each in (client, broker):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        way = _Way(client, broker, self._dots, self._denies)
        threading.Thread(target=self._run_one_way, args=(way.back, client, broker), daemon=True).start()
        self._run_one_way(way.forth, client, broker)

    def _run_one_way(self, run, client, broker):
        with contextlib.suppress(OSError):
            run()
        self.end(client)
        self.end(broker)


class _Way:
    """One connection."""

    def __init__(self, client, broker, dots, denies):
        self._client = client
        self._broker = broker
        self._dots = dots
        self._denies = denies
        self._v5 = False
        self._answering = threading.Lock()

    def forth(self):
        with self._client.makefile("rb") as stream:
            for first, body in read_packets(stream):
                kind = first >> 4
                if kind == CONNECT:
                    self._v5 = body[6] == 5
                topics = list(self._topics(kind, body))
                if self._dots == "close" and kind == PUBLISH and b"." in body[slice(*topics[0])]:
                    return
                if self._denies and kind == SUBSCRIBE and any(self._denies in body[slice(*each)] for each in topics):
                    self._deny(body[:2], len(topics))
                    continue
                if self._dots == "slash":
                    for begin, end in topics:
                        body = body[:begin] + body[begin:end].replace(b".", b"/") + body[end:]
                self._broker.sendall(packet(first, body))

    def back(self):
        with self._broker.makefile("rb") as stream:
            for first, body in read_packets(stream):
                with self._answering:
                    self._client.sendall(packet(first, body))

    def _topics(self, kind, body):
        """Yields the positions of the topics."""
        if kind == PUBLISH:
            yield 2, text(body, 0)[1]
        if kind not in (SUBSCRIBE, UNSUBSCRIBE):
            return
        at = 3 + body[2] if self._v5 else 2  # after the properties
        while at < len(body):
            end = text(body, at)[1]
            yield at + 2, end
            at = end + (1 if kind == SUBSCRIBE else 0)

    def _deny(self, packet_id, count):
        reasons = (b"\x87" if self._v5 else b"\x80") * count
        with self._answering:
            self._client.sendall(packet(0x90, packet_id + (b"\0" if self._v5 else b"") + reasons))
