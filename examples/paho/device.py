#!/usr/bin/python3
"""A device with paho-mqtt (1.6 or 2): a value `gains` for GET and PUT, and its presence.

    device.py [HOST[:PORT]] [TAG]         localhost:1883, 2D_XX_0_9998

It prints a line for each request, and ends with Ctrl-C. Change the function `handle`; the rest is the protocol
(docs/protocol.md).
"""

import json
import signal
import sys
import time

import paho.mqtt.client as mqtt

NAMESPACE = "gf_int_v1"

gains = [0, 1, 2, 3, 4]


def handle(method, path, body):
    """Returns the response code and the body of the answer. An error's body is a text that says what is wrong."""
    global gains
    if path != "gains":
        return 404, f"there is no {path} here, only gains"
    if method == "GET":
        return 205, gains
    if method == "PUT":
        if not isinstance(body, list) or len(body) != 5 or any(type(g) is not int or not 0 <= g <= 7 for g in body):
            return 400, "gains are five integers from 0 to 7"
        gains = body
        return 204, None
    return 405, f"gains are for GET and PUT, not {method}"


def now():
    return str(int(time.time() * 1000))


def method_of(header):
    """Written as a name or, by compact routes and old callers, as a number from 1 to 4."""
    names = ["GET", "POST", "PUT", "DELETE"]
    method = header["method"]
    return names[method - 1] if method in (1, 2, 3, 4) else method.upper()


class Device:
    def __init__(self, host, port, tag):
        self.tag = tag
        self.requests = f"{NAMESPACE}/+/request/{tag}/+"
        self.presence = f"{NAMESPACE}/gateway/system/{tag}/presence"
        # paho-mqtt 2 asks which callbacks are meant. The tag is the client id: two clients with one id throw each other
        # off the broker, so that a tag cannot be served twice without being noticed.
        version = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []
        self.client = mqtt.Client(*version, client_id=tag, clean_session=True, protocol=mqtt.MQTTv311)
        self.client.on_connect = self.on_connect
        self.client.on_disconnect = self.on_disconnect
        self.client.on_message = self.on_message
        self.prepare_connection()
        self.client.reconnect_delay_set(min_delay=1, max_delay=10)
        self.client.connect(host, port, keepalive=10)

    @staticmethod
    def state(word, date):
        return json.dumps({"body": {"state": word, "last_updated": str(date)}, "timestamp": str(date)})

    def prepare_connection(self):
        # The broker says OFFLINE when the connection is lost. A reader may keep the newest of what it was told: the will
        # is newer than the ONLINE of its connection, and the next connection is newer than both.
        self.begun = int(now())
        self.client.will_set(self.presence, self.state("OFFLINE", self.begun + 1), qos=1, retain=True)

    def on_disconnect(self, _client, _data, *_):
        self.prepare_connection()

    def on_connect(self, client, _data, _flags, code, *_):
        if code != 0:
            print(f"refused by the broker: {code}", file=sys.stderr, flush=True)
            return
        # The session is clean: after each reconnect the broker has forgotten the subscriptions.
        client.subscribe([(self.requests, 1), (self.presence, 1)])
        client.publish(self.presence, self.state("ONLINE", self.begun), qos=1, retain=True)
        print(f"{self.tag} answers", flush=True)

    def on_message(self, client, _data, message):
        # Whatever is sent here must not end the loop that reads it.
        try:
            if message.topic == self.presence:
                self.on_presence(json.loads(message.payload))
            else:
                self.on_request(message.topic, json.loads(message.payload))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
            print(f"dropped a message on {message.topic}: {fault!r}", file=sys.stderr, flush=True)

    def on_presence(self, payload):
        # The last will of a connection that is gone may come after our own ONLINE.
        if payload["body"]["state"] == "OFFLINE":
            self.client.publish(self.presence, self.state("ONLINE", self.begun), qos=1, retain=True)

    def on_request(self, topic, payload):
        header = payload["header"]
        method, path = method_of(header), header["path"]
        code, body = handle(method, path.lstrip("/"), payload.get("body"))
        answer = {
            "header": {
                "response_code": code,
                "path": path,
                "request_id": header["request_id"],
                "correlation_id": header.get("correlation_id"),
                "source": self.tag,
            },
            "body": body,
            "timestamp": now(),
        }
        # The answer goes to the topic of the request, with the third of its five levels replaced.
        levels = topic.split("/")
        levels[2] = "response"
        self.client.publish("/".join(levels), json.dumps(answer), qos=1)
        print(f"{method} {path} -> {code}", flush=True)

    def run(self):
        """Until SIGINT or SIGTERM."""
        self.client.loop_start()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
        self.client.unsubscribe(self.presence)
        self.client.publish(self.presence, self.state("OFFLINE", now()), qos=1, retain=True).wait_for_publish(5)
        self.client.disconnect()
        self.client.loop_stop()


def main():
    host, _, port = (sys.argv[1] if len(sys.argv) > 1 else "localhost").partition(":")
    tag = sys.argv[2] if len(sys.argv) > 2 else "2D_XX_0_9998"
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        device = Device(host, int(port or 1883), tag)
    except OSError as fault:
        sys.exit(f"{host}: {fault}")
    device.run()


if __name__ == "__main__":
    main()
