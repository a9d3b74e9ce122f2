"""docs/schema.md: each schema of its tables has the documented result for each value, and the page names
each keyword that the gateway supports.

MQCOAPD names the daemon.
"""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/schema.md").read_text(encoding="utf-8")
COMPILER = (ROOT / "lib/mqcoap/schema/json_schema_compile.cpp").read_text(encoding="utf-8")


def table(section):
    """Returns the rows of a section's table, each a list of its cells."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[2:]]


def code(cell):
    return re.fullmatch(r"`(.*)`", cell).group(1)


def check(schema, value):
    """Returns the output of `--check` for a value with this schema, both written as YAML, and its status."""
    with tempfile.TemporaryDirectory(prefix="mqcoap-schema-") as folder:
        file = pathlib.Path(folder) / "schema.yaml"
        file.write_text(
            "version: 1\ndevices:\n  GW_1:\n    resources:\n      x:\n"
            f"        value: {value}\n        schema: {schema}\n",
            encoding="utf-8",
        )
        said = subprocess.run([os.environ["MQCOAPD"], "--check", "--config", file], text=True, capture_output=True)
        return said.returncode, said.stdout + said.stderr


class Schema(unittest.TestCase):
    def assert_fits(self, schema, value):
        self.assertEqual(check(schema, value)[0], 0, check(schema, value)[1])

    def assert_breaks(self, schema, value):
        status, said = check(schema, value)
        self.assertEqual(status, 78, f"{schema} takes {value}")
        self.assertIn("the value breaks its own schema", said)

    def assert_refused(self, schema, words):
        status, said = check(schema, "null")
        self.assertEqual(status, 78, f"{schema} is taken")
        self.assertIn(words, said)

    def test_words_that_ask(self):
        for word, _, schema, good, bad in table("Keywords that restrict the value"):
            with self.subTest(word):
                self.assertIn(code(word), code(schema))
                self.assert_fits(code(schema), code(good))
                self.assert_breaks(code(schema), code(bad))

    def test_words_that_say(self):
        for word, _, schema in table("Keywords that describe the schema"):
            with self.subTest(word):
                self.assertIn(code(word), code(schema))
                for value in ("text", "{x: 1}"):
                    self.assert_fits(code(schema), value)

    def test_words_that_there_are_not(self):
        for word, schema, _ in table("Keywords that are not supported"):
            with self.subTest(word):
                self.assertIn(code(word), code(schema))
                self.assert_refused(code(schema), f"unknown schema keyword '{code(word)}'")

    def test_the_page_names_every_word_of_the_gateway(self):
        known = set(re.findall(r'^ +\{"(\$?\w+)", +&compiler::', COMPILER, re.MULTILINE))
        self.assertGreater(len(known), 30)
        on_page = [code(row[0]) for title in ("Keywords that restrict the value",
                                              "Keywords that describe the schema") for row in table(title)]
        self.assertEqual(sorted(on_page), sorted(known))

    def test_patterns(self):
        for pattern, text, _, here, _ in table("Patterns"):
            with self.subTest(pattern=pattern, text=text):
                character = chr(int(re.search(r"U\+([0-9A-F]+)$", text).group(1), 16))
                schema = json.dumps({"pattern": code(pattern)}, ensure_ascii=False)
                value = json.dumps(character, ensure_ascii=False)
                if here == "refused":
                    self.assert_refused(schema, "not a regular expression (RE2)")
                elif here == "matches":
                    self.assert_fits(schema, value)
                else:
                    self.assertEqual(here, "does not match")
                    self.assert_breaks(schema, value)

    def test_patterns_to_write_instead_match_what_ecma_matches(self):
        tried = 0
        for _, text, ecma, _, instead in table("Patterns"):
            whole = re.fullmatch(r"`([^`]*)`(?: or `[^`]*`)?", instead)
            if not whole:
                continue
            character = chr(int(re.search(r"U\+([0-9A-F]+)$", text).group(1), 16))
            schema, value = json.dumps({"pattern": whole.group(1)}, ensure_ascii=False), json.dumps(character, ensure_ascii=False)
            with self.subTest(instead):
                (self.assert_breaks if ecma == "does not match" else self.assert_fits)(schema, value)
            tried += 1
        self.assertGreater(tried, 10)


if __name__ == "__main__":
    unittest.main(verbosity=2)
