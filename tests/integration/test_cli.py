"""The daemon's command line and its exit codes."""

import pathlib
import re
import subprocess
import tempfile
import unittest

from harness.gateway import program

GOOD = """
version: 1
brokers:
  lab: {url: mqtt://127.0.0.1:9}
devices:
  GW_1:
    resources:
      gains: {value: [0], methods: [GET, PUT]}
"""

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent

EX_USAGE = 64
EX_TEMPFAIL = 75
EX_CONFIG = 78


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_daemon(self, *arguments):
        return subprocess.run(
            [program(), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )

    def check(self, text, *further):
        file = self.folder / "mqcoap.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.run_daemon("--config", file, *further)

    def assert_refused(self, text, *words):
        done = self.check(text, "--check")
        self.assertEqual(done.returncode, EX_CONFIG, done.stderr)
        for word in ("error", *words):
            self.assertIn(word, done.stderr)
        return done

    def test_help_names_the_options(self):
        done = self.run_daemon("--help")
        self.assertEqual(done.returncode, 0)
        for option in ("--config", "--check", "--version", "--help"):
            self.assertIn(option, done.stdout)

    def test_each_exit_status_is_in_the_help_the_manual_and_the_page(self):
        statuses = re.findall(r"exit_\w+ = (\d+)", (REPOSITORY / "daemon/exit_code.hpp").read_text())
        self.assertIn(str(EX_TEMPFAIL), statuses)
        told = self.run_daemon("--help").stdout.split("Exit status:")[1]
        manual = (REPOSITORY / "man/mqcoapd.8.scd").read_text().split("# EXIT STATUS")[1]
        page = (REPOSITORY / "docs/command-line.md").read_text().split("## Exit statuses")[1]
        for status in statuses:
            with self.subTest(status):
                self.assertRegex(told, rf"\b{status} ")
                self.assertIn(f"\n*{status}*\n", manual)
                self.assertRegex(page, rf"(?m)^\| {status} \|.*\| [^|]+ \|$")

    def test_the_version_is_printed(self):
        done = self.run_daemon("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^mqcoapd \d+\.\d+\.\d+")

    def test_an_unknown_option_is_refused(self):
        done = self.run_daemon("--teleport")
        self.assertEqual(done.returncode, EX_USAGE)
        self.assertIn("--teleport", done.stderr + done.stdout)

    def test_a_good_file_passes_the_check(self):
        done = self.check(GOOD, "--check")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_every_fault_is_reported_with_its_place(self):
        done = self.assert_refused(GOOD.replace("methods", "metods") + "more: 1\n", "metods", "more", "methods")
        self.assertIn("mqcoap.yaml:8:27:", done.stderr)
        self.assertIn("mqcoap.yaml:9:1:", done.stderr)

    def test_what_the_loader_refuses(self):
        cases = {
            "nothing": "",
            "a newer version": GOOD.replace("version: 1", "version: 2"),
            "no version": GOOD.replace("version: 1", ""),
            "no broker": GOOD.replace("lab: {url: mqtt://127.0.0.1:9}", "{}"),
            "a key twice": GOOD + "version: 1\n",
            "an anchor": GOOD.replace("[0]", "&a [0]"),
            "a tag that is none": GOOD.replace("GW_1", '"GW 1"'),
            "a path that is none": GOOD.replace("gains", "../gains"),
            "two kinds": GOOD.replace("value: [0]", "value: [0], reply: x"),
            "no kind": GOOD.replace("value: [0], ", ""),
            "a value outside its schema": GOOD.replace("value: [0]", "value: [0], schema: {type: string}"),
            "a duration without unit": GOOD + "defaults: {timeout: 4}\n",
            "a size without unit": GOOD + "limits: {payload: 4}\n",
            "bytes that are no text": b"version: 1\n\xff\xfe\n",
            "a mount of nowhere": GOOD.replace("gains: {value: [0], methods: [GET, PUT]}", "p/**: {proxy: X}"),
            "an action on what is not there": GOOD + "      go: {action: {set: {missing: 1}}}\n",
        }
        for name, text in cases.items():
            with self.subTest(name):
                self.assert_refused(text)

    def test_a_served_tag_whose_device_is_on_the_same_broker_is_refused(self):
        self.assert_refused(GOOD + 'proxy: {routes: [{match: {tag: "B_*"}, serve: true}]}\n')

    def test_a_missing_file_is_named(self):
        done = self.run_daemon("--config", self.folder / "missing.yaml", "--check")
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn("missing.yaml", done.stderr)

    def test_a_bad_file_does_not_start_the_daemon(self):
        done = self.check("version: 1\nbrokers: 7\n")
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn("brokers", done.stderr)

    def test_included_files_are_checked_too(self):
        (self.folder / "conf.d").mkdir()
        more = self.folder / "conf.d/more.yaml"
        more.write_text("devices:\n  GW_2:\n    resources: {x: {value: 1}}\n")
        self.assertEqual(self.check(GOOD + "include: conf.d/*.yaml\n", "--check").returncode, 0)
        more.write_text("devices:\n  GW_1:\n    resources: {x: {value: 1}}\n")
        self.assertIn("more.yaml:2", self.assert_refused(GOOD + "include: conf.d/*.yaml\n", "GW_1").stderr)

    def test_a_folder_that_is_not_there_is_empty_and_one_that_cannot_be_read_is_a_fault(self):
        done = self.check(GOOD + "include: nowhere/*.yaml\n", "--check")
        self.assertEqual(done.returncode, 0)
        self.assertIn("warning: include: no file matches ", done.stderr)
        # Root may read everything, but this cannot be read by anybody.
        (self.folder / "conf.d").symlink_to("conf.d")
        said = self.assert_refused(GOOD + "include: conf.d/*.yaml\n", "cannot be read").stderr
        self.assertIn("Too many levels of symbolic links", said)

    def test_a_check_says_what_it_found(self):
        (self.folder / "conf.d").mkdir()
        (self.folder / "conf.d/empty.yaml").write_text("# devices:\n#   GW_2: {}\n")
        (self.folder / "conf.d/more.yaml").write_text("devices: {GW_2: {}, GW_3: {}}\nproxy: {routes: [{name: x, match: {tag: X}}]}\n")
        done = self.check(GOOD + "include: conf.d/*.yaml\nproxy: {forward: G, routes: [{name: y, match: {tag: Y}}]}\n", "--check")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, f"{self.folder}/mqcoap.yaml: OK: 3 devices, 2 routes, 3 files\n")

    def test_a_check_finds_what_would_keep_it_from_starting_and_changes_nothing(self):
        log = self.folder / "new.log"
        with_log = GOOD + "logging: {target: {file: %s}}\n"
        self.assertEqual(self.check(with_log % log, "--check").returncode, 0)
        self.assertFalse(log.exists())
        for file, why in ((self.folder / "missing/a.log", "No such file or directory"), (self.folder, "Is a directory")):
            said = self.assert_refused(with_log % file).stderr
            self.assertIn(f"mqcoap.yaml: error: logging.target: cannot write to {file}: {why}", said)
            started = self.check(with_log % file)
            self.assertEqual(started.returncode, EX_CONFIG)
            self.assertIn(said.strip(), started.stderr)

    def test_two_names_of_the_loopback_are_one_broker(self):
        route = "proxy: {routes: [{name: b, match: {tag: B}, serve: true, to: {broker: same}}]}\n"
        for name in ("localhost", "[::1]", "LOCALHOST."):
            two = GOOD.replace("brokers:\n", f'brokers:\n  home: {{url: "mqtt://{name}:9"}}\n').replace("lab:", "same:")
            self.assert_refused(two + route, "are on the gateway's own broker and namespace")
            self.assertEqual(self.check(two.replace(":9}", ":10}") + route, "--check").returncode, 0)

    def test_a_file_that_everybody_may_write_is_refused(self):
        file = self.folder / "mqcoap.yaml"
        file.write_text(GOOD)
        file.chmod(0o666)
        done = self.run_daemon("--config", file, "--check")
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn(f"{file}: error: everybody may write to this file (mode 0666)", done.stderr)
        self.assertIn(f"chmod o-w {file}", done.stderr)

    def test_a_password_is_never_printed(self):
        text = GOOD.replace(":9}", ":9, username: u, password: hunter2, wat: 1}")
        self.assertNotIn("hunter2", self.assert_refused(text, "wat").stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
