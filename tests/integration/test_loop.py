"""Routes that lead back to the gateway in ways that its configuration does not show."""

import unittest

from harness import IntegrationTest, new_id, request_payload

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
      same: {url: $SAME, client_id: gateway-there}
      site: {url: $SITE}
    devices:
      GW_1:
        subsystems: [axuv]
        resources:
          gains: {value: [0, 1, 2], methods: [GET, PUT]}
          back/**: {proxy: B_3/axuv}
    proxy:
      forward: GW_1
      routes:
        - {name: round, match: {tag: B_1}, serve: true, timeout: 60s, to: {broker: same}}
        - {name: home, match: {tag: B_2}, serve: true, timeout: 60s, to: {broker: same, tag: GW_1}}
        - {name: away, match: {tag: B_3}, serve: true, timeout: 60s, to: {broker: site}}
        - {name: any, match: {tag: "*"}, timeout: 60s}
"""
ONE = "brokers same and lab are one"
LOOP = "route round leads round in a loop"
OWN_SOURCE = (
    "error: a request for GW_1 came from broker lab with the gateway's own client id, gateway-here, as its source: "
    "a route leads round in a loop, or another program uses this id; such requests get 502"
)


class Loop(IntegrationTest):
    SERVED = ("GW_1", "B_1", "B_2", "B_3")
    CONFIGURATION = CONFIGURATION

    def start(self, same):
        self.site = self.broker()
        self.daemon = self.gateway(self.CONFIGURATION, LAB=self.lab.url, SAME=same, SITE=self.site.url)
        self.daemon.wait_log("connected to broker same")
        self.daemon.wait_log("connected to broker site")
        self.desk = self.caller(self.lab, "GW_1")

    def ask_as(self, source):
        """Sends a GET whose `source` is not the caller's client id."""
        request_id = new_id()
        return self.desk.send_raw(request_payload("GET", "gains", None, request_id, source), request_id, path="gains")

    def returned(self):
        return self.desk.get(".gw/status").body["dropped"]["request_returned"]

    def rows(self):
        seen = self.desk.get(".gw/status").body.get("returned", [])
        return [(r["what"], r["route"], r["sent_to"], r["came_from"], r["count"]) for r in seen]


class OneAddress(Loop):
    """One address and port in two spellings, which look like two brokers in the configuration."""

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.start(f"mqtt://127.1:{self.lab.port}")

    def refused(self, method="GET", **how):
        answer = self.desk.request(method, "gains", [1] if method == "PUT" else None, tag="B_1", **how)
        self.assert_code(answer, 502, ONE, LOOP)

    def test_a_request_that_comes_back_is_502_at_once_and_reported_once(self):
        for method in ("GET", "PUT", "POST", "DELETE"):
            self.refused(method)
        self.assert_logged(self.daemon, LOOP, 1)
        self.daemon.wait_log(f"error: the request for B_1 came back: {ONE}, and {LOOP}")
        self.assertEqual(self.returned(), 4)
        self.assertEqual(self.rows(), [("loop", "round", "same", "lab", 4)])

    def test_where_the_gateway_itself_has_the_resource_it_answers(self):
        self.assert_code(self.desk.get("gains", tag="B_2"), 205)
        self.assert_code(self.desk.get("asked", proxy_uri="GW_1/axuv/gains"), 205)
        self.assert_code(self.desk.get("gains", tag="B_2"), 205)
        self.assertEqual(self.returned(), 0)
        self.assertEqual(self.desk.get(".gw/status").body["rivals"]["tags"], [])

    def test_other_requests_are_served_as_ever(self):
        self.device(self.site, "B_3")
        self.assert_code(self.desk.get("gains", tag="B_3"), 205)
        self.assert_code(self.desk.get("back/gains"), 205)
        # The source is a claim: one that only resembles the gateway's id is foreign.
        for source in ("gateway-ther", "gateway-there-2", "GW_1", None, ""):
            self.assert_code(self.ask_as(source).answer(), 205)
        self.assertEqual(self.returned(), 0)

    def test_after_a_reload_the_ids_of_before_are_known_and_it_is_not_reported_again(self):
        self.refused()
        self.daemon.reload(CONFIGURATION.replace("client_id: gateway-there", "client_id: gateway-here"))
        self.daemon.wait_log("connected to broker same", count=2)
        self.refused()
        self.assertEqual(self.rows(), [("loop", "round", "same", "lab", 2)])
        self.assert_logged(self.daemon, LOOP)
        # A current id as source, from this server, means a loop; an earlier id may come from a bridge
        # and is dropped.
        for _ in range(2):
            self.assert_code(self.ask_as("gateway-here").answer(), 502, "is a client id of this gateway")
        self.assert_logged(self.daemon, OWN_SOURCE)
        pending = self.ask_as("gateway-there")
        self.assert_code(self.desk.get("gains"), 205)
        self.assertTrue(pending.unanswered())


class TwoListeners(Loop):
    """One broker with two ports, which could also be two bridged brokers."""

    CONFIGURATION = CONFIGURATION.replace("{tag: B_1}, serve: true, timeout: 60s", "{tag: B_1}, serve: true, timeout: 1s")

    def setUp(self):
        super().setUp()
        self.lab = self.broker(doors=1)
        self.start(f"mqtt://127.0.0.1:{self.lab.more_ports[0]}")

    def test_no_device_answers_what_comes_back_so_it_is_502(self):
        for method in ("POST", "GET"):
            answer = self.desk.request(method, "gains", tag="B_1")
            self.assert_code(answer, 502, "are one or bridged, and no device answers", LOOP)
            self.assertEqual("the POST may have been run" in answer.body, method == "POST")
        self.assert_logged(self.daemon, "error: brokers same and lab are bridged, or are one", 1)
        self.assertEqual(self.rows(), [("loop", "round", "same", "lab", 2)])
        self.assertEqual(self.returned(), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
