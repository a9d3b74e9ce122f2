"""`mqcoap config`: check, schema, init and show."""

import json
import pathlib
import stat
import tempfile
import unittest

import jsonschema
import yaml
from harness import tool

BAD = "version: 1\ndevices:\n  GW_1:\n    resorces: {}\n"


class Config(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def mqcoap(self, *arguments):
        return tool.run("config", *arguments, folder=self.folder)

    def write(self, text):
        file = self.folder / "a.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    def test_init_makes_a_file_that_is_good_and_serves_something(self):
        made = self.mqcoap("init")
        self.assertEqual((made.returncode, made.stdout), (0, ""), made.stderr)
        text = (self.folder / "mqcoap.yaml").read_text(encoding="utf-8")
        self.assertIn("#", text)
        self.assertTrue(yaml.safe_load(text)["devices"])
        done = self.mqcoap("check", "mqcoap.yaml")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^mqcoap\.yaml: OK: \d+ devices?, \d+ routes?, 1 file\n$")
        self.assertEqual(stat.S_IMODE((self.folder / "mqcoap.yaml").stat().st_mode) & 0o022, 0)

    def test_a_name_that_looks_like_a_list_or_a_number_is_a_name(self):
        for name in ("[t].yaml", "[a,b]", "-5"):
            self.assertEqual(self.mqcoap("init", name).returncode, 0)
            self.assertEqual(self.mqcoap("check", name).returncode, 0)
        self.assertEqual(sorted(file.name for file in self.folder.iterdir()), ["-5", "[a,b]", "[t].yaml"])
        for words, name in ((["config", "init", "a", "[x]"], "[x]"), (["[x]"], "[x]"), (["-5"], "-5")):
            done = tool.run(*words, folder=self.folder)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"'{name}'", done.stderr)

    def test_init_never_overwrites(self):
        file = self.write("mine")
        done = self.mqcoap("init", "a.yaml")
        self.assertEqual(done.returncode, 2)
        self.assertIn("a.yaml", done.stderr)
        self.assertEqual(file.read_text(), "mine")

    def test_init_writes_to_standard_output_and_says_where_it_cannot_write(self):
        done = self.mqcoap("init", "-")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(yaml.safe_load(done.stdout)["version"], 1)
        self.assertFalse((self.folder / "-").exists())
        done = self.mqcoap("init", "nowhere/a.yaml")
        self.assertEqual(done.returncode, 2)
        self.assertIn("No such file", done.stderr)

    def test_a_bad_file_is_78_with_its_faults_and_their_places(self):
        self.write(BAD)
        for verb in ("check", "show"):
            done = self.mqcoap(verb, "a.yaml")
            self.assertEqual((done.returncode, done.stdout), (78, ""))
            self.assertIn("a.yaml:4:5: error: devices.GW_1: unknown key 'resorces'", done.stderr)
            self.assertIn("did you mean 'resources'", done.stderr)
        done = self.mqcoap("check", "nothing.yaml")
        self.assertEqual(done.returncode, 78)
        self.assertIn("nothing.yaml", done.stderr)

    def test_what_is_shown_is_good_again_and_fits_the_schema(self):
        self.assertEqual(self.mqcoap("init", "a.yaml").returncode, 0)
        shown = self.mqcoap("show", "a.yaml")
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        value = yaml.safe_load(shown.stdout)
        self.assertEqual(value["limits"]["in_flight"], 1024)
        self.assertEqual(value["brokers"]["default"]["url"], "mqtt://localhost:1883")
        schema = self.mqcoap("schema")
        self.assertEqual((schema.returncode, schema.stderr), (0, ""))
        jsonschema.Draft202012Validator(json.loads(schema.stdout)).validate(value)
        (self.folder / "b.yaml").write_text(shown.stdout, encoding="utf-8")
        self.assertEqual(self.mqcoap("show", "b.yaml").stdout, shown.stdout)

    def test_secrets_are_covered(self):
        self.write("version: 1\nbrokers: {a: {url: mqtt://a, username: u, password: hunter22}}\n").chmod(0o600)
        shown = self.mqcoap("show", "a.yaml")
        self.assertEqual(shown.returncode, 0)
        self.assertNotIn("hunter22", shown.stdout + shown.stderr)
        self.assertEqual(yaml.safe_load(shown.stdout)["brokers"]["a"]["password"], "***")

    def test_a_broken_environment_does_not_keep_it_from_working(self):
        self.write("version: 1\n")
        self.assertEqual(self.mqcoap("check", "a.yaml").returncode, 0)
        self.assertEqual(self.mqcoap("check", "a.yaml", "-L", "mqtt://localhost:1").returncode, 2)

    def test_an_unknown_option_is_named_with_a_hint(self):
        for words, said, hint in (
                (["get", "A_1/x/y", "-b", "mqtt://h"], "unknown option -b", "name the broker: -h HOST -p PORT, or -L URL"),
                (["--broker=mqtt://u:secret@h", "ls"], "unknown option --broker", "name the broker: -h HOST -p PORT, or -L URL"),
                (["get", "A_1/x/y", "--retyr", "3"], "unknown option --retyr", "did you mean '--retry'?"),
                (["config", "state", "--bakcup", "x"], "unknown option --bakcup", "did you mean '--backup'?"),
                (["config", "state", "--nothing-like-it"], "unknown option --nothing-like-it", "mqcoap config state --help"),
                (["get", "A_1/x/y", "-Z"], "unknown option -Z", "mqcoap get --help"),
                (["put", "A_1/x/y", "1", "--if-match", ""], "--if-match: must not be empty", "mqcoap put --help"),
                (["config", "state", "--backup", ""], "--backup: must not be empty", "mqcoap config state --help"),
                (["config", "chekc"], "there is no verb 'chekc' in mqcoap config", "did you mean 'check'?"),
                (["context", "remove", "lab"], "there is no verb 'remove' in mqcoap context", "one of ls, show, use, add, rm"),
                (["get", "A_1/x/y", "more"], "unexpected argument 'more'", "mqcoap get --help"),
                (["ls", "-h", "mqtt://u:secret@h"], "-h: this is a URL, and not the name of a host", "-L takes a URL"),
                (["ls", "-h", "h:1884"], "-h: 'h:1884' is not the name of a host", "-h h -p 1884")):
            done = tool.run(*words, folder=self.folder)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertEqual(done.stderr, f"mqcoap: {said}\n  try: {hint}\n", words)

    def test_wrong_words_are_2_and_help_has_examples(self):
        self.assertEqual(self.mqcoap().returncode, 2)
        self.assertEqual(self.mqcoap("teleport").returncode, 2)
        for verb in ("check", "schema", "init", "show"):
            done = self.mqcoap(verb, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("Example: mqcoap config " + verb, done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
