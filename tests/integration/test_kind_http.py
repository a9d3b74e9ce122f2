"""HTTP servers as resources: how their answers, well behaved or not, are handled by the real daemon."""

import json
import pathlib
import socket
import tempfile
import threading
import unittest

from harness import IntegrationTest
from harness.http_server import HttpServer

CONFIGURATION = """
    version: 1
    brokers: {lab: {url: $LAB}}
    limits: {handler_timeout: 30s}
    devices:
      GW_1:
        resources:
          plain: {value: 1}
          exposure: {http: "$SERVER/exposure", pointer: /ms, unit: ms}
          kelvin: {http: "$SERVER/celsius", parse: number, expr: x + 273.15}
          shared: {http: "$SERVER/shared", parse: number, cache: 1min}
          published: {http: "$SERVER/exposure", pointer: /ms, publish: {every: 100ms}}
          page/**:
            http: {url: "$SERVER/page?key=1", headers: {Authorization: {file: $SECRET}}, max: 1KiB}
            methods: [GET, PUT, POST, DELETE]
          any/*: {http: {url: "$SERVER", timeout: 30s, idle: 0s}, methods: [GET, PUT, POST]}
          quick: {http: {url: "$SERVER/slow", timeout: 300ms}}
          narrow: {http: {url: "$SERVER/slow", timeout: 30s, connections: 1, queue: 1}}
          refused: {http: "http://127.0.0.1:$CLOSED/"}
          unknown: {http: "http://no-such-host.invalid/"}
          bounded: {http: "$SERVER/bounded", methods: [PUT], schema: {type: number, maximum: 5}}
"""


class Http(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-http-")
        self.addCleanup(folder.cleanup)
        secret = pathlib.Path(folder.name) / "token"
        secret.write_text("Bearer tellnobody\n")
        secret.chmod(0o600)
        closed = socket.socket()
        closed.bind(("127.0.0.1", 0))  # never listens, so connections are refused
        self.addCleanup(closed.close)
        self.server = HttpServer()
        self.addCleanup(self.server.stop)
        self.server.pages["/exposure"] = lambda page: page.say('{"ms": 12.5}')
        self.lab = self.broker()
        port = closed.getsockname()[1]
        proxy = f"http://127.0.0.1:{port}"  # set in the environment, but not used
        self.daemon = self.gateway(CONFIGURATION, environment={"http_proxy": proxy, "ALL_PROXY": proxy}, LAB=self.lab.url,
                                   SERVER=self.server.url, SECRET=secret, CLOSED=port)
        self.desk = self.caller(self.lab, "GW_1")

    def heard(self, path):
        return [page for page in self.server.heard if page.path == path]

    def answered(self, raw, method="GET"):
        """Returns the answer to a request when the server responds with these bytes."""
        self.server.pages["/raw"] = lambda page: page.raw(raw)
        return self.desk.send(method, "any/raw", None if method == "GET" else 1).answer()

    # ---- values -----------------------------------------------------------------------------------------------

    def test_a_value_is_read(self):
        self.assertEqual(self.assert_code(self.desk.get("exposure"), 205).body, 12.5)
        self.server.pages["/celsius"] = lambda page: page.say("-273.15\n")
        self.assertEqual(self.desk.get("kelvin").body, 0)
        self.assert_code(self.desk.put("exposure", 5), 405, "GET")
        self.server.pages["/exposure"] = lambda page: page.say("[1, 2]")
        self.assert_code(self.desk.get("exposure"), 502, "there is nothing at /ms", "[1,")

    def test_connections_are_kept(self):
        for _ in range(10):
            self.assertEqual(self.desk.get("exposure").body, 12.5)
        self.assertLessEqual(self.server.connections, 2)  # this one and the one for `published`

    def test_a_reload_keeps_the_connections(self):
        self.assertEqual(self.desk.get("exposure").body, 12.5)
        self.daemon.reload(CONFIGURATION.replace("pointer: /ms, unit: ms", "unit: ms"))
        self.assertEqual(self.desk.get("exposure").body, {"ms": 12.5})
        self.assertLessEqual(self.server.connections, 2)

    def test_a_cache_asks_once(self):
        self.server.pages["/shared"] = lambda page: page.say("5")
        for _ in range(5):
            self.assertEqual(self.desk.get("shared").body, 5)
        self.assertEqual(len(self.heard("/shared")), 1)

    def test_it_is_published(self):
        bus = self.bus(self.lab)
        bus.subscribe("gf_int_v1/events/event/GW_1/published")
        first, = bus.wait_topic("gf_int_v1/events/event/GW_1/published")
        self.assertEqual(json.loads(first.payload)["body"], 12.5)

    # ---- what is sent -----------------------------------------------------------------------------------------

    def test_a_path_is_appended_and_encoded(self):
        self.server.pages["/page/a%20b/%C3%A4%3F?key=1"] = lambda page: page.say('"here"')
        self.assertEqual(self.desk.get("page/a b/ä?").body, "here")
        page, = self.heard("/page/a%20b/%C3%A4%3F?key=1")
        self.assertEqual(page.fields["Authorization"], "Bearer tellnobody")
        self.assertEqual(page.fields["Host"], f"127.0.0.1:{self.server.port}")
        for path, asked in (("%2e%2e/exposure", "%252e%252e/exposure"), ("@evil.example:80", "%40evil.example%3A80"),
                            ("..\\x", "..%5Cx"), ("x#y", "x%23y")):
            self.assert_code(self.desk.get("page/" + path), 404, "no such page")
            self.assertEqual(len(self.heard(f"/page/{asked}?key=1")), 1)

    def test_writes(self):
        page = lambda **said: self.server.pages.__setitem__("/page/x?key=1", lambda page: page.say(**said))
        page(status=204)
        self.assert_code(self.desk.put("page/x", {"ms": 5}), 204)
        self.assert_code(self.desk.post("page/x"), 203)
        self.assert_code(self.desk.delete("page/x"), 202)
        page(body='{"id": 7}', Content_Type="application/json")
        self.assertEqual(self.assert_code(self.desk.post("page/x", "a\nb"), 205).body, {"id": 7})
        page(status=201, Location="/page/x/7")
        answer = self.assert_code(self.desk.post("page/x", 1), 201)
        self.assertEqual(answer.header["location"], "page/x/7")
        page(status=201, Location="http://evil.example/page/x/7")
        self.assertNotIn("location", self.assert_code(self.desk.post("page/x", 1), 201).header)
        told = [(each.method, each.body, each.fields["Content-Type"]) for each in self.heard("/page/x?key=1")]
        self.assertEqual(told[:4], [("PUT", '{"ms": 5}', "application/json"), ("POST", "", None), ("DELETE", "", None),
                                    ("POST", '"a\\nb"', "application/json")])
        self.assert_code(self.desk.put("bounded", 6), 400, "maximum 5")
        self.assertEqual(self.heard("/bounded"), [])

    # ---- what comes back --------------------------------------------------------------------------------------

    def test_each_status_has_its_code(self):
        for status, code in ((400, 400), (401, 502), (403, 403), (404, 404), (405, 405), (406, 406), (409, 412), (410, 404),
                             (412, 412), (413, 413), (415, 415), (422, 400), (429, 503), (500, 502), (501, 501), (502, 502),
                             (503, 503), (504, 504), (599, 502), (304, 502), (206, 502)):
            with self.subTest(status=status):
                self.server.pages["/status"] = lambda page, status=status: page.say("\x1bbecause", status)
                self.assert_code(self.desk.get("any/status"), code, f"the server answers {status}")

    def test_a_redirect_is_not_followed(self):
        for status in (301, 302, 303, 307, 308):
            self.server.pages["/moved"] = lambda page: page.say("", status, Location=f"{self.server.url}/elsewhere")
            self.assert_code(self.desk.get("any/moved"), 502, f"a redirect to '127.0.0.1:{self.server.port}'", "not followed")
        self.assertEqual(len(self.server.heard), len(self.heard("/moved")) + len(self.heard("/exposure")))

    def test_garbage_is_502(self):
        answer = self.answered(b"\x1b[2J+5.0" + b"x" * 500 + b"\r\n\r\n")
        self.assert_code(answer, 502, "is not HTTP", "+5.0xxx")
        self.assertLess(len(answer.body), 200)
        self.assert_code(self.answered(b"\xff\xfe\r\n"), 502)
        self.assert_code(self.answered(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12"), 502, "within its answer", "12")
        self.assert_code(self.answered(b""), 502, "before it had answered")
        self.assert_code(self.answered(b"", "POST"), 502, "may have been run")
        self.assertEqual(len([each for each in self.heard("/raw") if each.method == "POST"]), 1)
        self.assert_code(self.answered(b"HTTP/1.0 200 OK\r\n\r\n{"), 502, "not JSON")
        self.assert_code(self.answered(b"HTTP/1.0 200 OK\r\n\r\n\xff"), 502)
        self.assertEqual(self.answered(b"HTTP/1.0 200 OK\r\n\r\n[5]").body, [5])

    def test_answers_are_bounded(self):
        self.server.pages["/page/large?key=1"] = lambda page: page.say(json.dumps("x" * 1100))
        self.assert_code(self.desk.get("page/large"), 502, "longer than 1KiB")
        self.assert_code(self.answered(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n"), 502)
        self.assert_code(self.answered(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000), 502, "16KiB")

        def endless(page):
            page.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                page.raw(b"1000\r\n" + b"x" * 4096 + b"\r\n")

        self.server.pages["/endless"] = endless
        self.assert_code(self.desk.get("any/endless"), 502, "longer than 256KiB")

    def test_a_server_that_refuses_or_is_unknown(self):
        self.assert_code(self.desk.get("refused"), 503, "Connection refused")
        self.assert_code(self.desk.get("unknown"), 503, "cannot connect to the server")
        self.daemon.wait_log("cannot connect to the server: Connection refused")

    def test_a_mute_server_costs_only_those_who_ask_it(self):
        go = threading.Event()
        self.addCleanup(go.set)

        def slow(page):
            go.wait(60)
            page.say("7")

        self.server.pages["/slow"] = slow
        self.assert_code(self.desk.get("quick"), 504, "has not answered within")
        first = self.desk.send("GET", "narrow")
        second = self.desk.send("GET", "narrow")
        self.assert_code(self.desk.get("narrow"), 503, "too many requests wait")
        for _ in range(50):
            self.assertEqual(self.desk.get("plain").body, 1)
        go.set()
        self.assertEqual([first.answer().body, second.answer().body], [7, 7])
        self.assertEqual(self.desk.get("exposure").body, 12.5)

    def test_a_stop_waits_for_no_server(self):
        self.server.pages["/never"] = lambda page: threading.Event().wait(60)
        waiting = self.desk.send("GET", "any/never")
        self.server.wait_heard("/never")
        self.daemon.stop()
        self.assert_code(waiting.answer(), 504)

    def test_the_secret_is_shown_nowhere(self):
        self.server.pages["/page/x?key=1"] = lambda page: page.say("", 500)
        self.assert_code(self.desk.get("page/x"), 502)
        self.daemon.stop()
        self.assertNotIn("tellnobody", self.daemon.log)


if __name__ == "__main__":
    unittest.main()
