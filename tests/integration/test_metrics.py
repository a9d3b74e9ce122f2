"""Metrics and health of a running gateway over HTTP and MQTT, and how Prometheus reads them."""

import http.client
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from harness import IntegrationTest
from harness.broker import free_port
from harness.process import Process

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "config/examples"
PATIENCE = 60

CONFIGURATION = """
version: 1
brokers:
  lab: {url: $LAB, username: gateway, password: {env: LAB_PASSWORD}}
http: {listen: 127.0.0.1:$PORT}
devices:
  GW_1:
    resources:
      rate: {value: 5.5, metric: true, unit: Hz, methods: [GET, PUT]}
proxy:
  forward: GW_1
  routes:
    - {name: probe, match: {tag: D_1}, timeout: 200ms}
"""


def fetch(url):
    """Returns status and body."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def wait_until(what, condition):
    """Returns the first true value of the condition. It polls, because neither Prometheus nor /readyz
    reports changes.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if value := condition():
                return value
        except OSError:
            pass  # not yet listening
        time.sleep(0.05)
    raise AssertionError(f"waited for {what} in vain")


def promtool(*arguments, **how):
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=60, **how)


class Metrics(IntegrationTest):
    SERVED = ("GW_1",)

    def start(self, port=0):
        self.lab = self.broker(witness=False)
        gateway = self.gateway(CONFIGURATION, environment={"LAB_PASSWORD": "hush-hush"}, LAB=self.lab.url, PORT=port)
        return gateway

    def url_of(self, gateway):
        gateway.wait_log("metrics and health: ")
        return re.search(r"metrics and health: (http://\S+)/metrics", gateway.log).group(1)

    def test_a_page_under_a_name_of_its_own_reads_nothing(self):
        gateway = self.start()
        at = urllib.parse.urlsplit(self.url_of(gateway))

        def status(host, path="/metrics"):
            asked = http.client.HTTPConnection(at.hostname, at.port, timeout=PATIENCE)
            self.addCleanup(asked.close)
            asked.putrequest("GET", path, skip_host=True)
            if host is not None:
                asked.putheader("Host", host)
            asked.endheaders()
            return asked.getresponse().status

        for host in (at.netloc, "127.0.0.1", f"localhost:{at.port}", f"[::1]:{at.port}"):
            self.assertEqual(status(host), 200)
        for path in ("/metrics", "/healthz", "/readyz", "/nothing"):
            self.assertEqual(status(f"evil.example:{at.port}", path), 421)
            self.assertEqual(status(None, path), 400)
        self.assertEqual(status(at.netloc, f"http://{at.netloc}/metrics"), 200)
        self.assertEqual(status(at.netloc, f"http://evil.example:{at.port}/metrics"), 421)
        self.assertEqual(status("metrics.lab.example"), 421)
        gateway.reload(CONFIGURATION.replace("$PORT}", f"{at.port}, hosts: [metrics.lab.example]}}"))
        wait_until("the new address", lambda: status("metrics.lab.example") == 200)

    @unittest.skipUnless(shutil.which("promtool"), "no promtool")
    def test_what_is_served_is_good_for_prometheus(self):
        url = self.url_of(self.start())
        caller = self.caller(self.lab, "GW_1")
        self.assert_code(caller.get("rate"), 205)
        self.assert_code(caller.get("D_1/axuv/gains", subsystem="proxy"), 504)
        self.device(self.lab, "D_1")
        self.assert_code(caller.get("D_1/axuv/gains", subsystem="proxy"), 205)
        status, text = fetch(url + "/metrics")
        self.assertEqual(status, 200)
        self.assertIn('mqcoap_requests_total{role="local",device="GW_1",method="GET",code="205"} 1\n', text)
        self.assertIn('mqcoap_requests_total{role="forward",device="D_1",method="GET",code="504"} 1\n', text)
        self.assertIn('mqcoap_resource_value{device="GW_1",path="rate",unit="Hz"} 5.5\n', text)
        judged = promtool("check", "metrics", input=text)
        self.assertEqual((judged.returncode, judged.stdout + judged.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("promtool"), "no promtool")
    def test_the_alert_rules_do_what_they_say(self):
        rules = EXAMPLES / "prometheus-alerts.yaml"
        judged = promtool("check", "rules", rules)
        self.assertEqual(judged.returncode, 0, judged.stdout + judged.stderr)
        histories = pathlib.Path(__file__).with_name("alerts_test.yaml").read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "alerts.yaml"
            file.write_text(histories.replace("RULES", str(rules)), encoding="utf-8")
            judged = promtool("test", "rules", file)
        self.assertEqual(judged.returncode, 0, judged.stdout + judged.stderr)

    @unittest.skipUnless(shutil.which("prometheus"), "no prometheus")
    def test_prometheus_scrapes_it(self):
        url = self.url_of(self.start())
        with tempfile.TemporaryDirectory(prefix="mqcoap-prometheus-") as name:
            folder = pathlib.Path(name)
            target = urllib.parse.urlsplit(url).netloc
            (folder / "prometheus.yml").write_text(
                "global: {scrape_interval: 1s}\n"
                f"scrape_configs: [{{job_name: mqcoap, static_configs: [{{targets: ['{target}']}}]}}]\n",
                encoding="utf-8",
            )
            port = free_port()
            prometheus = Process(
                [
                    shutil.which("prometheus"),
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{port}",
                ]
            )
            try:
                query = f"http://127.0.0.1:{port}/api/v1/query?query=mqcoap_resource_value"

                def samples():
                    status, body = fetch(query)
                    # Prometheus answers with 503 while it starts.
                    return status == 200 and json.loads(body)["data"]["result"]

                found = wait_until("a sample in Prometheus", samples)
            finally:
                prometheus.kill()
        self.assertEqual(found[0]["value"][1], "5.5")
        labels = found[0]["metric"]
        self.assertEqual((labels["device"], labels["path"], labels["unit"]), ("GW_1", "rate", "Hz"))

    def test_a_gateway_is_ready_while_its_broker_is_connected(self):
        gateway = self.start()
        url = self.url_of(gateway)
        self.assertEqual(fetch(url + "/readyz"), (200, "ready\n"))
        self.lab.kill()
        gateway.wait_log("broker lab")
        status, words = wait_until(
            "503", lambda: (answer := fetch(url + "/readyz"))[0] == 503 and answer
        )
        self.assertIn("broker lab is not connected", words)
        self.assertEqual(fetch(url + "/healthz"), (200, "ok\n"))
        self.assertIn('mqcoap_broker_up{broker="lab"} 0\n', fetch(url + "/metrics")[1])
        self.lab.restart()
        gateway.wait_log("ready:", count=2)
        self.assertEqual(fetch(url + "/readyz"), (200, "ready\n"))
        self.assertIn('mqcoap_broker_reconnects_total{broker="lab"} 1\n', fetch(url + "/metrics")[1])

    def test_connections_that_are_held_do_not_hinder_others(self):
        url = self.url_of(self.start())
        address = urllib.parse.urlsplit(url)
        held = [socket.create_connection((address.hostname, address.port)) for _ in range(40)]
        try:
            for each in held:
                try:
                    each.sendall(b"GET /metrics HTTP/1.1\r\nX-Slow: ")
                except OSError:
                    pass  # this connection was already closed to make room
            self.assertEqual(fetch(url + "/healthz"), (200, "ok\n"))
            caller = self.caller(self.lab, "GW_1")
            self.assert_code(caller.get("rate"), 205)
        finally:
            for each in held:
                each.close()

    def test_only_get_and_head(self):
        url = self.url_of(self.start())
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=PATIENCE)
        self.addCleanup(connection.close)
        connection.request("HEAD", "/metrics")
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.read()), (200, b""))
        connection.request("DELETE", "/metrics")  # on the same connection
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.getheader("Allow")), (405, "GET, HEAD"))
        self.assertIn(b"only GET and HEAD", answer.read())
        status, words = fetch(url + "/metric")
        self.assertEqual(status, 404)
        self.assertIn("/metrics", words)

    def test_a_port_that_is_taken_is_no_reason_to_stop(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            gateway = self.start(port)
            gateway.wait_log("Address already in use")
            answer = self.caller(self.lab, "GW_1").get(".gw/status")
            self.assertIn("Address already in use", answer.body["http"])
            self.assertIs(answer.body["ready"], True)
        self.assertEqual(wait_until("the port", lambda: fetch(f"http://127.0.0.1:{port}/healthz")), (200, "ok\n"))

    def test_the_same_over_mqtt(self):
        self.start()
        caller = self.caller(self.lab, "GW_1")
        self.assert_code(caller.get("D_1/axuv/gains", subsystem="proxy"), 504)
        devices = self.assert_code(caller.get(".gw/devices", subsystem="host"), 205).body["devices"]
        self.assertEqual([d["tag"] for d in devices], ["D_1"])
        self.assertIn("did not answer", devices[0]["last_error"]["words"])
        brokers = self.assert_code(caller.get(".gw/brokers"), 205).body["brokers"]
        self.assertEqual([(b["name"], b["up"]) for b in brokers], [("lab", True)])
        shown = self.assert_code(caller.get(".gw/config"), 205)
        self.assertEqual(shown.body["brokers"]["lab"]["password"], "***")
        self.assertNotIn(b"hush-hush", shown.raw)
        self.assert_code(caller.put(".gw/config", {}), 405)
        listed = self.assert_code(caller.get(".well-known/core"), 205).body
        self.assertLessEqual({".gw/status", ".gw/devices", ".gw/brokers", ".gw/config"}, {r["path"] for r in listed})

    @unittest.skipUnless(shutil.which("mosquitto_rr"), "no mosquitto_rr")
    def test_with_the_tools_of_mosquitto(self):
        self.start()
        request_id = "16fd2706-8baf-433b-82eb-8c7fada847da"
        request = {
            "header": {"method": "GET", "path": ".gw/status", "request_id": request_id},
            "timestamp": "1",
        }
        said = subprocess.run(
            ["mosquitto_rr", "-p", str(self.lab.port), "-W", "30", "-m", json.dumps(request)]
            + ["-t", f"gf_int_v1/host/request/GW_1/{request_id}", "-e", f"gf_int_v1/host/response/GW_1/{request_id}"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIs(json.loads(said.stdout)["body"]["ready"], True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
