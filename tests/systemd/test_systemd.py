"""systemd accepts the unit with each of its drop-ins, the unit is tightly restricted, and the packages
have the project's version. Exits with 77 if systemd is not installed.

MQCOAPD is the daemon, MQCOAP_VERSION the project's version.
"""

import configparser
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UNIT = ROOT / "systemd/mqcoapd.service"
DROP_INS = sorted((ROOT / "systemd/examples").glob("*.conf"))
MQCOAPD = os.environ["MQCOAPD"]
VERSION = os.environ["MQCOAP_VERSION"]


def run(*command):
    return subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


class Unit(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-unit-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.unit = self.folder / UNIT.name
        # The program is not installed at the path in the unit.
        self.unit.write_text(UNIT.read_text().replace("/usr/bin/mqcoapd", MQCOAPD))

    def complaints(self, *drop_ins):
        place = self.folder / f"{UNIT.name}.d"
        place.mkdir()
        for drop_in in drop_ins:
            shutil.copy(drop_in, place)
        said = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", self.unit)
        shutil.rmtree(place)
        # Ignores other units of this host.
        return [line for line in said.stdout.splitlines() if str(self.folder) in line or UNIT.name in line]

    def test_systemd_understands_the_unit(self):
        self.assertEqual(self.complaints(), [])

    def test_systemd_understands_each_drop_in(self):
        self.assertGreaterEqual(len(DROP_INS), 4)
        for drop_in in DROP_INS:
            with self.subTest(drop_in.name):
                self.assertEqual(self.complaints(drop_in), [])

    def test_systemd_understands_all_drop_ins_at_once(self):
        self.assertEqual(self.complaints(*DROP_INS), [])

    def test_a_wrong_drop_in_would_be_seen(self):
        wrong = self.folder / "wrong.conf"
        wrong.write_text("[Service]\nPrivateDevice=no\nMemoryMax=many\n")
        said = "\n".join(self.complaints(wrong))
        self.assertIn("PrivateDevice", said)
        self.assertIn("memory limit", said)

    def test_what_is_commented_out_is_understood_too(self):
        for drop_in in DROP_INS:
            with self.subTest(drop_in.name):
                opened = self.folder / drop_in.name
                opened.write_text(re.sub(r"^#(?=[A-Z]\w+=)", "", drop_in.read_text(), flags=re.MULTILINE))
                self.assertEqual(self.complaints(opened), [])

    def test_each_drop_in_says_where_it_belongs(self):
        for drop_in in DROP_INS:
            first = drop_in.read_text().splitlines()[0]
            self.assertTrue(first.startswith(f"# /etc/systemd/system/{UNIT.name}.d/{drop_in.name}: "), first)

    def test_exposure(self):
        said = run("systemd-analyze", "security", "--offline=true", "--threshold=12", UNIT)
        self.assertEqual(said.returncode, 0, said.stdout)

    def test_a_mistake_of_the_administrator_is_not_repeated(self):
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.optionxform = str
        parser.read(UNIT)
        said = run(MQCOAPD, "--no-such-option").returncode, run(MQCOAPD, "--check", "--config", "/nonexistent").returncode
        self.assertEqual(" ".join(map(str, said)), parser["Service"]["RestartPreventExitStatus"])

    def test_the_user(self):
        said = run("systemd-sysusers", "--dry-run", f"--root={self.folder}", ROOT / "systemd/mqcoap.sysusers")
        self.assertEqual(said.returncode, 0, said.stdout)
        self.assertIn("Creating user 'mqcoap'", said.stdout)


class Packages(unittest.TestCase):
    def test_their_version_is_the_projects(self):
        first = (ROOT / "packaging/debian/changelog").read_text().splitlines()[0]
        self.assertRegex(first, rf"^mqcoap \({re.escape(VERSION)}\) ")

    def test_the_library_package_is_named_after_its_soname(self):
        cmake = (ROOT / "lib/mqcoap/CMakeLists.txt").read_text()
        abi = re.search(r"^set\(mqcoap_abi (\d+)\)$", cmake, re.MULTILINE).group(1)
        package = f"libmqcoap{abi}"
        self.assertIn(f"\nPackage: {package}\n", (ROOT / "packaging/debian/control").read_text())
        self.assertIn(f"-V'{package} (", (ROOT / "packaging/debian/rules").read_text())
        self.assertTrue((ROOT / f"packaging/debian/{package}.install").exists())


if __name__ == "__main__":
    if not shutil.which("systemd-analyze"):
        print("skipped: systemd-analyze is not installed (apt-get install systemd)")
        sys.exit(77)
    unittest.main(verbosity=2)
