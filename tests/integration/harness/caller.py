"""A caller that behaves like the deployed Python library, and is stricter about the answers."""

import json
import re
import threading
from dataclasses import dataclass

from .bus import PATIENCE, Bus
from .protocol import CODES, NAMESPACE, new_id, request_payload, request_topic, response_topic


class Unusable(AssertionError):
    """An answer that would have terminated the deployed library's message loop (docs/protocol.md, "What
    must never reach a deployed Python peer").
    """


@dataclass(frozen=True)
class Answer:
    code: int
    body: object
    header: dict
    raw: bytes


def check(payload, request_id, path=None, correlation_id=None):
    """Returns the answer if every deployed peer can accept it. `path` None: any string."""

    def demand(condition, words):
        if not condition:
            raise Unusable(f"{words}: {payload[:400]!r}")

    def refuse_constant(name):
        raise Unusable(f"{name} is not JSON: {payload[:400]!r}")

    try:
        answer = json.loads(payload.decode("utf-8"), parse_constant=refuse_constant)
    except (UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise Unusable(f"{fault}: {payload[:400]!r}") from None
    demand(isinstance(answer, dict), "not an object")
    header = answer.get("header")
    demand(isinstance(header, dict), "no header object")
    code = header.get("response_code")
    demand(type(code) is int and code in CODES, "a code outside the table")
    demand("method" not in header, "a method in a response")
    demand("token" not in header, "a token in a response")
    demand(header.get("request_id") == request_id, f"not the request id {request_id}")
    demand(isinstance(header.get("path"), str), "no path")
    demand(path is None or header["path"] == path, f"not the path {path!r}")
    demand("correlation_id" in header and header["correlation_id"] == correlation_id, "not the correlation id")
    demand("body" in answer, "no body")
    demand(isinstance(answer.get("timestamp"), str) and re.fullmatch(r"\d+", answer["timestamp"]), "no timestamp")
    if code >= 400:
        demand(answer["body"] not in (None, "", [], {}), "an error without words")
    if code in (202, 203, 204):
        demand(answer["body"] is None, "a body where there is no content")
    return Answer(code, answer["body"], header, payload)


class Pending:
    """A pending request."""

    def __init__(self, caller, topic, request_id, path, correlation_id):
        self._caller = caller
        self._topic = topic
        self._expected = (request_id, path, correlation_id)
        self.arrived = threading.Event()
        self.payload = None
        self.copies = 0

    def answer(self, timeout=PATIENCE):
        if not self.arrived.wait(timeout):
            raise TimeoutError(f"no answer on {self._topic}")
        self._caller.forget(self._topic)
        return check(self.payload, *self._expected)

    def unanswered(self):
        """Returns true if no answer has arrived; drops the request."""
        self._caller.forget(self._topic)
        return not self.arrived.is_set()


class PythonCaller:
    """Subscribes to the exact response topic of each request, publishes, waits and unsubscribes."""

    def __init__(self, broker, tag, subsystem="axuv", client_id="desk-7", namespace=NAMESPACE, qos=0, **credentials):
        self.tag, self.subsystem, self.namespace = tag, subsystem, namespace
        self._qos = qos
        self._lock = threading.Lock()
        self._pending = {}
        self._answered = set()
        self.duplicates = 0
        self.bus = Bus(broker, client_id, self._on_message, keep=False, **credentials)

    def _on_message(self, message):
        with self._lock:
            waiting = self._pending.get(message.topic)
            if message.topic in self._answered:
                self.duplicates += 1
            if waiting is None or waiting.arrived.is_set():
                return
            self._answered.add(message.topic)
            waiting.payload = message.payload
            waiting.arrived.set()

    def send_raw(self, payload, request_id=None, tag=None, subsystem=None, path=None, correlation_id=None, retain=False):
        """Sends arbitrary bytes on the topic of a request with this id."""
        request_id = request_id or new_id()
        tag, subsystem = tag or self.tag, subsystem or self.subsystem
        topic = response_topic(tag, subsystem, request_id, self.namespace)
        waiting = Pending(self, topic, request_id, path, correlation_id)
        with self._lock:
            self._pending[topic] = waiting
            # A test may reuse an id on purpose; the second answer is then not a duplicate.
            self._answered.discard(topic)
        # The broker handles the packets of a client in order, so waiting for the SUBACK is unnecessary.
        self.bus.client.subscribe(topic, self._qos)
        self.bus.publish(request_topic(tag, subsystem, request_id, self.namespace), payload, self._qos, retain)
        return waiting

    def send(self, method, path, body=None, *, tag=None, subsystem=None, request_id=None, **fields):
        """Sends a request; `fields` are further header fields, or replace the usual ones."""
        request_id = request_id or new_id()
        payload = request_payload(method, path, body, request_id, self.bus.client_id, **fields)
        return self.send_raw(payload, request_id, tag, subsystem, path, fields.get("correlation_id"))

    def request(self, method, path, body=None, **how):
        return self.send(method, path, body, **how).answer()

    def get(self, path, **how):
        return self.request("GET", path, **how)

    def put(self, path, body, **how):
        return self.request("PUT", path, body, **how)

    def post(self, path, body=None, **how):
        return self.request("POST", path, body, **how)

    def delete(self, path, **how):
        return self.request("DELETE", path, **how)

    def forget(self, topic):
        with self._lock:
            known = self._pending.pop(topic, None)
        if known:
            self.bus.unsubscribe(topic)

    def close(self):
        self.bus.close()
