"""The manual pages describe exactly the options in the programs' --help, and groff reports no warnings.

MAN_PAGES is the folder of the built pages, MQCOAPD the daemon, and MQCOAP the command line tool,
if it is built.
"""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

SOURCES = pathlib.Path(__file__).resolve().parent.parent.parent / "man"
PAGES = pathlib.Path(os.environ["MAN_PAGES"])
MQCOAPD = os.environ["MQCOAPD"]
MQCOAP = os.environ.get("MQCOAP")

# An option where it is described: at the beginning of a line of --help or of a page.
IN_HELP = re.compile(r"^ +(-\w(?:,\s*--[\w-]+)?|--[\w-]+)", re.MULTILINE)
IN_PAGE = re.compile(r"^\*(-\w\*(?:, \*--[\w-]+\*)?|--[\w-]+\*)", re.MULTILINE)
SUBCOMMANDS = re.compile(r"^(?:Subcommands|Verbs):\n((?:[ \t]+\S.*\n?)+)", re.MULTILINE)


def help_of(program, *words):
    return subprocess.run([program, *words, "--help"], text=True, check=True, stdout=subprocess.PIPE).stdout


def options_of(pattern, text):
    names = set()
    for match in pattern.finditer(text):
        names.update(re.findall(r"--?[\w-]+", match.group(1)))
    return names


def verbs_of(program, words=()):
    """Returns verb, as a tuple of words -> its --help, for all verbs and their subcommands."""
    said = help_of(program, *words)
    found = {words: said}
    for table in SUBCOMMANDS.findall(said):
        first = min(len(line) - len(line.lstrip()) for line in table.splitlines())
        for line in table.splitlines():
            if len(line) - len(line.lstrip()) == first:
                found.update(verbs_of(program, (*words, line.split()[0])))
    return found


def sections_of(page, verbs):
    """Returns verb -> the part of the page about it; for (), all text that belongs to no verb."""
    found = {(): ""}
    current = ()
    for line in page.splitlines(keepends=True):
        if line.startswith("#"):
            heading = line.lstrip("# ").split()
            # The longest verb at the beginning of the heading; without a verb, the text belongs to none.
            current = max((v for v in verbs if v and list(v) == heading[:len(v)]), key=len, default=())
            if line.startswith("## ") and heading[0].islower() and not current:
                current = (heading[0],)
            found.setdefault(current, "")
        found[current] += line
    return found


class Pages(unittest.TestCase):
    def test_daemon(self):
        page = (SOURCES / "mqcoapd.8.scd").read_text(encoding="utf-8")
        self.assertEqual(options_of(IN_PAGE, page), options_of(IN_HELP, help_of(MQCOAPD)))

    @unittest.skipUnless(MQCOAP, "the command line tool is not built")
    def test_command_line(self):
        verbs = verbs_of(MQCOAP)
        self.assertGreater(len(verbs), 10)
        sections = sections_of((SOURCES / "mqcoap.1.scd").read_text(encoding="utf-8"), verbs)
        self.assertEqual(set(sections), set(verbs))
        for verb, said in verbs.items():
            with self.subTest(verb=" ".join(verb)):
                # All verbs have --help, which is described once.
                self.assertEqual(options_of(IN_PAGE, sections[verb]) - {"--help"},
                                 options_of(IN_HELP, said) - {"--help"})

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_groff_has_no_objection(self):
        pages = sorted(PAGES.glob("*.[0-9]"))
        self.assertGreaterEqual(len(pages), 2)
        for page in pages:
            done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", page], text=True, stderr=subprocess.PIPE)
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)


if __name__ == "__main__":
    unittest.main(verbosity=2)
