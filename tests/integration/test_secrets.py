"""Passwords in a configuration: no message of the daemon or the command line tool about a file shows one.

The secret is `hunter2`, or `hun` and `ter2` on two lines, in every notation that people use. Most of
the files are faulty in some way; some are valid and cause a warning at each start.
"""

import pathlib
import subprocess
import tempfile
import unittest

from harness import IntegrationTest, tool
from harness.gateway import program

BROKER = """version: 1
brokers:
  lab:
    url: $URL
    username: gateway
"""

SPELLINGS = {
    "plain": "    password: hunter2\n",
    "in quotes": "    password: \"hunter2\"\n",
    "next line": "    password:\n      hunter2\n",
    "next line, not indented": "    password:\n    hunter2\n",
    "after an empty line and a comment": "    password:\n\n      # hunter2\n      hunter2\n",
    "two lines": "    password: hun\n      ter2\n",
    "two lines in quotes": "    password: \"hun\n      ter2\"\n",
    "an escaped line end": "    password: \"hun\\\n      ter2\"\n",
    "literal block": "    password: |\n      hunter2\n",
    "folded block": "    password: >-\n      hun\n      ter2\n",
    "list": "    password: [hunter2]\n",
    "list item": "    password:\n      - hunter2\n",
    "list over lines": "    password: [a,\n      hunter2]\n",
    "nested map": "    password: {value: hunter2}\n",
    "nested block map": "    password:\n      value:\n        text: hunter2\n",
    "as a key": "    password: {hunter2: x}\n",
    "two sources": "    password: {file: a, text: hunter2}\n",
    "misspelt": "    pasword: hunter2\n",
    "misspelt, next line": "    passwrod:\n      hunter2\n",
    "capitals": "    PASSWORD: hunter2\n",
    "another word": "    secret: hunter2\n",
    "short": "    pwd: hunter2\n",
    "longer name": "    mqtt_password: hunter2\n",
    "map of credentials": "    login: {user: u, pass: hunter2}\n",
    "token": "    token: hunter2\n",
    "quoted key": "    \"password\": hunter2\n",
    "escaped key": "    \"pass\\x77ord\": hunter2\n",
    "question mark": "    ? password\n    : hunter2\n",
    "no blank": "    password:hunter2\n",
    "equals sign": "    password=hunter2\n",
    "no colon": "    password hunter2\n",
    "anchor": "    password: &p hunter2\n",
    "anchor of that name": "    password: &hunter2 x\n",
    "alias": "    password: *hunter2\n",
    "tag": "    password: !!str hunter2\n",
    "merge key": "    <<: {password: hunter2}\n",
    "colon in it": "    password: hunter2: x\n",
    "comment behind": "    password: x # it was hunter2\n",
    "comment elsewhere": "    keepalive: 1s # password: hunter2\n",
    "unclosed quote": "    password: \"hunter2\n",
    "unclosed brace": "    password: {file: hunter2\n",
    "at sign": "    password: @hunter2\n",
    "bad escape": "    password: \"\\qhunter2\"\n",
    "twice": "    password: hunter2\n    password: hunter2\n",
    "tab": "    \tpassword: hunter2\n",
    "too far right": "     password: hunter2\n",
    "at the left": "password: hunter2\n",
    "second document": "---\npassword: hunter2\n",
    "key's password": "    tls: {key_password: hunter2, kye: x}\n",
    "private key": "    tls:\n      key: |\n        -----BEGIN PRIVATE KEY-----\n        hunter2\n",
    "url": "    far: mqtt://gateway:hunter2@localhost\n",
    "route": "    keepalive: 1s\nproxy:\n  routes:\n    - {name: r, tokens: hunter2}\n",
}


class Secrets(IntegrationTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-secrets-")
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "mqcoap.yaml"

    def write(self, spelling):
        self.file.write_text(BROKER.replace("$URL", "mqtt://127.0.0.1:9") + spelling, encoding="utf-8")
        self.file.chmod(0o600)

    def assert_hidden(self, done):
        said = done.stdout + done.stderr
        for word in ("hunter", "ter2"):
            self.assertNotIn(word, said)
        return said

    def mqcoapd(self, *arguments):
        return subprocess.run(
            [program(), "--config", self.file, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def test_nothing_that_is_said_about_a_file_shows_a_secret(self):
        self.assertGreaterEqual(len(SPELLINGS), 35)
        for name, spelling in SPELLINGS.items():
            for behind in ("", "limits: {depth: x}\n"):
                with self.subTest(name, behind=behind):
                    self.write(spelling + behind)
                    checked = self.mqcoapd("--check")
                    self.assertIn("mqcoap.yaml", self.assert_hidden(checked))
                    self.assert_hidden(tool.run("config", "check", self.file))
                    self.assert_hidden(tool.run("config", "show", self.file))
                    if checked.returncode == 78:
                        self.assert_hidden(self.mqcoapd())

    def test_a_start_and_a_reload_do_not_show_it_either(self):
        lab = self.broker()
        start = BROKER.replace("$URL", "$LAB") + SPELLINGS["next line"] + "devices:\n  GW_1: {}\n"
        gateway = self.gateway(start, LAB=lab.url)
        gateway.reload(start)
        gateway.reload(BROKER.replace("$URL", "$LAB") + SPELLINGS["misspelt, next line"], good=False)
        self.assertIn("a secret is in the configuration itself", gateway.log)
        self.assertIn("unknown key 'passwrod'", gateway.log)
        self.assertNotIn("hunter", gateway.log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
