"""MQTT packets in their wire format, for brokers that a test simulates."""

import struct

CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ = 1, 3, 8, 10, 12


def read_packets(stream):
    """Yields (first byte, body) of each packet until the stream ends, possibly within a packet."""
    while first := stream.read(1):
        length = shift = 0
        while byte := stream.read(1):
            length |= (byte[0] & 0x7F) << shift
            shift += 7
            if byte[0] < 0x80:
                break
        else:
            return
        body = stream.read(length)
        if len(body) < length:
            return
        yield first[0], body


def packet(first, body):
    header, left = bytes([first]), len(body)
    while True:
        left, byte = left >> 7, left & 0x7F
        header += bytes([byte | (0x80 if left else 0)])
        if not left:
            return header + body


def text(body, at):
    """Returns the text at this position, and the position after it."""
    end = at + 2 + struct.unpack_from(">H", body, at)[0]
    return body[at + 2 : end], end
