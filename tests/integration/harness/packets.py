"""Packets of MQTT as they are on the wire, for brokers that a test makes up."""

import struct

CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ = 1, 3, 8, 10, 12


def read_packets(stream):
    """Yields (first byte, body) of each packet until the stream ends, be it inside of one."""
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
    """The text at this place, and the place behind it."""
    end = at + 2 + struct.unpack_from(">H", body, at)[0]
    return body[at + 2 : end], end
