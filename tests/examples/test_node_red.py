"""The Node-RED flow: its nodes fit together, and its functions behave like devices and callers. The
functions are run by node if it is installed; Node-RED itself is not needed.
"""

import json
import pathlib
import shutil
import subprocess
import unittest

FILE = pathlib.Path(__file__).resolve().parent.parent.parent / "examples/node-red/flow.json"
TAG = "NR_XX_0_0001"
ID = "16fd2706-8baf-433b-82eb-8c7fada847da"
TOPIC = f"gf_int_v1/axuv/request/{TAG}/{ID}"

# Runs the functions of the flow as Node-RED does: as an async body in which these names are defined. Reads a
# list of [function, message] and writes what each returned or sent.
RUN = """
const { code, steps } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const stores = {};
const store = name => ({ get: k => (stores[name] ||= {})[k], set: (k, v) => { (stores[name] ||= {})[k] = v; } });
const RED = { util: { generateId: () => "0123456789abcdef" } };
const timers = [];
(async () => {
  const all = [];
  for (const [name, msg] of steps) {
    if (name === "time passes") { const now = timers.splice(0); all.push([]); now.forEach(f => f && f(all.at(-1))); continue; }
    const said = [];
    const node = { warn: words => said.push({ warning: words }), send: m => said.push({ sent: m }) };
    const later = f => timers.push(into => { const keep = node.send; node.send = m => into.push(m); f(); node.send = keep; }) - 1;
    const body = new Function("msg", "node", "context", "flow", "RED", "setTimeout", "clearTimeout", code[name]);
    const back = body(msg, node, store(name), store("flow"), RED, later, n => { timers[n] = undefined; });
    all.push(said.concat(back === null || back === undefined ? [] : [back]));
  }
  console.log(JSON.stringify(all));
})();
"""


class Flow(unittest.TestCase):
    def setUp(self):
        self.flow = json.loads(FILE.read_text(encoding="utf-8"))
        self.nodes = {node["id"]: node for node in self.flow}

    def named(self, name):
        node, = [node for node in self.flow if node.get("name") == name]
        return node

    def test_the_nodes_hold_together(self):
        self.assertEqual(len(self.nodes), len(self.flow), "an id twice")
        for node in self.flow:
            with self.subTest(node["id"]):
                if "z" in node:
                    self.assertEqual(self.nodes[node["z"]]["type"], "tab")
                for outputs in node.get("wires", []):
                    for target in outputs:
                        self.assertEqual(self.nodes[target]["z"], node["z"])
                if node["type"] == "function":
                    self.assertEqual(len(node["wires"]), node["outputs"])
                if "broker" in node and node["type"] != "mqtt-broker":
                    self.assertEqual(self.nodes[node["broker"]]["type"], "mqtt-broker")
                for seen in node.get("scope", []):
                    self.assertIn(seen, self.nodes)

    def test_every_node_is_one_that_node_red_brings_along(self):
        kinds = {"tab", "mqtt-broker", "mqtt in", "mqtt out", "function", "inject", "debug", "status", "switch"}
        self.assertLessEqual({node["type"] for node in self.flow}, kinds)

    def test_nobodys_secrets_are_in_it(self):
        self.assertNotIn("credentials", FILE.read_text(encoding="utf-8"))
        self.assertEqual({n["broker"] for n in self.flow if n["type"] == "mqtt-broker"}, {"localhost"})

    def test_the_device(self):
        requests = self.named("requests")
        self.assertEqual((requests["topic"], requests["datatype"]), (f"gf_int_v1/+/request/{TAG}/+", "utf8"))
        broker = self.nodes[requests["broker"]]
        # The tag is the client id, the flow has its own connection, and the broker reports its end.
        self.assertEqual(broker["clientid"], TAG)
        for moment in ("will", "close"):
            self.assertEqual(broker[f"{moment}Topic"], f"gf_int_v1/gateway/system/{TAG}/presence")
            self.assertEqual(broker[f"{moment}Retain"], "true")
            self.assertEqual(json.loads(broker[f"{moment}Payload"])["body"]["state"], "OFFLINE")
        for out in ("answer", "presence"):
            self.assertEqual(self.named(out)["broker"], broker["id"])
            self.assertEqual(self.named(out)["topic"], "")

    def test_the_caller(self):
        answers = self.named("answers")
        self.assertEqual(answers["topic"], f"gf_int_v1/+/response/{TAG}/+")
        broker = self.nodes[answers["broker"]]
        # A caller's client id is never the tag of a device.
        self.assertEqual(broker["clientid"], "")
        self.assertEqual(self.named("request")["broker"], broker["id"])


@unittest.skipUnless(shutil.which("node"), "node is not installed")
class Functions(unittest.TestCase):
    def run_steps(self, *steps):
        flow = json.loads(FILE.read_text(encoding="utf-8"))
        code = {node["name"]: node["func"] for node in flow if node["type"] == "function"}
        done = subprocess.run(["node", "-e", RUN], input=json.dumps({"code": code, "steps": steps}), text=True,
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    @staticmethod
    def request(method, path, body=None, **header):
        fields = {"method": method, "path": path, "request_id": ID, "source": "desk-7", **header}
        return ["device", {"topic": TOPIC, "payload": json.dumps({"header": fields, "body": body, "timestamp": "1"})}]

    def test_the_device_answers(self):
        wanted = [
            (("GET", "gains"), 205, [0, 1, 2, 3, 4]),
            (("PUT", "gains", [1, 2, 3, 4, 8]), 400, "gains are five integers from 0 to 7"),
            (("PUT", "gains", [1, 2, 3, 4, 5]), 204, None),
            ((1, "/gains"), 205, [1, 2, 3, 4, 5]),
            (("delete", "gains"), 405, "gains are for GET and PUT, not DELETE"),
            (("GET", "offsets"), 404, "there is no offsets here, only gains"),
        ]
        answers = self.run_steps(*[self.request(*asked) for asked, _, _ in wanted])
        for (asked, code, body), (said,) in zip(wanted, answers):
            answer = json.loads(said["payload"])
            self.assertEqual(said["topic"], TOPIC.replace("/request/", "/response/"))
            self.assertRegex(answer.pop("timestamp"), r"^\d{13}$")
            self.assertEqual(answer, {
                "header": {"response_code": code, "path": asked[1], "request_id": ID, "correlation_id": None, "source": TAG},
                "body": body,
            })

    def test_the_device_passes_the_correlation_id_back(self):
        (said,), = self.run_steps(self.request("GET", "gains", correlation_id=ID))
        self.assertEqual(json.loads(said["payload"])["header"]["correlation_id"], ID)

    def test_invalid_requests_are_dropped(self):
        for payload in ("", "{", "null", "5", "[]", '{"header":null}', '{"header":{"method":"GET","path":5}}'):
            (said,), = self.run_steps(["device", {"topic": TOPIC, "payload": payload}])
            self.assertIn("dropped", said["warning"])

    def test_presence(self):
        (said,), = self.run_steps(["online", {}])
        self.assertEqual((said["topic"], said["retain"]), (f"gf_int_v1/gateway/system/{TAG}/presence", True))
        # A reader may keep the newest message, so OFFLINE, whose text is fixed, must not be older.
        self.assertEqual(json.loads(said["payload"])["body"], {"state": "ONLINE", "last_updated": "0"})

    def test_a_call(self):
        answer = {"header": {"response_code": 205}, "body": [1]}
        request_id = "0123456789abcdef" * 2
        topic = f"gf_int_v1/axuv/response/{TAG}/{request_id}"
        asked, foreign, ours, late, passed = self.run_steps(
            ["ask", {"method": "PUT", "address": f"{TAG}/axuv/status/state", "body": "ARMED"}],
            ["ours", {"topic": topic.replace("0123", "ffff"), "payload": json.dumps(answer)}],
            ["ours", {"topic": topic, "payload": json.dumps(answer)}],
            ["ours", {"topic": topic, "payload": json.dumps(answer)}],
            ["time passes", {}],
        )
        request = asked[0][0]
        self.assertEqual(request["topic"], topic.replace("/response/", "/request/"))
        self.assertEqual(json.loads(request["payload"])["header"],
                         {"method": "PUT", "path": "status/state", "request_id": request_id, "source": "node-red"})
        self.assertEqual((foreign, ours, late, passed), ([], [{"code": 205, "payload": [1]}], [], []))

    def test_a_call_that_nobody_answers(self):
        _, passed = self.run_steps(["ask", {"address": f"{TAG}/axuv/gains"}], ["time passes", {}])
        self.assertEqual(passed, [[None, {"payload": f"no answer from {TAG}/axuv/gains: it may have been run"}]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
