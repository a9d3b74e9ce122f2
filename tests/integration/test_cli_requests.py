"""Requests of mqcoap to devices as deployed: output, values, errors, exit statuses."""

import json
import subprocess
import tempfile
import unittest

from harness import IntegrationTest
from harness.device import late, mute, normal
from harness.tool import program

ADDRESS = "DEV_1/axuv/gains"


class Requests(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.mq = self.cli(self.lab)

    def assert_done(self, done, status, out=None, *words):
        self.assertEqual(done.returncode, status, done)
        if out is not None:
            self.assertEqual(done.stdout, out)
        for word in words:
            self.assertIn(word, done.stderr)
        if status == 0:
            self.assertEqual(done.stderr, "")

    def test_get_prints_the_body_alone_into_a_pipe(self):
        device = self.device(self.lab, "DEV_1", normal([0, 1.5, None]))
        self.assert_done(self.mq.run("get", ADDRESS), 0, "[0, 1.5, null]\n")
        self.assertEqual(device.last["header"]["method"], "GET")
        self.assertEqual(device.last["header"]["path"], "gains")

    def test_a_terminal_gets_the_pretty_body_and_a_status_line(self):
        self.device(self.lab, "DEV_1", normal({"state": "IDLE", "list": list(range(40))}))
        status, shown = self.mq.on_terminal("get", ADDRESS, NO_COLOR="1")
        self.assertEqual(status, 0)
        self.assertIn('{\n  "state": "IDLE",\n  "list": [\n    0, 1, 2,', shown)
        self.assertRegex(shown, r"\n205 CONTENT [\d.]+ ms\n$")
        self.assertNotIn("\033", shown)
        self.assertIn("\033[", self.mq.on_terminal("get", ADDRESS)[1])
        self.assertNotIn("205 CONTENT", self.mq.on_terminal("get", ADDRESS, "--quiet")[1])

    def test_what_a_device_says_cannot_command_the_terminal(self):
        self.device(self.lab, "DEV_1", normal("\x1b[2Jgone", 404))
        _, shown = self.mq.on_terminal("get", ADDRESS, NO_COLOR="1")
        self.assertIn("?[2Jgone", shown)
        self.assertNotIn("\033", shown)

    def test_the_other_forms_of_output(self):
        self.device(self.lab, "DEV_1", normal([{"a": 1, "b": "x,y"}, {"a": 2}], etag="v1"))
        whole = json.loads(self.mq.run("get", ADDRESS, "-o", "json").stdout)
        self.assertEqual((whole["code"], whole["name"], whole["address"]), (205, "CONTENT", ADDRESS))
        self.assertEqual(whole["body"][0]["b"], "x,y")
        self.assert_done(self.mq.run("-o", "csv", "get", ADDRESS), 0, 'a,b\n1,"x,y"\n2,\n')
        self.assert_done(self.mq.run("get", "-F", "%c %d %p", ADDRESS), 0, "205 CONTENT gains\n")
        self.assertRegex(self.mq.run("get", "-i", ADDRESS).stdout, r"(?s)^205 CONTENT .*etag: v1\n.*\n\n\[")

    def test_raw_text_is_without_quotes(self):
        self.device(self.lab, "DEV_1", normal("two\nlines"))
        self.assert_done(self.mq.run("get", ADDRESS, "-o", "raw"), 0, "two\nlines\n")

    def test_values_arrive_as_they_were_meant(self):
        device = self.device(self.lab, "DEV_1", normal(None, 204))
        cases = [
            (["5"], 5),
            (["-5"], -5),
            (["[0, 1]"], [0, 1]),
            (["[idle"], None),
            (['{"a": [1]}'], {"a": [1]}),
            (["idle"], "idle"),
            (["get"], "get"),
            (["--", "-h"], "-h"),
            (["--", "[7]"], [7]),
            (["rate=5000", "mode=fast mode"], {"rate": 5000, "mode": "fast mode"}),
        ]
        for words, meant in cases:
            with self.subTest(words):
                before = len(device.requests)
                done = self.mq.run("put", ADDRESS, *words)
                if meant is None:
                    self.assert_done(done, 2, "", "looks like JSON")
                    self.assertEqual(len(device.requests), before)
                else:
                    self.assert_done(done, 0, "")
                    self.assertEqual(device.last["body"], meant)
                    self.assertEqual(device.last["header"]["method"], "PUT")

    def test_invalid_json_is_reported_with_its_position_and_a_hint(self):
        for text, *words in (
            ('{"gain": NaN}', "NaN is not a JSON value", '{"gain": -->NaN}', "use null"),
            ("{'gain': 1}", "a key in single quotes", "double quotes"),
            ("[1, 2,]", "a comma with nothing after it", "leave out the last comma"),
            ("[1,,2]", "at character 4"),
            ("-1e999", "the value looks like JSON"),
        ):
            with self.subTest(text):
                done = self.mq.run("put", ADDRESS, text)
                self.assert_done(done, 2, "", *words)

    def test_durations_need_their_unit_behind_every_option(self):
        for words in (
            ["get", ADDRESS, "-W", "5"],
            ["ls", "--wait", "5"],
            ["watch", ADDRESS, "--every", "5"],
            ["watch", ADDRESS, "--for", "5 s"],
            ["events", "--for", "5"],
            ["monitor", "--for", "5sec"],
            ["monitor", "--overdue", "5"],
            ["record", "-", "--for", "5"],
            ["bench", ADDRESS, "--for", "5"],
        ):
            with self.subTest(words):
                self.assert_done(self.mq.run(*words), 2, "", "expected a duration from 1ms to", "5s?")
        self.assert_done(self.mq.run("get", ADDRESS, MQCOAP_TIMEOUT="2m"), 2, "", "2min?")

    def test_values_come_from_files_and_standard_input(self):
        device = self.device(self.lab, "DEV_1", normal(None, 204))
        (self.mq.folder / "v.json").write_text("[1,\n 2]\n")
        self.assert_done(self.mq.run("put", ADDRESS, f"@{self.mq.folder}/v.json"), 0)
        self.assertEqual(device.last["body"], [1, 2])
        self.assert_done(self.mq.run("put", ADDRESS, "@-", stdin="some text\n"), 0)
        self.assertEqual(device.last["body"], "some text")
        self.assert_done(self.mq.run("put", ADDRESS, "@nothing"), 2, "", "nothing")
        (self.mq.folder / "bom.json").write_text("[1, 2]\n", encoding="utf-8-sig")
        self.assert_done(self.mq.run("put", ADDRESS, f"@{self.mq.folder}/bom.json"), 0)
        self.assertEqual(device.last["body"], [1, 2])
        (self.mq.folder / "wide.json").write_text("[1, 2]\n", encoding="utf-16")
        self.assert_done(self.mq.run("put", ADDRESS, f"@{self.mq.folder}/wide.json"), 2, "", "UTF-16")

    def test_post_and_delete(self):
        device = self.device(self.lab, "DEV_1", normal(None, 203))
        self.assert_done(self.mq.run("post", "DEV_1/axuv/arm"), 0, "")
        self.assertEqual((device.last["header"]["method"], device.last["body"]), ("POST", None))
        self.assert_done(self.mq.run("delete", "DEV_1/axuv/shots/0"), 0, "")
        self.assertEqual((device.last["header"]["method"], device.last["header"]["path"]), ("DELETE", "shots/0"))

    def test_errors_of_devices_are_words_on_standard_error_and_a_status(self):
        self.device(self.lab, "DEV_4", normal("there is no such gain", 404))
        self.device(self.lab, "DEV_5", normal({"why": "burnt"}, 500))
        self.assert_done(self.mq.run("get", "DEV_4/a/b"), 4, "", "404 NOT_FOUND", "there is no such gain", "mqcoap ls DEV_4")
        self.assert_done(self.mq.run("get", "DEV_5/a/b"), 5, "", "500 INTERNAL_SERVER_ERROR", '{"why": "burnt"}')
        quiet = self.mq.run("--quiet", "get", "DEV_4/a/b")
        self.assertNotIn("try:", quiet.stderr)
        self.assertEqual(json.loads(self.mq.run("-o", "json", "get", "DEV_4/a/b").stdout)["code"], 404)

    def test_silence_is_status_6(self):
        self.device(self.lab, "DEV_1", mute())
        done = self.mq.run("get", ADDRESS, "--timeout", "200ms")
        self.assert_done(done, 6, "", "did not answer within 200ms", "--timeout", "mqcoap ls")
        self.assert_done(self.mq.run("get", ADDRESS, "-W", "0.2s"), 6, "")

    def test_an_unusable_answer_is_status_6(self):
        def garbage(device, topic, request):
            answer = device.response(request)
            answer["header"]["response_code"] = "two hundred"
            device.publish(topic, answer)

        self.device(self.lab, "DEV_1", garbage)
        self.assert_done(self.mq.run("get", ADDRESS, "-W", "5s"), 6, "", "no answer")

    def test_the_namespace_and_the_token_are_sent(self):
        device = self.device(self.lab, "DEV_1", normal(1), namespace="other")
        (self.mq.folder / "token").write_text("t0ken\n")
        self.assert_done(self.mq.run("-n", "other", "--token-file", self.mq.folder / "token", "get", ADDRESS), 0, "1\n")
        self.assertEqual(device.last["header"]["token"], "t0ken")
        self.assert_done(self.mq.run("get", ADDRESS, MQCOAP_NAMESPACE="other", MQCOAP_TOKEN="of env"), 0, "1\n")
        self.assertEqual(device.last["header"]["token"], "of env")

    def test_every_version_of_mqtt_and_both_qualities(self):
        self.device(self.lab, "DEV_1", normal(1))
        for options in (["-V", "5"], ["-V", "mqttv311"], ["-q", "1"]):
            with self.subTest(options):
                self.assert_done(self.mq.run(*options, "get", ADDRESS), 0, "1\n")

    def test_a_large_body_is_complete(self):
        self.device(self.lab, "DEV_1", normal(list(range(100_000))))
        self.assertEqual(json.loads(self.mq.run("get", ADDRESS).stdout), list(range(100_000)))

    def test_nobody_reads_the_output(self):
        self.device(self.lab, "DEV_1", normal(list(range(100_000))))
        done = subprocess.run(
            f"'{program()}' -L {self.lab.url} get {ADDRESS} | head -c 5", shell=True, capture_output=True, timeout=60
        )
        self.assertEqual((done.stdout, done.stderr), (b"[0, 1", b""))


class Faults(IntegrationTest):
    def test_wrong_command_lines_are_status_2(self):
        mq = self.cli()
        cases = {
            ("get",): "ADDRESS",
            ("get", "DEV_1"): "TAG/SUBSYSTEM/PATH",
            ("get", "DEV_1/axuv"): "two parts",
            ("get", "DEV 1/axuv/x"): "not an address",
            ("get", "a/b/c", "--foo"): "--foo",
            ("gte", "a/b/c"): "did you mean 'get'?",
            ("put", "a/b/c"): "VALUE",
            ("put", "a/b/c", "x=1", "y"): "key=value",
            ("get", "a/b/c", "-F", "%q"): "%q",
            ("get", "a/b/c", "-W", "never"): "never",
            ("get", "a/b/c", "-o", "xml"): "xml",
            ("-h", "x", "-L", "mqtt://y", "get", "a/b/c"): "",
            ("ls", "-F", "%b"): "no effect on ls",
            ("ls", "a b"): "TAG",
            ("--context", "none", "get", "a/b/c"): "none",
        }
        for arguments, words in cases.items():
            with self.subTest(arguments):
                done = mq.run(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertIn(words, done.stderr)

    def test_help_and_version(self):
        mq = self.cli()
        self.assertRegex(mq.run("--version").stdout, r"^mqcoap \d+\.\d+\.\d+\n$")
        verbs = [line.split()[0] for line in mq.run("--help").stdout.split("Verbs:\n")[1].split("\n\n")[0].splitlines()]
        self.assertIn("doctor", verbs)
        for verb in verbs:
            with self.subTest(verb):
                done = mq.run(verb, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("Example", done.stdout)
        self.assertEqual(mq.run().returncode, 2)

    def test_no_broker_is_status_3(self):
        broker = self.broker(witness=False)
        mq = self.cli(broker)
        broker.kill()
        done = mq.run("get", "a/b/c")
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"127.0.0.1:{broker.port}", done.stderr)
        self.assertIn("refused", done.stderr)

    def test_a_wrong_password_is_status_3(self):
        broker = self.broker(witness=False, users={"lab": "secret"})
        mq = self.cli(broker)
        self.device(broker, "DEV_1", normal(1), username="lab", password="secret")
        done = mq.run("get", "DEV_1/a/b")
        self.assertEqual(done.returncode, 3)
        self.assertIn("-u NAME", done.stderr)
        self.assertEqual(mq.run("-u", "lab", "-P", "guess", "get", "DEV_1/a/b").returncode, 3)
        self.assertEqual(mq.run("-u", "lab", "get", "DEV_1/a/b", MQCOAP_PASSWORD="secret").stdout, "1\n")
        (mq.folder / "password").write_text("secret\n")
        self.assertEqual(mq.run("-u", "lab", "--password-file", mq.folder / "password", "get", "DEV_1/a/b").stdout, "1\n")

    def test_a_killed_broker_ends_the_wait(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1", mute())
        running = self.running(self.cli(broker), "get", "DEV_1/a/b", "--timeout", "60s")
        device.wait_requests()
        broker.kill()
        self.assertEqual(running.wait_exit(), 3)
        self.assertIn("unknown", "\n".join(running.err.all))

    def test_ctrl_c_is_130(self):
        broker = self.broker(witness=False)
        device = self.device(broker, "DEV_1", mute())
        running = self.running(self.cli(broker), "get", "DEV_1/a/b", "--timeout", "60s")
        device.wait_requests()
        self.assertEqual(running.stop(), 130)
        self.assertEqual((running.out.all, running.err.all), ([], []))


GATEWAY = """
version: 1
brokers: {lab: {url: $LAB}}
proxy:
  forward: GW_1
  routes: [{name: far, match: {tag: DEV_1}, timeout: 300ms}]
"""


class Unknown(IntegrationTest):
    """A write whose outcome is unknown."""

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        self.mq = self.cli(self.lab)

    def test_silence_after_a_write_is_called_so_and_the_hint_is_not_to_try_again(self):
        device = self.device(self.lab, "DEV_1", mute())
        for verb, method in (("put", "PUT"), ("post", "POST"), ("delete", "DELETE")):
            with self.subTest(verb):
                words = ["5"] if verb != "delete" else []
                done = self.mq.run(verb, ADDRESS, *words, "-W", "200ms")
                self.assertEqual(done.returncode, 6)
                self.assertIn(f"the {method} may have been run", done.stderr)
                self.assertNotIn("--timeout", done.stderr)
                self.assertIn("mqcoap get DEV_1/axuv/gains", done.stderr)
                self.assertIn("--request-id " + device.last["header"]["request_id"], done.stderr)
        done = self.mq.run("get", ADDRESS, "-W", "200ms")
        self.assertNotIn("may have been run", done.stderr)

    def test_a_repeat_after_a_late_answer_gets_it_and_runs_nothing_twice(self):
        self.gateway(GATEWAY, LAB=self.lab.url)
        device = self.device(self.lab, "DEV_1", late())
        request_id = "16fd2706-8baf-433b-82eb-8c7fada847da"
        command = ("post", "GW_1/proxy/DEV_1/axuv/shots", "n=1", "--request-id", request_id)
        done = self.mq.run(*command)
        self.assertEqual(done.returncode, 5)
        self.assertIn("did not answer within 300ms; the POST may have been run", done.stderr)
        self.assertIn("--request-id " + request_id, done.stderr)
        self.assertEqual(self.mq.run(*command).returncode, 5)
        device.release("shot 7")
        device.bus.fence()
        again = self.mq.run(*command)
        self.assertEqual((again.returncode, again.stdout), (0, '"shot 7"\n'), again.stderr)
        self.assertEqual(len(device.requests), 1)
        self.assertEqual(self.mq.run(*command[:-1], "17").returncode, 2)

    def test_retry_sends_the_same_id(self):
        def second_time_lucky(device, topic, request):
            if len(device.requests) > 1:
                device.publish(topic, device.response(request, code=204))

        device = self.device(self.lab, "DEV_1", second_time_lucky)
        done = self.mq.run("put", ADDRESS, "5", "-W", "300ms", "--retry", "3")
        self.assertEqual(done.returncode, 0, done.stderr)
        ids = [request["header"]["request_id"] for _, request in device.requests]
        self.assertEqual(len(ids), 2)
        self.assertEqual(len(set(ids)), 1)
        self.assertIn("1 of 3", done.stderr)

    def test_json_without_an_answer_is_an_object_with_the_error(self):
        self.device(self.lab, "DEV_1", mute())
        for verb in (("get", ADDRESS), ("put", ADDRESS, "5")):
            done = self.mq.run(*verb, "-o", "json", "-W", "200ms")
            self.assertEqual(done.returncode, 6)
            self.assertIn("did not answer within 200ms", json.loads(done.stdout)["error"])
        self.lab.kill()
        done = self.mq.run("get", ADDRESS, "-o", "json")
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot connect", json.loads(done.stdout)["error"])


class Steering(IntegrationTest):
    """Bytes from devices that would control a terminal."""

    EVIL = "\x1b[2J\x9b31m\u202eevil\x7f"

    def test_no_form_lets_them_reach_the_terminal(self):
        broker = self.broker()
        self.device(broker, "DEV_1", normal(self.EVIL, source=self.EVIL))
        self.device(broker, "DEV_2", normal({self.EVIL: [self.EVIL]}))
        self.device(broker, "DEV_4", normal(self.EVIL, 404))
        mq = self.cli(broker)
        forms = ([], ["-o", "raw"], ["-o", "csv"], ["-o", "json"], ["-i"], ["-F", "%b %J"], ["-o", "raw", "-F", "%b"])
        runs = [("get", f"{tag}/a/b", *form) for tag in ("DEV_1", "DEV_2", "DEV_4") for form in forms]
        runs += [("watch", f"{tag}/a/b", "--count", "1", *form) for tag in ("DEV_1", "DEV_2", "DEV_4")
                 for form in ([], ["-o", "raw"], ["-o", "csv"], ["-o", "json"], ["-F", "%b"])]
        for arguments in runs:
            with self.subTest(arguments):
                _, shown = mq.on_terminal(*arguments, NO_COLOR="1")
                self.assertIn("evil", shown)
                self.assertNotRegex(shown, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")

    def test_a_pipe_gets_the_exact_value(self):
        broker = self.broker()
        self.device(broker, "DEV_1", normal(self.EVIL))
        mq = self.cli(broker)
        done = mq.run("get", ADDRESS)
        self.assertEqual(json.loads(done.stdout), self.EVIL)
        self.assertTrue(done.stdout.isascii(), done.stdout)
        self.assertEqual(mq.run("get", ADDRESS, "-o", "raw").stdout, self.EVIL + "\n")


class Tls(IntegrationTest):
    def certificate(self):
        """Returns a self-signed certificate for localhost, and its key."""
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-tls-")
        self.addCleanup(folder.cleanup)
        cert, key = f"{folder.name}/cert.pem", f"{folder.name}/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
            check=True, capture_output=True,
        )
        return cert, key

    def test_a_broker_with_tls(self):
        cert, key = self.certificate()
        broker = self.broker(witness=False, settings=[f"certfile {cert}", f"keyfile {key}"])
        mq = self.cli()
        url = f"mqtts://localhost:{broker.port}"
        silent = mq.run("-L", url, "--cafile", cert, "-W", "2s", "get", "NOBODY/a/b")
        self.assertEqual(silent.returncode, 6, silent.stderr)  # connected, but no device answers
        untrusted = mq.run("-L", url, "get", "a/b/c")
        self.assertEqual(untrusted.returncode, 3)
        self.assertIn("--cafile", untrusted.stderr)
        other_name = mq.run("-h", "127.0.0.1", "-p", broker.port, "--cafile", cert, "get", "a/b/c")
        self.assertEqual(other_name.returncode, 3)
        self.assertIn("--insecure", other_name.stderr)
        insecure = mq.run("-h", "127.0.0.1", "-p", broker.port, "--cafile", cert, "--insecure", "-W", "2s", "get", "a/b/c")
        self.assertEqual(insecure.returncode, 6, insecure.stderr)
        in_the_clear = mq.run("-L", f"mqtt://localhost:{broker.port}", "-W", "2s", "get", "a/b/c")
        self.assertEqual(in_the_clear.returncode, 3)
        self.assertIn("mqtts://", in_the_clear.stderr)

    def test_files_that_are_no_certificates_are_status_78(self):
        done = self.cli().run("--cafile", "/nonexistent.pem", "get", "a/b/c")
        self.assertEqual(done.returncode, 78)
        self.assertIn("/nonexistent.pem", done.stderr)


class Contexts(IntegrationTest):
    def test_contexts_name_brokers(self):
        broker = self.broker()
        self.device(broker, "DEV_1", normal(1), namespace="lab_v1")
        mq = self.cli()
        (mq.folder / "mqcoap").mkdir()
        file = mq.folder / "mqcoap/cli.yaml"
        file.write_text(f"# mine\ncontexts:\n  lab: {{url: '{broker.url}', namespace: lab_v1}}\n  dead: {{url: 'mqtt://127.0.0.1:9'}}\n")
        self.assertEqual(mq.run("--context", "lab", "get", "DEV_1/a/b").stdout, "1\n")
        self.assertEqual(mq.run("context", "ls", "--quiet").stdout, "lab\ndead\n")
        self.assertEqual(mq.run("context", "use", "lab").returncode, 0)
        self.assertTrue(file.read_text().startswith("default: lab\n# mine\n"))
        self.assertEqual(mq.run("get", "DEV_1/a/b").stdout, "1\n")
        self.assertEqual(mq.run("get", "DEV_1/a/b", MQCOAP_CONTEXT="dead").returncode, 3)
        self.assertIn("lab_v1", mq.run("context", "show").stdout)
        self.assertEqual(mq.run("context", "use", "lob").returncode, 2)

    def test_a_bad_file_is_status_78_with_its_place(self):
        mq = self.cli()
        (mq.folder / "mqcoap").mkdir()
        (mq.folder / "mqcoap/cli.yaml").write_text("contexts:\n  lab:\n    ulr: x\n")
        done = mq.run("get", "a/b/c", "--context", "lab")
        self.assertEqual(done.returncode, 78)
        self.assertIn("cli.yaml:3:5", done.stderr)
        self.assertIn("did you mean 'url'?", done.stderr)
        self.assertEqual(mq.run("completion", "bash").returncode, 0)

    def test_one_bad_context_stops_nobody_else(self):
        broker = self.broker()
        self.device(broker, "DEV_1", normal(1))
        mq = self.cli()
        (mq.folder / "mqcoap").mkdir()
        file = mq.folder / "mqcoap/cli.yaml"
        file.write_text(f"default: lab\ncontexts:\n  old: {{ulr: x}}\n  lab: {{url: '{broker.url}'}}\n")
        self.assertEqual(mq.run("get", "DEV_1/a/b").stdout, "1\n")
        listed = mq.run("context", "ls")
        self.assertEqual(listed.returncode, 0)
        self.assertRegex(listed.stdout, r"(?m)^! +old")
        self.assertIn("cli.yaml:3:", listed.stderr)
        self.assertEqual(mq.run("--context", "old", "get", "DEV_1/a/b").returncode, 78)
        self.assertEqual(mq.run("context", "use", "old").returncode, 78)
        file.write_text("contexts:\n  old: {ulr: x}\n")
        done = mq.run("get", "DEV_1/a/b", "-L", broker.url)
        self.assertEqual((done.stdout, done.stderr), ("1\n", ""))
        done = mq.run("get", "DEV_1/a/b", "-p", str(broker.port))
        self.assertEqual(done.stdout, "1\n")
        self.assertIn("context old is ignored", done.stderr)
        file.write_text("default: old\ncontexts:\n  old: {ulr: x}\n")
        self.assertEqual(mq.run("get", "DEV_1/a/b").returncode, 78)
        named = mq.run("-L", broker.url, "get", "DEV_1/a/b")
        self.assertEqual((named.returncode, named.stdout), (0, "1\n"))
        self.assertIn("is ignored", named.stderr)
        self.assertEqual(mq.run("context", "rm", "old").returncode, 0)
        self.assertEqual(mq.run("context", "ls", "--quiet").stdout, "")

    def test_contexts_are_added_and_removed(self):
        broker = self.broker()
        self.device(broker, "DEV_1", normal(1), namespace="lab_v1")
        mq = self.cli()
        done = mq.run("context", "add", "lab", broker.url, "-n", "lab_v1", "-W", "2s", "--default")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(mq.run("get", "DEV_1/a/b").stdout, "1\n")
        self.assertEqual(mq.run("context", "add", "lab", broker.url).returncode, 2)
        done = mq.run("context", "add", "far", "-h", "h", "-p", "8884", "--cafile", "ca.pem", "-V", "5", "-q", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = mq.run("context", "show", "far").stdout
        self.assertIn("mqtt://h:8884", shown)
        self.assertRegex(shown, r"cafile: +/.*ca\.pem")
        self.assertRegex(shown, r"(?m)^protocol: +5$")
        for words in (
            ["-P", "secret", "-u", "me"],
            ["mqtt://u:secret@h"],
            ["mqtt://u:secret@h", "-p", "1884"],
            ["-L", "mqtt://u:secret@h"],
            ["-L", "mqtt://u:secret@h", "-p", "1884"],
            ["mqtt://u:secret@h", "-h", "g"],
            ["http://h"],
            ["-L", "mqtt://a", "mqtt://b"],
        ):
            with self.subTest(words):
                refused = mq.run("context", "add", "new", *words)
                self.assertEqual(refused.returncode, 2, refused.stderr)
                self.assertNotIn("secret", refused.stderr)
        self.assertEqual(mq.run("context", "ls", "--quiet").stdout, "lab\nfar\n")
        self.assertEqual(mq.run("context", "rm", "lab").returncode, 0)
        self.assertEqual(mq.run("context", "ls", "--quiet").stdout, "far\n")
        self.assertNotIn("default", (mq.folder / "mqcoap/cli.yaml").read_text())
        self.assertEqual(mq.run("context", "rm", "lab").returncode, 2)

    def test_a_context_is_stored_as_it_was_given(self):
        mq = self.cli()
        for words, url in (
            (["-L", "mqtt://50%25@h", "-p", "1884"], "mqtt://50%25@h:1884"),
            (["mqtt://50%25@h", "-p", "1884"], "mqtt://50%25@h:1884"),
            (["-L", "mqtt://a%3Ab@h:1", "-p", "2"], "mqtt://a%3Ab@h:2"),
            (["mqtt://lab@h"], "mqtt://lab@h"),
        ):
            with self.subTest(words):
                added = mq.run("context", "add", "lab", *words)
                self.assertEqual(added.returncode, 0, added.stderr)
                self.assertIn(url + "\n", mq.run("context", "show", "lab").stdout)
                self.assertEqual(mq.run("context", "rm", "lab").returncode, 0)
        for word in ("123", "true", "1.0", "null"):
            with self.subTest(word):
                added = mq.run("context", "add", word, "mqtt://h", "-u", word, "-n", word, "--default")
                self.assertEqual(added.returncode, 0, added.stderr)
                self.assertRegex(mq.run("context", "show").stdout, rf"(?m)^username: +{word}$")
                self.assertEqual(mq.run("context", "rm", word).returncode, 0)
        for word in ("a b", "a: b", "{", "#x", ""):
            with self.subTest(word):
                refused = mq.run("context", "add", word, "mqtt://h")
                self.assertEqual(refused.returncode, 2, refused.stderr)
                self.assertIn("is not a valid name of a context", refused.stderr)

    def test_a_file_stays_readable_or_is_left_alone(self):
        mq = self.cli()
        (mq.folder / "mqcoap").mkdir()
        file = mq.folder / "mqcoap/cli.yaml"
        block = "contexts:\n  lab: {url: 'mqtt://h'}\n"
        for text in ("---\n" + block, "\ufeff" + block, '"default": lab\n' + block, "# mine\n---\n" + block + "default: lab\n"):
            with self.subTest(text):
                file.write_text(text, encoding="utf-8")
                for words in (["use", "lab"], ["add", "b", "mqtt://h", "--default"]):
                    done = mq.run("context", *words)
                    self.assertEqual(done.returncode, 0, done.stderr)
                self.assertRegex(mq.run("context", "ls").stdout, r"(?m)^\* +b ")
        for text in ("{contexts: {lab: {url: 'mqtt://h'}}}\n", "{default: lab, contexts: {lab: {}, b: {}}}\n", "  contexts:\n    lab: {}\n"):
            with self.subTest(text):
                file.write_text(text)
                for words in (["use", "lab"], ["add", "c", "mqtt://h", "--default"], ["rm", "lab"]):
                    done = mq.run("context", *words)
                    self.assertEqual(done.returncode, 78, done.stderr)
                    self.assertIn("is written in a style that this verb cannot change", done.stderr)
                    self.assertEqual(file.read_text(), text)


class Help(IntegrationTest):
    def test_help_is_there_in_every_way_that_one_tries(self):
        mq = self.cli()
        whole = mq.run("--help").stdout
        for words in (["help"], ["-h"]):
            done = mq.run(*words)
            self.assertEqual((done.returncode, done.stdout), (0, whole), words)
        for verb in (["get"], ["context", "add"]):
            asked = mq.run(*verb, "--help").stdout
            self.assertIn("Usage: mqcoap " + " ".join(verb), asked)
            self.assertEqual(mq.run("help", *verb).stdout, asked)
            self.assertEqual(mq.run(*verb, "-h").stdout, asked)
        wrong = mq.run("help", "gte")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("get", wrong.stderr)

    def test_options_without_effect_are_refused(self):
        mq = self.cli()
        for words, named in (
            (["monitor", "-F", "%b"], "--format"),
            (["monitor", "-o", "csv"], "-o csv"),
            (["record", "-", "-o", "json"], "--output"),
            (["serve", "T", "-r", "a=1", "--token-file", "/dev/null"], "--token-file"),
            (["forget", "T", "--token-file", "/dev/null"], "--token-file"),
            (["serve", "lab.yaml", "-q", "1"], "--qos"),
            (["sim", "lab.yaml", "--insecure"], "--insecure"),
            (["config", "schema", "-h", "lab"], "--host"),
            (["completion", "bash", "-o", "json"], "--output"),
            (["context", "ls", "-W", "1s"], "--timeout"),
            (["watch", "a/b/c", "-i"], "--include"),
            (["ls", "--wait", "1s", "T"], "--wait"),
            (["ls", "-a"], "-a"),
            (["get", "a/b/c", "-i", "-o", "json"], "-i"),
            (["get", "a/b/c", "-F", "%b", "-o", "csv"], "-F"),
        ):
            with self.subTest(words):
                done = mq.run(*words)
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertIn(named, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
