"""Tests the script that runs a page's commands, and checks that no page shows a command that it
would not run.
"""

import os
import pathlib
import tempfile
import unittest

import console

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


class Reading(unittest.TestCase):
    def test_commands_and_what_they_say(self):
        block, = console.blocks("p.md", "Words.\n```console\n$ echo a \\\n  b\na b\n$ for i in 1\n> do true; done\n```\n")
        self.assertEqual([(c.text, c.said, c.line) for c in block.commands],
                         [("echo a \\\n  b", ["a b"], 4), ("for i in 1\ndo true; done", [], 7)])

    def test_directives_belong_to_the_next_block(self):
        first, second, third, fourth = console.blocks("p.md", (
            "<!-- file: a.yaml -->\n```yaml\nx: 1\n```\n<!-- stays -->\n<!-- numbers vary -->\n```console\n$ a\nb\n```\n"
            "<!-- stop -->\n<!-- not run: it needs a boiler -->\n```console\n$ b\n```\n"))
        self.assertEqual((first.kind, first.reason, first.text), ("file", "a.yaml", "x: 1\n"))
        self.assertTrue(second.stays and second.numbers)
        self.assertEqual((third.kind, fourth.kind, fourth.reason), ("stop", "skipped", "it needs a boiler"))

    def test_faults(self):
        for page, words in (
            ("    $ ls\n", "p.md:1: this command is not run"),
            ("```yaml\nx: 1\n```\n", "p.md:1: this yaml is not checked"),
            ("```bash\nls\n```\n", "commands stand in ```console blocks"),
            ("```console\nls\n```\n", "p.md:2: a console block begins with a command"),
            ("<!-- not run: no -->\n```console\n$ ls\n```\n", "needs a reason in words"),
            ("<!-- stays -->\nwords\n", "no block follows <!-- stays -->"),
            ("<!-- stays -->\n```console\n$ a\n$ b\n```\n", "a block that stays has one command"),
            ("<!-- stays -->\n```console\n$ a\n```\n", "what stays must say something"),
            ("```console\n$ a\n", "the block has no end"),
        ):
            with self.subTest(page=page), self.assertRaises(console.Fault) as caught:
                console.blocks("p.md", page)
            self.assertIn(words, str(caught.exception))

    def test_no_page_shows_a_command_that_is_not_run(self):
        for page in PAGES:
            with self.subTest(page=page.name):
                console.blocks(page.name, page.read_text(encoding="utf-8"))

    def test_links_between_pages_lead_somewhere(self):
        for page in PAGES:
            for target, section in console.links(page.read_text(encoding="utf-8")):
                with self.subTest(page=page.name, link=f"{target}#{section}"):
                    file = page.parent / target if target else page
                    self.assertTrue(file.exists())
                    if section:
                        self.assertIn(section, console.anchors(file.read_text(encoding="utf-8")))


class Comparing(unittest.TestCase):
    def check(self, expected, said, same=True, numbers=False):
        self.assertEqual(console.matches(expected.splitlines(), said.splitlines(), numbers), same)

    def test_what_varies_is_equal_to_its_kind_only(self):
        self.check("205 CONTENT 0.42 ms", "205 CONTENT 12 ms")
        self.check("205 CONTENT 0.42 ms", "204 CONTENT 12 ms", same=False)
        self.check("2026-11-23 00:37:39.753 info: a", "2027-01-01 01:02:03.004 info: a")
        self.check("id 16fd2706-8baf-433b-82eb-8c7fada847da", "id 00000000-0000-4000-8000-000000000000")
        self.check("[0, 1]", "[0, 2]", same=False)
        self.check("sees 3 ok", "sees 4 ok", same=False)

    def test_dots_stand_for_text_or_lines(self):
        self.check("a ... z", "a b c z")
        self.check("a ... z", "a b c", same=False)
        self.check("a\n...\nz", "a\nb\nc\nz")
        self.check("a\n...\nz", "a\nz")
        self.check("a\n...", "b\nc", same=False)

    def test_numbers_vary_where_it_is_said(self):
        self.check("p50 0.06   of 12.5/s", "p50 1000 of 3/s", numbers=True)
        self.check("p50 0.06 of 12.5/s", "p99 0.06 of 12.5/s", same=False, numbers=True)

    def test_nothing_is_not_something(self):
        self.check("", "a", same=False)
        self.check("a", "", same=False)

    def test_what_a_person_sees_in_the_end(self):
        self.assertEqual(console.readable("\x1b[32minfo\x1b[m: a\r\n50 %\r\x1b[Kdone\r\n"), "info: a\ndone\n")


class Running(unittest.TestCase):
    PAGE = """
<!-- file: lab.yaml -->
```yaml
version: 1
devices: {GW_1: {resources: {ping: {reply: pong}}}}
```
<!-- stays -->
```console
$ mqcoapd --config lab.yaml
...
2026-01-01 00:00:00.000 info: ready: 1 device, 0 routes
```
```console
$ mqcoap get GW_1/axuv/ping
"PING"
205 CONTENT 1 ms
$ mqcoap get GW_1/axuv/other 2>/dev/null
$ echo $?
4
```
"""

    def test_a_difference_is_found_and_can_be_written(self):
        differing, faults = console.run_page(self.PAGE)
        self.assertEqual(faults, [])
        (_, command, said), = differing
        self.assertEqual((command.text, said[0]), ("mqcoap get GW_1/axuv/ping", '"pong"'))
        self.assertIn('-"PING"\n+"pong"', console.compare("p.md", differing, faults))
        self.assertEqual(console.rewrite(self.PAGE, differing).replace(said[1], "205 CONTENT 1 ms"),
                         self.PAGE.replace('"PING"', '"pong"'))

    def test_a_bad_configuration_and_a_failed_hidden_command_are_faults(self):
        _, faults = console.run_page(self.PAGE.replace("reply", "repyl"))
        self.assertIn("unknown key 'repyl'", faults[0])
        _, faults = console.run_page("<!-- run: false -->\n")
        self.assertIn("line 1: false: failed", faults[0])

    def test_what_stays_goes_on(self):
        page = """
<!-- stays -->
```console
$ trap 'echo hung up' HUP; echo there; while sleep 0.01; do :; done
there
```
<!-- hang up -->
<!-- goes on -->
```console
hung up
```
"""
        self.assertEqual(console.run_page(page.replace("$ trap", "$ bash -c \"trap").replace("done", "done\"")), ([], []))

    def test_the_status_of_the_script(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder, "p.md")
            page.write_text("```console\n$ echo a\nb\n```\n")
            self.assertEqual(console.main([str(page)]), 1)
            self.assertEqual(console.main(["--write", str(page)]), 1)
            self.assertEqual(console.main([str(page)]), 0)
            self.assertEqual(page.read_text(), "```console\n$ echo a\na\n```\n")


if __name__ == "__main__":
    if "MQCOAP" not in os.environ:
        raise SystemExit("MQCOAP and MQCOAPD name the programs")
    unittest.main(verbosity=2)
