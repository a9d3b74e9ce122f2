"""The reference in docs/library.md matches the headers, and includes every installed header."""

import re
import unittest

import reference


class Reference(unittest.TestCase):
    def test_the_page_is_up_to_date(self):
        self.assertTrue(reference.PAGE.read_text(encoding="utf-8") == reference.page(),
                        "write it again: /usr/bin/python3 tests/docs/reference.py --write")

    def test_every_installed_header_is_in_it(self):
        cmake = (reference.ROOT / "lib/mqcoap/CMakeLists.txt").read_text(encoding="utf-8")
        installed = re.findall(r"\b[a-z]+/\w+\.hpp", cmake[cmake.index("FILE_SET HEADERS"):])
        cmake = (reference.ROOT / "lib/mqcoap/testing/CMakeLists.txt").read_text(encoding="utf-8")
        installed += ["testing/" + name for name in re.findall(r"\b\w+\.hpp", cmake[cmake.index("FILE_SET HEADERS"):])]
        self.assertEqual(sorted(installed), sorted(reference.HEADERS + reference.INNER))

    def chapter_of(self, text):
        reader = reference.Reader("test.hpp", text)
        own, inner = reference.members(reader, r"\}  // namespace mqcoap")
        return own + inner

    def test_declarations_without_their_bodies(self):
        text = '''
/// Speaks. @param to  whom
inline void speak(const std::string& to) {
  if (to == "}") return;
}
/// A class.
///
/// @par Threads  Any.
class thing : base {
 public:
  explicit thing(int n) : n_{n}, m_(std::max(n, 1)) {}
  thing(const thing&) = delete;
  int size() const noexcept { return n_; }  // a comment with {
  int most{7};  ///< how many, within
                ///< reason

 private:
  int hidden();
  int n_;
};
/// Kinds.
enum class kind : int {
  one = 1,  ///< the first
  two,
};
}  // namespace mqcoap
'''
        said = self.chapter_of(text)
        self.assertIn("- `inline void speak(const std::string& to)`\\\n  Speaks. *to:* whom\n", said)
        self.assertIn("#### class thing\n\nA class.\n\n*Threads:* Any.\n\n- `explicit thing(int n)`\n- `int size()", said)
        self.assertIn("- `int most{7}`\\\n  how many, within", said)
        self.assertIn("#### enum class kind\n\nKinds.\n\n- `one = 1`\\\n  the first\n- `two`\n", said)
        self.assertNotIn("hidden", said)
        self.assertNotIn("delete", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
