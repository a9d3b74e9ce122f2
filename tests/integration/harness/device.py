"""A remote device, well behaved or not."""

import json
import threading

from .bus import PATIENCE, Bus
from .protocol import NAMESPACE, now_ms


class Device:
    """Subscribes to its tag and answers each request with its `behaviour`: a function of the device, the
    request's topic and payload, called on the connection's thread. Stores every request.
    """

    def __init__(self, broker, tag, behaviour=None, namespace=NAMESPACE, qos=0, **credentials):
        self.tag = tag
        self.behaviour = behaviour or normal()
        self._news = threading.Condition()
        self._requests = []
        self._held = []
        self._qos = qos
        # Deployed devices use their tag as their client id.
        self.bus = Bus(broker, tag, self._on_message, keep=False, **credentials)
        self.bus.subscribe(f"{namespace}/+/request/{tag}/+", qos)

    def _on_message(self, message):
        if "/request/" not in message.topic:
            return
        request = json.loads(message.payload)
        with self._news:
            self._requests.append((message.topic, request))
        self.behaviour(self, message.topic, request)
        with self._news:
            self._news.notify_all()

    @property
    def requests(self):
        """All received requests: (topic, decoded payload)."""
        with self._news:
            return list(self._requests)

    def wait_requests(self, count=1):
        with self._news:
            if not self._news.wait_for(lambda: len(self._requests) >= count, PATIENCE):
                raise TimeoutError(f"{self.tag} got {len(self._requests)} requests of {count}")
            return list(self._requests)

    @property
    def last(self):
        """The last request, decoded."""
        return self.requests[-1][1]

    def response(self, request, body=None, code=205, **header):
        fields = {
            "response_code": code,
            "path": request["header"]["path"],
            "request_id": request["header"]["request_id"],
            "correlation_id": request["header"].get("correlation_id"),
            "source": self.tag,
        }
        fields.update(header)
        return {"header": fields, "body": body, "timestamp": str(now_ms())}

    def publish(self, topic, payload):
        """@param topic  the request's topic; the response is published to the matching response topic"""
        if not isinstance(payload, (bytes, str)):
            payload = json.dumps(payload)
        self.bus.publish(topic.replace("/request/", "/response/", 1), payload, self._qos)

    def hold(self, topic, request):
        with self._news:
            self._held.append((topic, request))

    def release(self, body="late"):
        """Answers all requests that were held back."""
        with self._news:
            held, self._held = self._held, []
        for topic, request in held:
            self.publish(topic, self.response(request, body))
        return len(held)

    def close(self):
        self.bus.close()


# ---- behaviours -----------------------------------------------------------------------------------------------


ECHO = object()


def normal(body=ECHO, code=205, **header):
    """Answers with this body, or with an echo of the request."""

    def behave(device, topic, request):
        said = {"path": request["header"]["path"], "body": request.get("body")} if body is ECHO else body
        device.publish(topic, device.response(request, said, code, **header))

    return behave


def mute():
    return lambda device, topic, request: None


def late():
    """Answers when the test calls `release`."""
    return lambda device, topic, request: device.hold(topic, request)


def twice(first="first", second="second"):
    def behave(device, topic, request):
        device.publish(topic, device.response(request, first))
        device.publish(topic, device.response(request, second))

    return behave


def raw(payload):
    """Answers every request with these bytes."""
    return lambda device, topic, request: device.publish(topic, payload)


def changed(change):
    """Gives a normal answer, modified by a function before it is sent."""

    def behave(device, topic, request):
        answer = device.response(request, "changed")
        device.publish(topic, change(answer) or answer)

    return behave


def wrong_id():
    return changed(lambda answer: answer["header"].update(request_id="00000000-0000-4000-8000-000000000000"))


def wrong_path():
    return changed(lambda answer: answer["header"].update(path="elsewhere"))


def bad_code(code):
    return changed(lambda answer: answer["header"].update(response_code=code))


def huge(size):
    return normal("x" * size)
