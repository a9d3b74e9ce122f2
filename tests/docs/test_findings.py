"""findings/README.md lists every script of its folder once; the scripts are bash, and none needs mqcoap. They are not run
here, because they need package archives.
"""

import pathlib
import re
import subprocess
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "findings"
SCRIPTS = sorted(p for p in FOLDER.glob("*.sh") if p.name != "lib.sh")


class Findings(unittest.TestCase):
    def test_the_table_lists_each_script_once(self):
        rows = re.findall(r"^\| \[([\w-]+)\]\(([\w-]+\.sh)\) \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
        self.assertEqual(sorted(file for _, file in rows), [p.name for p in SCRIPTS])
        for name, file in rows:
            self.assertEqual(file, f"{name}.sh")

    def test_the_scripts_are_bash_and_may_be_run(self):
        for script in [*SCRIPTS, FOLDER / "lib.sh", FOLDER / "start"]:
            with self.subTest(script.name):
                said = subprocess.run(["bash", "-n", script], text=True, capture_output=True)
                self.assertEqual((said.returncode, said.stderr), (0, ""))
                self.assertTrue(script.name == "lib.sh" or script.stat().st_mode & 0o100)

    def test_they_do_without_mqcoap(self):
        for script in SCRIPTS:
            self.assertNotIn("mqcoap", script.read_text(), script.name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
