"""Tests the script that generates programs from the C++ on a page."""

import unittest

from snippets import Fault, programs


class Snippets(unittest.TestCase):
    def test_blocks_go_where_their_comments_say(self):
        page = "Words.\n<!-- snippet one\nint f() {\n@@\n}\n-->\n```cpp\nreturn 1;\n```\n<!-- snippet two -->\n```cpp\nint x;\n```\n"
        self.assertEqual(programs("p.md", page), {
            "one": '#line 3 "p.md"\nint f() {\n#line 8 "p.md"\nreturn 1;\n#line 5 "p.md"\n}\n',
            "two": '#line 12 "p.md"\nint x;\n'})

    def test_a_comment_without_a_place_claims_no_block(self):
        page = "<!-- snippet one\n#include <a>\n-->\n<!-- snippet one -->\n```cpp\nint x;\n```\n"
        self.assertEqual(programs("p.md", page), {"one": '#line 2 "p.md"\n#include <a>\n#line 6 "p.md"\nint x;\n'})

    def test_other_blocks_are_left_alone(self):
        self.assertEqual(programs("p.md", "```yaml\n<!-- snippet one\n```\n"), {})

    def test_faults(self):
        for page, words in (
            ("\n```cpp\nint x;\n```\n", "p.md:2: this block is not compiled"),
            ("<!-- snippet one -->\n", "no block follows the last snippet"),
            ("<!-- snippet one -->\n<!-- snippet two -->\n```cpp\n```\n", "p.md:2: no block follows"),
            ("<!-- snippet one -->\n```cpp\nint x;\n", "the block has no end"),
            ("<!-- snippet one\nint x;\n", "the comment has no end"),
        ):
            with self.subTest(page=page), self.assertRaises(Fault) as caught:
                programs("p.md", page)
            self.assertIn(words, str(caught.exception))


if __name__ == "__main__":
    unittest.main(verbosity=2)
