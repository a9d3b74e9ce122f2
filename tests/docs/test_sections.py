"""Every reference to a section of docs/protocol.md uses a name that exists on the page, and never a
number, because numbers change when a section is added.
"""

import os
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "protocol.md"
SUFFIXES = {".c", ".h", ".cpp", ".hpp", ".ino", ".py", ".sh", ".md", ".scd", ".yaml", ".json", ".txt", ".cmake", ".in"}
# Build folders, and files of third parties.
SKIPPED = {".git", "build", "json_schema_suite", "node_modules"}

NAMED = re.compile(r'protocol\.md\)?,?((?:(?: and|,)? "[^"]+")+)')
NUMBERED = re.compile(r"\b(?:sections?|chapters?) \d|§ ?\d|protocol\.md#\d")
# A numbered section belongs to another document, which is named directly before it.
FOREIGN = re.compile(r"(RFC \d+|MQTT [\d.]+|ECMA-\d+|YAML [\d.]+)[ ,(of]*$")


def sections(page):
    return {title for title in re.findall(r"^## (.*)$", page, re.MULTILINE)}


def joined(text):
    """Returns the text on one line without comment marks, so that a reference may span lines."""
    return " ".join(re.sub(r"^\s*(///?<?|#|\*|--)?\s*", "", line) for line in text.splitlines())


def named(text):
    return [name for names in NAMED.findall(joined(text)) for name in re.findall(r'"([^"]+)"', names)]


def numbered(text):
    text = joined(text)
    return [text[max(0, m.start() - 40):m.end() + 10] for m in NUMBERED.finditer(text)
            if not FOREIGN.search(text[:m.start()])]


def files():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in SKIPPED and not f.startswith("build")]
        for name in names:
            path = pathlib.Path(folder, name)
            if path.suffix in SUFFIXES and path != pathlib.Path(__file__).resolve():
                yield path


class Reading(unittest.TestCase):
    def test_names(self):
        self.assertEqual(named('/// A (docs/protocol.md, "Run once"). B\n'), ["Run once"])
        self.assertEqual(named('/// A (docs/protocol.md,\n/// "Run\n/// once").\n'), ["Run once"])
        self.assertEqual(named('# see protocol.md, "Topics" and "Options"'), ["Topics", "Options"])
        self.assertEqual(named('"""The table in docs/protocol.md points here."""'), [])

    def test_numbers(self):
        for text in ("docs/protocol.md, section 8", "docs/protocol.md,\n// sections 3 and 5", "as in section 9",
                     "[protocol](protocol.md#2-payloads)", "protocol.md §4"):
            with self.subTest(text):
                self.assertEqual(len(numbered(text)), 1)
        for text in ("RFC 9110 section 13.2.1", "// RFC 7301,\n// section 3.1", "MQTT 5.0 section 4.7", "MQTT 3.1.1 (section 3.3.5)",
                     "section of the file", "docs/protocol.md, \"Run once\""):
            with self.subTest(text):
                self.assertEqual(numbered(text), [])


class References(unittest.TestCase):
    def test_each_names_a_section_that_exists(self):
        known = sections(PAGE.read_text(encoding="utf-8"))
        self.assertIn("Run once", known)
        found = 0
        for path in files():
            for name in named(path.read_text(encoding="utf-8", errors="replace")):
                found += 1
                with self.subTest(path.relative_to(ROOT)):
                    self.assertIn(name, known)
        self.assertGreater(found, 30)

    def test_none_is_a_number(self):
        for path in files():
            with self.subTest(path.relative_to(ROOT)):
                self.assertEqual(numbered(path.read_text(encoding="utf-8", errors="replace")), [])

    def test_headings_have_no_numbers(self):
        for title in sections(PAGE.read_text(encoding="utf-8")):
            self.assertNotRegex(title, r"^\d")


if __name__ == "__main__":
    unittest.main(verbosity=2)
