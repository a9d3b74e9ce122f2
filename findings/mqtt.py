"""A minimal MQTT client for these scripts: it sends and receives packets, and does nothing automatically.

    c = Client(port, version=5)         connects TCP; version 4 is MQTT 3.1.1
    c.connect("id", keepalive=60)       -> CONNACK as a Packet
    c.subscribe("a/#", qos=1)           -> SUBACK
    c.publish("a/b", b"x", qos=1)       -> PUBACK; None for QoS 0
    c.messages(seconds)                 -> the PUBLISH packets that arrive in this time, acknowledged
    c.read(seconds)                     -> the next packet, None if none arrives, Packet("closed") at the end
"""

import socket
import struct
import time

NAMES = {1: "connect", 2: "connack", 3: "publish", 4: "puback", 8: "subscribe", 9: "suback", 11: "unsuback",
         12: "pingreq", 13: "pingresp", 14: "disconnect"}
# Properties of MQTT 5: number -> name, type.
PROPERTIES = {
    0x01: ("payload_format", "byte"), 0x02: ("message_expiry", "four"), 0x03: ("content_type", "text"),
    0x08: ("response_topic", "text"), 0x09: ("correlation_data", "data"), 0x0B: ("subscription_id", "varint"),
    0x11: ("session_expiry", "four"), 0x12: ("assigned_client_id", "text"), 0x13: ("server_keep_alive", "two"),
    0x15: ("auth_method", "text"), 0x16: ("auth_data", "data"), 0x18: ("will_delay", "four"),
    0x1A: ("response_information", "text"), 0x1C: ("server_reference", "text"), 0x1F: ("reason_string", "text"),
    0x21: ("receive_maximum", "two"), 0x22: ("topic_alias_maximum", "two"), 0x23: ("topic_alias", "two"),
    0x24: ("maximum_qos", "byte"), 0x25: ("retain_available", "byte"), 0x26: ("user_property", "pair"),
    0x27: ("maximum_packet_size", "four"), 0x28: ("wildcard_available", "byte"),
    0x29: ("subscription_ids_available", "byte"), 0x2A: ("shared_available", "byte"),
}
NUMBERS = {name: (number, kind) for number, (name, kind) in PROPERTIES.items()}


class Packet:
    def __init__(self, kind, **fields):
        self.kind = kind
        self.properties = {}
        self.__dict__.update(fields)

    def __repr__(self):
        return f"{self.kind} " + " ".join(f"{k}={v!r}" for k, v in self.__dict__.items() if k != "kind" and v != {})


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(value)) + value


def varint(value):
    out = b""
    while True:
        value, digit = divmod(value, 128)
        out += bytes([digit | (128 if value else 0)])
        if not value:
            return out


def pack_properties(properties):
    out = b""
    for name, value in properties.items():
        number, kind = NUMBERS[name]
        for one in value if isinstance(value, list) else [value]:
            out += bytes([number])
            out += {"byte": lambda v: bytes([v]), "two": lambda v: struct.pack(">H", v),
                    "four": lambda v: struct.pack(">I", v), "varint": varint, "text": text, "data": text,
                    "pair": lambda v: text(v[0]) + text(v[1])}[kind](one)
    return varint(len(out)) + out


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self):
        return self.take(1)[0]

    def two(self):
        return struct.unpack(">H", self.take(2))[0]

    def blob(self):
        return self.take(self.two())

    def varint(self):
        value, shift = 0, 0
        while True:
            digit = self.byte()
            value |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                return value

    def rest(self):
        return self.data[self.at:]

    def properties(self):
        if self.at >= len(self.data):
            return {}
        end = self.varint() + self.at
        found = {}
        while self.at < end:
            name, kind = PROPERTIES[self.byte()]
            value = {"byte": self.byte, "two": self.two, "four": lambda: struct.unpack(">I", self.take(4))[0],
                     "varint": self.varint, "text": lambda: self.blob().decode(), "data": self.blob,
                     "pair": lambda: (self.blob().decode(), self.blob().decode())}[kind]()
            if name in ("user_property", "subscription_id"):
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        return found


class Client:
    def __init__(self, port, version=5, host="127.0.0.1"):
        self.version = version
        self.socket = socket.create_connection((host, port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.number = 0
        self.kept = []  # messages that arrived while something else was awaited

    def send(self, kind, flags, body):
        self.socket.sendall(bytes([kind << 4 | flags]) + varint(len(body)) + body)

    def _properties(self, properties):
        return pack_properties(properties) if self.version == 5 else b""

    def connect(self, client_id="", keepalive=60, clean=True, will=None, username=None, password=None, wait=True,
                **properties):
        """@param will  topic, payload, qos, retain, properties"""
        flags = 2 if clean else 0
        payload = text(client_id)
        if will:
            topic, message, qos, retain, more = will
            flags |= 4 | qos << 3 | (32 if retain else 0)
            payload += self._properties(more) + text(topic) + text(message)
        if username is not None:
            flags |= 128
            payload += text(username)
        if password is not None:
            flags |= 64
            payload += text(password)
        head = text("MQTT") + bytes([self.version, flags]) + struct.pack(">H", keepalive)
        self.send(1, 0, head + self._properties(properties) + payload)
        return self.read(10) if wait else None

    def subscribe(self, topic, qos=0, wait=True, options=0, **properties):
        """@param options  for MQTT 5: 4 no local, 8 retain as published, 16 and 32 retain handling"""
        self.number += 1
        topics = topic if isinstance(topic, list) else [topic]
        body = struct.pack(">H", self.number) + self._properties(properties)
        body += b"".join(text(t) + bytes([qos | options]) for t in topics)
        self.send(8, 2, body)
        return self.await_kind("suback") if wait else None

    def publish(self, topic, payload=b"", qos=0, retain=False, wait=True, **properties):
        body = text(topic)
        if qos:
            self.number += 1
            body += struct.pack(">H", self.number)
        payload = payload.encode() if isinstance(payload, str) else payload
        self.send(3, qos << 1 | (1 if retain else 0), body + self._properties(properties) + payload)
        return self.await_kind("puback") if qos == 1 and wait else None

    def ping(self):
        """Returns when the broker has read everything that was sent before."""
        self.send(12, 0, b"")
        return self.await_kind("pingresp")

    def disconnect(self):
        self.send(14, 0, b"")
        self.socket.close()

    def close(self):
        """Closes the connection without a DISCONNECT."""
        self.socket.close()

    def await_kind(self, kind, seconds=10):
        while True:
            packet = self.read(seconds)
            if packet is None or packet.kind in (kind, "closed", "disconnect"):
                return packet
            if packet.kind == "publish":
                self.kept.append(packet)

    def messages(self, seconds=1.0, count=None):
        found, self.kept = self.kept, []
        deadline = time.monotonic() + seconds
        while (count is None or len(found) < count) and (left := deadline - time.monotonic()) > 0:
            packet = self.read(left)
            if packet is None or packet.kind == "closed":
                break
            if packet.kind == "publish":
                found.append(packet)
        return found

    def read(self, seconds=10):
        deadline = time.monotonic() + seconds
        while True:
            packet = self._parse()
            if packet:
                if packet.kind == "publish" and packet.qos == 1:
                    self.send(4, 0, struct.pack(">H", packet.number))
                return packet
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self.socket.settimeout(left)
            try:
                part = self.socket.recv(65536)
            except TimeoutError:
                return None
            except ConnectionError:
                return Packet("closed")
            if not part:
                return Packet("closed")
            self.buffer += part

    def _parse(self):
        data = self.buffer
        length, shift, at = 0, 0, 1
        while True:
            if at >= len(data):
                return None
            length |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if data[at - 1] < 128:
                break
        if len(data) < at + length:
            return None
        self.buffer = data[at + length:]
        return self._decode(data[0], Reader(data[at:at + length]))

    def _decode(self, first, r):
        kind, five = first >> 4, self.version == 5
        name = NAMES.get(kind, str(kind))
        if kind == 2:
            present, code = r.byte(), r.byte()
            return Packet(name, session=present & 1, code=code, properties=r.properties() if five else {})
        if kind == 3:
            qos = first >> 1 & 3
            topic = r.blob().decode()
            number = r.two() if qos else 0
            properties = r.properties() if five else {}
            return Packet(name, topic=topic, payload=r.rest(), qos=qos, retain=first & 1, number=number,
                          properties=properties)
        if kind in (4, 9, 11):
            number = r.two()
            if kind == 4:
                code = r.byte() if r.rest() else 0
                return Packet(name, number=number, code=code, properties=r.properties() if five else {})
            properties = r.properties() if five else {}
            return Packet(name, number=number, codes=list(r.rest()), properties=properties)
        if kind == 14:
            code = r.byte() if r.rest() else 0
            return Packet(name, code=code, properties=r.properties() if five else {})
        return Packet(name)
