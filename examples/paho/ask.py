#!/usr/bin/python3
"""One request with paho-mqtt (1.6 or 2).

    ask.py HOST[:PORT] GET|PUT|POST|DELETE TAG/SUBSYSTEM/PATH [BODY]

Prints the body of the answer; a code of 400 and above, or no answer within 5 s, ends it with exit status 1. BODY is JSON.
"""

import json
import sys
import threading
import time
import uuid

import paho.mqtt.client as mqtt

NAMESPACE = "gf_int_v1"


class Caller:
    def __init__(self, host, port=1883, client_id=None):
        # A caller's client id must not be the tag of a device. None is given: a random one.
        self.client_id = client_id or f"ask-{uuid.uuid4().hex[:12]}"
        self._lock = threading.Lock()
        self._waiting = {}  # topic of the answer -> [event, payload]
        self._subscribed = {}  # number of a SUBSCRIBE -> event
        # paho-mqtt 2 asks which callbacks are meant.
        version = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []
        self.client = mqtt.Client(*version, client_id=self.client_id, clean_session=True, protocol=mqtt.MQTTv311)
        self._connected = threading.Event()
        self.client.on_connect = lambda *_: self._connected.set()
        self.client.on_subscribe = self._on_subscribe
        self.client.on_message = self._on_message
        self.client.connect(host, port)
        self.client.loop_start()
        if not self._connected.wait(5):
            raise TimeoutError(f"{host} does not answer")

    def _on_subscribe(self, _client, _data, number, _granted, *_):
        with self._lock:
            self._subscribed.setdefault(number, threading.Event()).set()

    def _on_message(self, _client, _data, message):
        with self._lock:
            waiting = self._waiting.get(message.topic)
        # The first answer counts.
        if waiting and not waiting[0].is_set():
            waiting[1] = message.payload
            waiting[0].set()

    def request(self, method, address, body=None, timeout=5):
        """Returns the response code and the body. @throws TimeoutError"""
        tag, subsystem, path = address.split("/", 2)
        request_id = str(uuid.uuid4())
        answer_topic = f"{NAMESPACE}/{subsystem}/response/{tag}/{request_id}"
        waiting = [threading.Event(), None]
        deadline = time.monotonic() + timeout
        with self._lock:
            self._waiting[answer_topic] = waiting
        # The answer may be there before the subscription is, unless the broker has confirmed it.
        _, number = self.client.subscribe(answer_topic, 1)
        try:
            with self._lock:
                subscribed = self._subscribed.setdefault(number, threading.Event())
            if not subscribed.wait(timeout):
                raise TimeoutError("the broker does not confirm the subscription")
            request = {
                "header": {"method": method, "path": path, "request_id": request_id, "source": self.client_id},
                "body": body,
                "timestamp": str(int(time.time() * 1000)),
            }
            self.client.publish(f"{NAMESPACE}/{subsystem}/request/{tag}/{request_id}", json.dumps(request), qos=1)
            if not waiting[0].wait(max(0, deadline - time.monotonic())):
                raise TimeoutError(f"{tag} did not answer within {timeout} s; a {method} may have been run")
            answer = json.loads(waiting[1])
            return answer["header"]["response_code"], answer.get("body")
        finally:
            with self._lock:
                self._waiting.pop(answer_topic, None)
                self._subscribed.pop(number, None)
            self.client.unsubscribe(answer_topic)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    host, _, port = sys.argv[1].partition(":")
    body = json.loads(sys.argv[4]) if len(sys.argv) == 5 else None
    try:
        caller = Caller(host, int(port or 1883))
    except OSError as fault:  # TimeoutError is one
        sys.exit(f"{host}: {fault}")
    try:
        code, said = caller.request(sys.argv[2].upper(), sys.argv[3], body)
    except TimeoutError as fault:
        sys.exit(str(fault))
    finally:
        caller.close()
    if code >= 400:
        sys.exit(f"{code}: {said}")
    print(json.dumps(said))


if __name__ == "__main__":
    main()
