"""`./dev demo --installed` uses installed programs of this version and compiles nothing; the progress
line of a build.
"""

import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "demo"))

import progress  # noqa: E402

VERSION = re.search(r"project\(mqcoap VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
RELEASE = pathlib.Path("/etc/os-release")
CODENAME = re.search(r"^VERSION_CODENAME=(.*)$", RELEASE.read_text() if RELEASE.exists() else "", re.MULTILINE)


class Progress(unittest.TestCase):
    def show(self, said):
        out = io.StringIO()
        progress.show(said.splitlines(keepends=True), out)
        return out.getvalue()

    def test_one_line_that_is_written_again(self):
        shown = self.show("@1 200 2.0@Building a\n@40 200 60.4@Building b\n@200 200 305@Linking c\n")
        self.assertNotIn("\n", shown)
        self.assertEqual([part.removeprefix("\x1b[K") for part in shown.split("\r")], [
            "", "compiling: 1 of 200, 2 s", "compiling: 40 of 200, 1 min 00 s; about 5 min left",
            "compiling: 200 of 200, 5 min 05 s", ""])

    def test_the_end_is_near(self):
        self.assertIn("; less than a minute left", self.show("@190 200 60@Building a\n"))

    def test_errors_stay(self):
        shown = self.show("@1 2 1@Building a\nFAILED: a.o\na.cpp:1: error: no\nninja: build stopped\n")
        self.assertIn("FAILED: a.o\n", shown)
        self.assertIn("a.cpp:1: error: no\n", shown)

    def test_nothing_is_said_of_nothing(self):
        self.assertEqual(self.show("ninja: no work to do.\n"), progress.CLEAR)


@unittest.skipUnless(shutil.which("dpkg-deb") and CODENAME, "not a Debian")
class Installed(unittest.TestCase):
    """A copy of ./dev with what it needs, and programs that only print their version."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="mqcoap-demo-")
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name)
        self.tree = self.root / "tree"
        self.tree.mkdir()
        for name in ("dev", "CMakeLists.txt"):
            shutil.copy2(ROOT / name, self.tree)
        (self.tree / "demo").mkdir()
        (self.tree / "demo" / "tour.py").write_text("import sys\nprint(*sys.argv[1:])\n")

    def programs(self, folder, version):
        folder.mkdir(parents=True)
        for name in ("mqcoapd", "mqcoap"):
            (folder / name).write_text(f"#!/bin/sh\necho {name} {version}\n")
            (folder / name).chmod(0o755)

    def package(self, version):
        made = self.tree / "build" / "package" / CODENAME[1].strip('"')
        made.mkdir(parents=True, exist_ok=True)
        for name in ("mqcoapd", "mqcoap"):
            tree = self.root / f"{name}-{version}"
            self.programs(tree / "usr" / "bin", version)
            (tree / "usr" / "bin" / ({"mqcoapd", "mqcoap"} - {name}).pop()).unlink()
            (tree / "DEBIAN").mkdir()
            (tree / "DEBIAN" / "control").write_text(
                f"Package: {name}\nVersion: {version}+deb0\nArchitecture: all\nMaintainer: nobody <a@example.org>\n"
                "Description: a program\n")
            subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, made / f"{name}_{version}+deb0_all.deb"],
                           check=True, capture_output=True)

    def demo(self, *arguments, first=None):
        # Everything else that the demo needs counts as installed; an mqcoap of this machine is hidden.
        have = self.root / "have"
        have.mkdir(exist_ok=True)
        for name, says in (("dpkg-query", "installed"), ("mqcoapd", "no version")):
            (have / name).write_text(f"#!/bin/sh\necho {says}\n")
            (have / name).chmod(0o755)
        return subprocess.run(
            ["./dev", "demo", *arguments], cwd=self.tree, capture_output=True, text=True, timeout=60,
            env={**os.environ, "PATH": ":".join([*([str(first)] if first else []), str(have), os.environ["PATH"]])})

    def test_programs_of_this_version_are_taken(self):
        self.programs(self.root / "bin", VERSION)
        done = self.demo("--once", "--installed", first=self.root / "bin")
        self.assertEqual((done.returncode, done.stdout), (0, f"--programs {self.root}/bin --once\n"), done.stderr)

    def test_others_are_not(self):
        self.programs(self.root / "bin", "0.0.9")
        done = self.demo("--installed", first=self.root / "bin")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"neither mqcoapd and mqcoap {VERSION} in PATH nor packages in build/package", done.stderr)

    def test_packages_are_unpacked_and_not_installed(self):
        self.package("0.0.9")
        self.assertEqual(self.demo("--installed").returncode, 1)
        self.package(VERSION)
        done = self.demo("--installed")
        self.assertEqual((done.returncode, done.stdout), (0, "--programs build/demo/usr/bin\n"), done.stderr)
        said = subprocess.run([self.tree / "build/demo/usr/bin/mqcoapd"], capture_output=True, text=True).stdout
        self.assertEqual(said, f"mqcoapd {VERSION}\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
