"""Numbers and keys in bodies keep every digit: schemas, conditions, metrics, over a real broker."""

import http.client
import re
import shutil
import subprocess
import unittest

from harness import IntegrationTest, new_id, request_payload

LARGEST = "1.7976931348623157e+308"

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
    http: {listen: "127.0.0.1:0"}
    devices:
      GW_1:
        resources:
          any: {value: null, methods: [GET, PUT]}
          step: {value: 50000, methods: [GET, PUT], schema: {multipleOf: 0.001}}
          least: {value: 400, methods: [GET, PUT], schema: {minimum: 364.2447733054774}}
          exact: {value: 364.2447733054774, methods: [GET, PUT], schema: {const: 364.2447733054774}}
          level: {value: 0, methods: [GET, PUT]}
          open: {action: {when: {level: 364.24477330547739}}}
          config: {value: {}, methods: [GET, PUT], schema: {properties: {v: {maximum: 5}}}}
          status: {value: {state: IDLE}, methods: [GET, PUT]}
          fire: {action: {when: {status: {state: ARMED}}}}
          runs: {collection: {schema: {type: object}}}
          rate: {value: 5.5, metric: true, methods: [GET, PUT]}
          other: {value: 7, metric: true}
"""


class Numbers(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        lab = self.broker()
        self.started = self.gateway(CONFIGURATION, LAB=lab.url)
        self.desk = self.caller(lab, "GW_1")

    def put(self, path, body, method="PUT"):
        """Sends the body exactly as written, where Python would reformat it."""
        request_id = new_id()
        payload = request_payload(method, path, request_id=request_id).replace('"body": null', f'"body": {body}')
        return self.desk.send_raw(payload, request_id).answer()

    def page(self):
        self.started.wait_log("metrics and health: ")
        host = re.search(r"metrics and health: http://([^/]+)/metrics", self.started.log).group(1)
        connection = http.client.HTTPConnection(host, timeout=60)
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def test_multiples_are_those_of_decimals(self):
        for number in ("47973", "8192.219", "0.001", "-8192.219", "1e300", "0.30000000000000004"):
            with self.subTest(number=number):
                self.assert_code(self.put("step", number), 204)
        for number in ("47973.0001", "8192.2195", "0.0005", "1e-300"):
            with self.subTest(number=number):
                self.assert_code(self.put("step", number), 400, "is not a multiple of 0.001")

    def test_one_double_in_two_spellings_is_one_number(self):
        for path in ("least", "exact"):
            for number in ("364.24477330547739", "364.2447733054774"):
                with self.subTest(path=path, number=number):
                    self.assert_code(self.put(path, number), 204)
        self.assert_code(self.put("least", "364.2447733054773"), 400, "364.2447733054773 is under the minimum")
        self.assert_code(self.put("level", "364.2447733054774"), 204)
        self.assert_code(self.desk.post("open"), 203)

    def test_the_largest_double_has_more_than_one_spelling(self):
        for number in ("1.7976931348623157e308", "1.7976931348623158e308", "-1.7976931348623158e+308"):
            with self.subTest(number=number):
                self.assert_code(self.put("any", number), 204)
                self.assertIn(number.encode(), self.desk.get("any").raw)
        for number in ("1.7976931348623159e308", "1e999", "[1,-1e400]"):
            with self.subTest(number=number):
                self.assert_code(self.put("any", number), 400, "not finite")

    def test_a_key_given_twice_is_refused_where_somebody_looks(self):
        self.assert_code(self.put("config", '{"v": 9, "v": 1}'), 400, "body: the key 'v' is given twice")
        self.assert_code(self.put("config", r'{"in": [{"v": 9, "\u0076": 1}]}'), 400, "body/in/0: the key 'v' is given")
        self.assert_code(self.put("status", '{"state": "IDLE", "state": "ARMED"}'), 400, "'state' is given twice")
        self.assert_code(self.put("runs", '{"a": 1, "a": 1}', method="POST"), 400, "'a' is given twice")
        self.assert_code(self.desk.post("fire"), 412)
        self.assert_code(self.put("any", '{"a": 1, "a": 2}'), 204)

    def test_a_metric_takes_numbers_only_and_keeps_its_page_good(self):
        for body in ('"high"', "null", "true", "[1]", '{"v": 1}'):
            with self.subTest(body=body):
                self.assert_code(self.put("rate", body), 400, "a metric must be a number")
        self.assertIn('mqcoap_resource_value{device="GW_1",path="rate",unit=""} 5.5\n', self.page())
        for number, shown in (
            ("1.7976931348623158e308", LARGEST),
            ("-" + LARGEST, "-" + LARGEST),
            ("0.30000000000000004", "0.30000000000000004"),
            ("5e-324", "5e-324"),
            ("1e-400", "0"),
            ("100000", "100000"),
        ):
            with self.subTest(number=number):
                self.assert_code(self.put("rate", number), 204)
                page = self.page()
                self.assertIn(f'mqcoap_resource_value{{device="GW_1",path="rate",unit=""}} {shown}\n', page)
                self.assertIn('mqcoap_resource_value{device="GW_1",path="other",unit=""} 7\n', page)
                if shutil.which("promtool"):
                    judged = subprocess.run(
                        ["promtool", "check", "metrics"], input=page, capture_output=True, text=True, timeout=60
                    )
                    self.assertEqual((judged.returncode, judged.stdout + judged.stderr), (0, ""))

    def test_what_is_json_is_taken_and_nothing_else(self):
        for body in (
            "[]", "[[]   ]", '[""]', "[1e1]", "[0e+1]", "[0E1]", "[-0]", "[-0.0]", "[123.456e78]", "[1E-2]",
            "-0", "\t1\r\n", '["\\uDBFF\\uDFFF"]', '["\\u0000"]', '["\\"\\\\\\/\\b\\f\\n\\r\\t"]', '["\x7f"]', '["\u2028"]',
            '{"": 0}', '{"a": [], "b": {}}', "[1,null,true,false]", "[0.0000000000000000000000000000000000000000001]",
            '{"a": "b", "a": "b"}', "[123123e-500]",
        ):  # fmt: skip
            with self.subTest(body=body):
                self.assert_code(self.put("any", body), 204)
        for body in (
            "[1,]", "[,1]", "[1 2]", "[1", "1]", "[01]", "[-01]", "[+1]", "[1.]", "[.5]", "[1e]", "[1e+]", "[0x1]",
            "[-]", "[Infinity]", "[NaN]", "[-NaN]", "[1_000]", "True", "nul", "'a'", '["\\x41"]', '["\\u12"]', '["\t"]',
            '["\\uD800"]', '["\\uDC00\\uD800"]', '{"a": 1,}', "{a: 1}", '{"a" 1}', '{"a": 1 "b": 2}', "{1: 1}",
            "[1] // x", "/* x */ 1", '"a', "\ufeff1", "[\u00a01]", "\f1",
        ):  # fmt: skip
            with self.subTest(body=body):
                self.assert_code(self.put("any", body), 400)


if __name__ == "__main__":
    unittest.main()
