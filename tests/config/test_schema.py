"""The exported JSON Schema is valid, accepts every valid file, and rejects the invalid ones where
this is expected.

The first line of each `.expect` is the expected result of the schema: `schema: refuses`, `schema:
accepts` (the error only shows when keys are compared with each other) or `schema: unreadable` (there is
no JSON to validate).
"""

import glob
import json
import os
import subprocess
import sys
import unittest

import jsonschema

TOOL = sys.argv.pop(1)
HERE = os.path.dirname(os.path.abspath(__file__))


def run(*arguments):
    return subprocess.run([TOOL, *arguments], check=True, capture_output=True, text=True).stdout


def files(folder):
    found = sorted(glob.glob(os.path.join(HERE, folder, "*.yaml")))
    assert found, folder
    return found


def as_json(paths):
    lines = run("json", *paths).splitlines()
    assert len(lines) == len(paths)
    return [None if line == "unreadable" else json.loads(line) for line in lines]


class Schema(unittest.TestCase):
    def setUp(self):
        self.schema = json.loads(run("schema"))
        self.validator = jsonschema.Draft202012Validator(self.schema)

    def test_the_schema_is_itself_valid(self):
        jsonschema.Draft202012Validator.check_schema(self.schema)

    def test_every_property_is_described(self):
        for part in [self.schema, *self.schema["$defs"].values()]:
            for name, rule in part["properties"].items():
                self.assertTrue(rule.get("description"), name)

    def test_every_default_is_allowed_by_its_own_rule(self):
        for part in [self.schema, *self.schema["$defs"].values()]:
            for name, rule in part["properties"].items():
                if "default" in rule:
                    with self.subTest(name):
                        whole = {**rule, "$defs": self.schema["$defs"]}
                        jsonschema.Draft202012Validator(whole).validate(rule["default"])

    def test_good_files_are_accepted(self):
        paths = [*files("good"), *files("../../config")]
        for path, value in zip(paths, as_json(paths)):
            with self.subTest(os.path.basename(path)):
                self.assertIsNotNone(value)
                self.validator.validate(value)

    def test_bad_files_are_judged_as_they_say(self):
        paths = files("bad")
        for path, value in zip(paths, as_json(paths)):
            with self.subTest(os.path.basename(path)):
                with open(path[: -len("yaml")] + "expect", encoding="utf-8") as expectation:
                    expected = expectation.readline().strip()
                if value is None:
                    actual = "schema: unreadable"
                else:
                    actual = "schema: " + ("accepts" if self.validator.is_valid(value) else "refuses")
                self.assertEqual(actual, expected)


if __name__ == "__main__":
    unittest.main()
