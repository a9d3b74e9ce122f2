#!/usr/bin/python3
"""Writes the first inputs of each fuzz target into a folder, based on the data of other tests:
seeds.py FOLDER
"""

import hashlib
import json
import pathlib
import re
import shutil
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
SUITE = pathlib.Path("/usr/share/json-schema-test-suite/tests/draft7")  # Debian's package with the official cases
ID = "16fd2706-8baf-433b-82eb-8c7fada847da"
MOST_OF_A_KIND = 300


def vectors():
    """Yields the conformance vectors, as pairs of a topic and bytes."""
    for v in json.loads((TESTS / "vectors/payloads.json").read_text()):
        yield v.get("topic", ""), v["payload"].encode() if "payload" in v else bytes.fromhex(v["payload_hex"])


def replayed():
    """Yields messages that the gateway published in tests/replay, as pairs of a topic and bytes."""
    for line in (TESTS / "replay/record.txt").read_text().splitlines():
        found = re.match(r"  \S+ (\S+/(?:response|request|system)/\S+) (?:retain )?(\{.*\})$", line)
        if found is None:
            continue
        topic, payload = (re.sub(r"<\w+>", ID, text) for text in found.groups())
        yield topic, payload.replace(":NOW", ':"1745534869619"').encode()


def messages():
    return [*vectors(), *list(replayed())[::4]]


def request():
    return [payload for topic, payload in messages() if "/request/" in topic or b'"method"' in payload]


def response():
    return [payload for topic, payload in messages() if b'"response_code"' in payload]


def general():
    return [payload for topic, payload in messages() if b'"response_code"' not in payload and b'"method"' not in payload]


def topic():
    topics = {topic for topic, _ in messages()}
    return [*sorted(topics)[:40], "gf_int_v1/axuv/event/2D_XX_0_9999/shots/17", "gf_int_v1/axuv/system/A/health",
            "gf_int_v1/axuv/request/+/#", "$SYS/broker/uptime", "a/b/request/c/d/e"]


def address():
    return ["2D_XX_0_9999/axuv/gains", "/GW_1/a.b/c-d/e", "gains", "/gains\ngains", "resources/0", "a//b", "a/../b", "",
            f"{ID}\n{ID.upper().replace('-', '')}", "7", "*/axuv/?\nGW/axuv/x", "**", "supply/*\nsupply/voltage"]


def json_texts():
    yield from ("null", "-0.5e+10", "1e400", "9223372036854775808", "1.7976931348623158e308", "364.24477330547739",
                '"\\ud83d\\ude00"', '"\\ud83d"', "[1,]", "{'a': True}", "{a: 1}", "[NaN, -Infinity]", "{\"a\":1,\"\\u0061\":2}",
                "// comment\n1", "\ufeff1", "01", "+1", ".5", "5.", "1e", "0x10", "[1;2]", '{"token": "secret", x}',
                "[" * 33, "[" * 32 + "]" * 32, '"tab\there"', '"\\x41"', "1 2", '{"a":{"b":[1,2,{"c":"d"}]}} ')
    yield from (payload for _, payload in vectors())


def schema():
    yield '{"schema":{"type":"integer","minimum":0},"value":5}'
    for file in sorted(SUITE.glob("*.json")):
        for group in json.loads(file.read_text()):
            for test in group["tests"][:1]:
                yield json.dumps({"schema": group["schema"], "value": test["data"]})


def configuration():
    return [file.read_bytes() for folder in ("good", "bad") for file in sorted((TESTS / "config" / folder).glob("*.yaml"))]


def words():
    return ["5", "idle", "'5'", '"5"', "[0, 1]", "[0, 1", '{"a": True}', "a=1\nb=[1,2]\nc=two words", "a=1\na=2", "@file", "@-",
            "@", "a=", "1e999", "\xff".encode("latin-1"), "GW_*", "GW_?/axuv/supply/*", "*/**", "a/b/c//d", "500ms", "1.5s",
            "2 min", "0,5s", "1h", "5", "100k", "1MiB", "16 B", "Zm9vYg==", "Zg=", "localhost:1883", "[fe80::1%eth0]:8883",
            "broker.example", "[::1]", "true", "null", "mqtts://user:p%40ss@host:8883/"]


def http():
    get = "GET /metrics HTTP/1.1\r\n"
    for text in (
            get + "Host: localhost\r\n\r\n",
            get + "Host: localhost:8720\r\nConnection: close\r\n\r\n",
            get + "Host: localhost\r\n\r\n" + get + "Host: 127.0.0.1\r\n\r\n",
            "HEAD /metrics?x=1 HTTP/1.1\r\nHost: metrics.lab.example\r\n\r\n" + get + "Host: [::1]:1\r\n\r\n",
            get + "Host: evil.example\r\n\r\n", get + "\r\n", get + "Host: a b\r\n\r\n",
            get + "Host: localhost\r\nHost: localhost\r\n\r\n",
            "GET http://localhost/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET http://a@b/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /nothing HTTP/1.0\r\n\r\n", "GET /metrics HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "PUT /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
            get + "Host: localhost\r\nContent-Length: 5\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", "nonsense\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
            get + "Host: localhost\r\nX: " + "x" * 1200 + "\r\n\r\n", "GET /metr", "OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n",
            "127.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0:99999", "here.", "localhost:"):
        yield text


def recording():
    def line(t, topic, payload):
        return json.dumps({"t": t, "at": "2026-01-31T12:00:00.123Z", "topic": topic, "payload": payload})

    known = [(topic, payload.decode()) for topic, payload in vectors() if payload.isascii()]
    for i in range(0, len(known), 6):
        yield "\n".join(line(1.5 * n, *m) for n, m in enumerate(known[i:i + 6])) + "\n"
    topic = f"gf_int_v1/axuv/request/GW_1/{ID}"
    asked = json.dumps({"header": {"method": "GET", "path": "x", "request_id": ID}, "timestamp": "1"})
    answered = json.dumps({"header": {"response_code": 205, "path": "x", "request_id": ID}, "body": [1], "timestamp": "2"})
    yield line(0, topic, asked) + "\n" + line(2.25, topic.replace("request", "response"), answered) + "\n"
    yield line(0, topic, asked) + "\n\n" + line(0.001, topic, asked) + "\n" + line(9, topic, asked)[:50]
    yield '{"t":1e12,"topic":"a","payload":"/wD+","encoding":"base64"}\n'
    yield "[]\n"
    yield '{"t":-1,"topic":"a","payload":""}'


def main():
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    makers = {"json": json_texts, **{f.__name__: f for f in (
        request, response, general, topic, address, schema, configuration, words, http, recording)}}
    for target, maker in makers.items():
        (folder / target).mkdir(parents=True)
        for seed in list(maker())[:MOST_OF_A_KIND]:
            data = seed if isinstance(seed, bytes) else seed.encode()
            (folder / target / hashlib.sha1(data).hexdigest()).write_bytes(data)


if __name__ == "__main__":
    main()
