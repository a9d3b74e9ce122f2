"""A connection to a broker that stores received messages, so that a test can wait for them."""

import collections
import threading

import paho.mqtt.client as mqtt

from .paho import new_client
from .protocol import new_id

Message = collections.namedtuple("Message", "topic payload retained")

# Generous: a sanitizer build on a loaded machine is slow. Nothing here measures time.
PATIENCE = 30


class Bus:
    """@param on_message  called with each Message on the connection's thread, before it is stored"""

    def __init__(self, broker, client_id=None, on_message=None, keep=True, username=None, password=None):
        self._news = threading.Condition()
        self._messages = []
        self._confirmed = {}
        self._filters = {}
        self._connected = False
        self._lost = 0
        self._refusal = 0
        self._fence = None
        self._handler = on_message
        self._keep = keep
        self.client_id = client_id or f"test-{new_id()[:8]}"
        self.client = new_client(self.client_id)
        if username:
            self.client.username_pw_set(username, password)
        self.client.max_queued_messages_set(0)
        self.client.max_inflight_messages_set(1000)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", broker.port, keepalive=60)
        self.client.loop_start()
        self._wait(lambda: self._connected or self._refusal, "the broker's CONNACK")
        if self._refusal:
            self.close()
            raise ConnectionRefusedError(mqtt.connack_string(self._refusal))

    def _wait(self, condition, what, timeout=PATIENCE):
        with self._news:
            if not self._news.wait_for(condition, timeout):
                raise TimeoutError(f"{self.client_id} waited for {what} in vain")

    def _on_connect(self, client, _data, _flags, code):
        # Sessions are clean: after a reconnect the broker has no subscriptions.
        for topic, qos in self._filters.items():
            client.subscribe(topic, qos)
        with self._news:
            self._connected, self._refusal = code == 0, code
            self._news.notify_all()

    def _on_disconnect(self, _client, _data, _code):
        with self._news:
            self._connected = False
            self._lost += 1
            self._news.notify_all()

    def _on_subscribe(self, _client, _data, mid, granted):
        with self._news:
            self._confirmed[mid] = granted
            self._news.notify_all()

    def _on_message(self, _client, _data, message):
        got = Message(message.topic, message.payload, bool(message.retain))
        if got.topic == self._fence:
            with self._news:
                self._fence = None
                self._news.notify_all()
            return
        if self._handler:
            self._handler(got)
        if self._keep:
            with self._news:
                self._messages.append(got)
                self._news.notify_all()

    def _wait_on_connection(self, condition, what, lost):
        """Raises ConnectionResetError if the connection is lost first: what was sent on it may be lost."""
        self._wait(lambda: condition() or self._lost != lost or not self._connected, what)
        if not condition():
            raise ConnectionResetError(f"{self.client_id} lost its connection while it waited for {what}")

    def subscribe(self, topic, qos=0):
        """Returns after the broker has confirmed; raises ConnectionResetError if the connection
        is lost first.
        """
        lost = self._lost
        _, mid = self.client.subscribe(topic, qos)
        self._wait_on_connection(lambda: mid in self._confirmed, f"SUBACK of {topic}", lost)
        self._filters[topic] = qos

    def unsubscribe(self, topic):
        self._filters.pop(topic, None)
        self.client.unsubscribe(topic)

    def publish(self, topic, payload, qos=0, retain=False):
        self.client.publish(topic, payload, qos, retain)

    @property
    def outages(self):
        """The number of times that the connection was lost. Messages that others sent in the meantime have
        not arrived here.
        """
        return self._lost

    @property
    def messages(self):
        with self._news:
            return list(self._messages)

    def on_topic(self, topic):
        return [m for m in self.messages if m.topic == topic]

    def wait_for(self, predicate, count=1, timeout=PATIENCE):
        """Returns the first `count` messages that satisfy the predicate."""

        def found():
            return [m for m in self._messages if predicate(m)]

        self._wait(lambda: len(found()) >= count, f"{count} messages, got {len(found())}", timeout)
        with self._news:
            return found()[:count]

    def wait_topic(self, topic, count=1, timeout=PATIENCE):
        return self.wait_for(lambda m: m.topic == topic, count, timeout)

    def fence(self):
        """Returns when everything that the broker accepted before this call has arrived here. Raises
        ConnectionResetError if the connection is lost first.
        """
        topic = f"test/fence/{new_id()}"
        lost = self._lost
        with self._news:
            self._fence = topic
        self.subscribe(topic)
        self.publish(topic, b"")
        self._wait_on_connection(lambda: self._fence is None, "its own fence", lost)
        self.unsubscribe(topic)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()
