#!/usr/bin/env python3
"""A responder in Python that does for a request only what the deployed Python library does at least:
paho-mqtt, json.loads, the checks of the header, json.dumps. It represents the library, which is slower.
"""

import argparse
import json
import time
import uuid

import paho.mqtt.client as mqtt


def respond(raw, topic, values, tag):
    """Returns the topic and payload of the answer."""
    request = json.loads(raw)
    header = request["header"]
    namespace, subsystem, _, _, topic_id = topic.split("/")
    request_id = uuid.UUID(header["request_id"])
    if request_id != uuid.UUID(topic_id):
        code, body = 400, "the request id differs from the topic's"
    elif header["method"] != "GET":
        code, body = 405, "only GET is served"
    elif header["path"] not in values:
        code, body = 404, "no such resource"
    else:
        code, body = 205, values[header["path"]]
    answer = {
        "header": {
            "response_code": code,
            "path": header["path"],
            "request_id": header["request_id"],
            "correlation_id": header.get("correlation_id"),
            "source": tag,
        },
        "body": body,
        "timestamp": str(int(time.time() * 1000)),
    }
    return f"{namespace}/{subsystem}/response/{tag}/{topic_id}", json.dumps(answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--namespace", default="gf_int_v1")
    parser.add_argument("--tag", required=True)
    parser.add_argument("--path", default="gains")
    parser.add_argument("--qos", type=int, default=0)
    options = parser.parse_args()
    values = {options.path: [0, 1, 2, 3, 4]}

    def on_connect(client, _user, _flags, _code):
        client.subscribe(f"{options.namespace}/+/request/{options.tag}/+", options.qos)

    def on_message(client, _user, message):
        topic, payload = respond(message.payload, message.topic, values, options.tag)
        client.publish(topic, payload, options.qos)

    # Since version 2, the client requires the callback version.
    version = [mqtt.CallbackAPIVersion.VERSION1] if hasattr(mqtt, "CallbackAPIVersion") else []
    client = mqtt.Client(*version)
    client.on_connect = on_connect
    client.on_message = on_message
    client.connect("127.0.0.1", options.port)
    client.loop_forever()


if __name__ == "__main__":
    main()
