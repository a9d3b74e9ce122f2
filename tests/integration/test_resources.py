"""The devices of a gateway, used by a Python caller over a real broker."""

import unittest

from harness import IntegrationTest, new_id, request_payload

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
    templates:
      probe:
        description: A probe
        subsystems: [axuv]
        resources:
          sample_rate: {value: 5000, methods: [GET, PUT], schema: {type: integer, minimum: 1}}
    devices:
      PROBE_1: {like: probe}
      PROBE_2:
        like: probe
        resources:
          filter: {value: open}
      PROBE_3:
        like: probe
        resources:
          sample_rate: {value: 100}
      GW_1:
        description: Gateway host, bay 3
        subsystems: [axuv, host]
        resources:
          firmware_version: {value: "0.3.1", title: What runs here}
          gains:
            value: [0, 1, 2, 3, 4]
            methods: [GET, PUT]
            schema: {type: array, items: {type: integer, minimum: 0, maximum: 7}}
          big: {value: [18446744073709551615, -9223372036854775808]}
          notes: {value: null, methods: [GET, PUT]}
          status: {value: {state: IDLE, since: 0}, methods: [GET, PUT]}
          arm: {action: {set: {status: {state: ARMED, since: 1}}}}
          trigger: {action: {when: {status: {state: ARMED}}, set: {status: {state: TRIGGERED, since: 2}}}}
          shots: {collection: {max: 3, schema: {type: object, required: [energy]}}}
          coil_current: {signal: "3 + 0.5*sin(2*pi*0.2*t)", unit: A}
          ping: {reply: pong}
          closed/**: {reply: {code: 503, body: back at noon}}
          supply/voltage: {value: 12.5, unit: V}
      ANY_1:
        resources:
          where: {value: anywhere}
"""


class Resources(IntegrationTest):
    SERVED = ("GW_1", "PROBE_1", "PROBE_2", "PROBE_3", "ANY_1")

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.gateway(CONFIGURATION, LAB=self.lab.url)
        self.desk = self.caller(self.lab, "GW_1")

    # ---- values ---------------------------------------------------------------------------------------------

    def test_a_value_is_read_and_replaced(self):
        self.assertEqual(self.desk.get("gains").body, [0, 1, 2, 3, 4])
        self.assert_code(self.desk.put("gains", [7, 7]), 204)
        self.assertEqual(self.desk.get("gains").body, [7, 7])

    def test_a_constant_cannot_be_replaced(self):
        self.assert_code(self.desk.put("firmware_version", "9"), 405, "GET")
        self.assertEqual(self.desk.get("firmware_version").body, "0.3.1")

    def test_what_breaks_the_schema_is_refused_and_changes_nothing(self):
        for body in ([8], ["a"], {"a": 1}, None, [0.5]):
            with self.subTest(body=body):
                self.assert_code(self.desk.put("gains", body), 400)
        self.assertEqual(self.desk.get("gains").body, [0, 1, 2, 3, 4])

    def test_integers_keep_all_their_digits(self):
        answer = self.desk.get("big")
        self.assertIn(b"[18446744073709551615,-9223372036854775808]", answer.raw.replace(b" ", b""))
        self.assert_code(self.desk.put("notes", 9007199254740993), 204)
        self.assertIn(b"9007199254740993", self.desk.get("notes").raw)

    def test_a_number_beyond_all_bounds_is_refused(self):
        request_id = new_id()
        payload = request_payload("PUT", "notes", request_id=request_id).replace('"body": null', '"body": 1e999')
        self.assert_code(self.desk.send_raw(payload, request_id).answer(), 400)
        self.assertIsNone(self.desk.get("notes").body)

    def test_any_json_goes_in_and_comes_out(self):
        for body in (True, 0, -1.5, "", "grüße \u0000 \U0001f52d \"\\", [], {}, [[[{"a": [None]}]]], {"": {"": ""}}):
            with self.subTest(body=body):
                self.assert_code(self.desk.put("notes", body), 204)
                self.assertEqual(self.desk.get("notes").body, body)

    def test_paths_are_echoed_as_they_came(self):
        for path in ("gains", "/gains", "supply/voltage", "/supply/voltage"):
            with self.subTest(path=path):
                self.assertEqual(self.desk.get(path).header["path"], path)

    def test_a_path_has_one_leading_slash_at_most(self):
        for path in ("//gains", "gains/"):
            with self.subTest(path=path):
                request_id = new_id()
                payload = request_payload("GET", path, request_id=request_id)
                # An answer never has a path that a request may not have.
                answer = self.desk.send_raw(payload, request_id, path="unknown").answer()
                self.assert_code(answer, 400, "path")

    def test_ids_are_echoed_as_they_came(self):
        correlation = new_id().upper()
        request_id = new_id().upper().replace("-", "")
        answer = self.desk.get("gains", request_id=request_id, correlation_id=correlation)
        self.assertEqual(answer.header["request_id"], request_id)
        self.assertEqual(answer.header["correlation_id"], correlation)

    def test_methods_are_names_in_any_case_or_numbers(self):
        for method in ("GET", "get", "Get", 1):
            with self.subTest(method=method):
                self.assert_code(self.desk.request(method, "gains"), 205)

    # ---- versions -------------------------------------------------------------------------------------------

    def test_an_etag_guards_against_lost_updates(self):
        first = self.desk.get("gains").header["etag"]
        second = self.assert_code(self.desk.put("gains", [1], if_match=first), 204).header["etag"]
        self.assertNotEqual(first, second)
        self.assert_code(self.desk.put("gains", [2], if_match=first), 412)
        self.assertEqual(self.desk.get("gains").body, [1])
        self.assert_code(self.desk.put("gains", [2], if_none_match=second), 412)
        self.assert_code(self.desk.put("gains", [2], if_none_match=first), 204)

    def test_an_etag_that_holds_saves_the_body(self):
        etag = self.desk.get("gains").header["etag"]
        self.assert_code(self.desk.get("gains", etag=etag), 203)
        self.desk.put("gains", [1])
        self.assertEqual(self.assert_code(self.desk.get("gains", etag=etag), 205).body, [1])

    # ---- actions --------------------------------------------------------------------------------------------

    def test_an_action_runs_only_when_its_condition_holds(self):
        self.assert_code(self.desk.post("trigger"), 412, "status")
        self.assertEqual(self.desk.get("status").body["state"], "IDLE")
        self.assert_code(self.desk.post("arm"), 203)
        self.assert_code(self.desk.post("trigger"), 203)
        self.assertEqual(self.desk.get("status").body, {"state": "TRIGGERED", "since": 2})
        self.assert_code(self.desk.post("trigger"), 412)

    def test_an_action_only_takes_post(self):
        for method in ("GET", "PUT", "DELETE"):
            with self.subTest(method=method):
                self.assert_code(self.desk.request(method, "arm"), 405, "POST")
        self.assertEqual(self.desk.get("status").body["state"], "IDLE")

    # ---- collections ----------------------------------------------------------------------------------------

    def test_a_collection_grows_and_shrinks_and_never_reuses_a_number(self):
        locations = [self.desk.post("shots", {"energy": n}).header["location"] for n in range(2)]
        self.assertEqual(locations, ["shots/0", "shots/1"])
        self.assertEqual(self.desk.get("shots").body, {"0": {"energy": 0}, "1": {"energy": 1}})
        self.assert_code(self.desk.delete("shots/1"), 202)
        self.assert_code(self.desk.delete("shots/1"), 404)
        self.assertEqual(self.desk.post("shots", {"energy": 2}).header["location"], "shots/2")
        self.assertEqual(self.desk.get("shots").body, {"0": {"energy": 0}, "2": {"energy": 2}})

    def test_an_item_is_replaced_within_the_schema(self):
        self.desk.post("shots", {"energy": 0})
        self.assert_code(self.desk.put("shots/0", {"energy": 9}), 204)
        self.assert_code(self.desk.put("shots/0", {"power": 9}), 400, "energy")
        self.assertEqual(self.desk.get("shots/0").body, {"energy": 9})
        self.assert_code(self.desk.put("shots/7", {"energy": 9}), 404)

    def test_a_collection_refuses_what_breaks_its_schema_or_its_size(self):
        self.assert_code(self.desk.post("shots", {"power": 1}), 400, "energy")
        for n in range(3):
            self.assert_code(self.desk.post("shots", {"energy": n}), 201)
        self.assert_code(self.desk.post("shots", {"energy": 3}), 413)
        self.assert_code(self.desk.delete("shots/0"), 202)
        self.assert_code(self.desk.post("shots", {"energy": 3}), 201)

    def test_what_is_no_item_is_not_found(self):
        for path in ("shots/x", "shots/0/1", "shots/-1", "shots/18446744073709551616"):
            with self.subTest(path=path):
                self.assert_code(self.desk.get(path), 404)

    # ---- signals and replies --------------------------------------------------------------------------------

    def test_a_signal_gives_a_number_within_its_curve(self):
        answer = self.assert_code(self.desk.get("coil_current"), 205)
        self.assertTrue(2.5 <= answer.body <= 3.5, answer.body)
        self.assert_code(self.desk.put("coil_current", 1), 405, "GET")

    def test_a_fixed_reply_says_the_same_to_everybody(self):
        self.assertEqual(self.desk.get("ping").body, "pong")
        self.assert_code(self.desk.get("closed/for/lunch"), 503, "noon")
        self.assert_code(self.desk.get("closed"), 404)

    # ---- devices --------------------------------------------------------------------------------------------

    def test_templates_give_each_device_its_own_copy(self):
        probes = [self.caller(self.lab, tag, client_id=f"desk-{tag}") for tag in ("PROBE_1", "PROBE_2")]
        self.assert_code(probes[0].put("sample_rate", 10), 204)
        self.assertEqual([probe.get("sample_rate").body for probe in probes], [10, 5000])
        self.assertEqual(probes[1].get("filter").body, "open")
        self.assert_code(probes[0].get("filter"), 404)

    def test_a_device_keeps_what_its_template_says_of_a_resource_of_the_same_kind(self):
        probe = self.caller(self.lab, "PROBE_3", client_id="desk-3")
        self.assertEqual(probe.get("sample_rate").body, 100)
        self.assert_code(probe.put("sample_rate", 10), 204)
        self.assert_code(probe.put("sample_rate", 0), 400, "minimum")
        self.assertEqual(probe.get("sample_rate").body, 10)

    def test_a_device_answers_in_its_subsystems_only(self):
        self.assert_code(self.desk.get("ping", subsystem="host"), 205)
        self.assert_code(self.desk.get("ping", subsystem="hv"), 404)
        anywhere = self.caller(self.lab, "ANY_1", client_id="desk-8")
        for subsystem in ("axuv", "hv", "x.y-z_0"):
            self.assertEqual(anywhere.get("where", subsystem=subsystem).body, "anywhere")

    def test_answers_name_the_tag_that_answered(self):
        self.assertEqual(self.desk.get("ping").header["source"], "GW_1")

    # ---- discovery ------------------------------------------------------------------------------------------

    def test_discovery_lists_what_is_there(self):
        listed = {entry["path"]: entry for entry in self.desk.get(".well-known/core").body}
        self.assertLessEqual(
            {"firmware_version", "gains", "arm", "shots", "coil_current", "ping", "closed/**", "supply/voltage"},
            set(listed),
        )
        self.assertIn("PUT", listed["gains"]["methods"])
        self.assertNotIn("PUT", listed["firmware_version"]["methods"])
        self.assertEqual((listed["arm"]["type"], listed["shots"]["type"]), ("action", "collection"))
        self.assertEqual(listed["coil_current"]["unit"], "A")
        self.assertEqual(listed["firmware_version"]["title"], "What runs here")

    def test_discovery_speaks_link_format(self):
        answer = self.assert_code(self.desk.get(".well-known/core", accept="application/link-format"), 205)
        self.assertIsInstance(answer.body, str)
        self.assertIn("</gains>", answer.body)
        self.assertIn("</supply/voltage>", answer.body)

    def test_discovery_cannot_be_written(self):
        self.assert_code(self.desk.put(".well-known/core", []), 405, "GET")


if __name__ == "__main__":
    unittest.main(verbosity=2)
