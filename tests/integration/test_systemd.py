"""mqcoapd as a service: what it reports to the service manager, and where its log goes."""

import pathlib
import re
import signal
import tempfile
import unittest

from harness import Broker, Datagrams, IntegrationTest, journal_stand_in

CONFIGURATION = """
    version: 1
    brokers:
      lab: {url: $LAB}
    devices:
      GW_1:
        resources:
          gains: {value: [0, 1, 2]}
    logging: {level: debug, target: $TARGET}
"""


class Manager(IntegrationTest):
    """The test acts as the service manager."""

    def setUp(self):
        super().setUp()
        self.manager = Datagrams()
        self._logs.append(("what the manager heard", self.manager))
        self.addCleanup(self.manager.close)

    def start(self, broker, watchdog=None, **how):
        environment = {"NOTIFY_SOCKET": str(self.manager.path)}
        if watchdog:
            environment["WATCHDOG_USEC"] = str(watchdog)
        return self.gateway(CONFIGURATION, LAB=broker.url, TARGET="auto", environment=environment, **how)

    def wait(self, words):
        return self.manager.wait(lambda datagram: words in datagram.decode()).decode()

    def test_it_is_ready_when_all_is_built_and_says_what_it_does(self):
        self.start(self.broker(witness=False))
        self.assertTrue(self.wait("READY=1").startswith("READY=1\nSTATUS="))
        self.wait("STATUS=1 of 1 broker up, 1 device, ")

    def test_a_broker_that_is_away_is_a_status_and_no_failed_start(self):
        lab = Broker()
        self.addCleanup(lab.stop)
        lab.kill()
        self.start(lab, ready=False)
        self.assertIn("STATUS=0 of 1 broker up (down: lab), 1 device, ", self.wait("READY=1"))
        lab.restart()
        self.wait("STATUS=1 of 1 broker up, 1 device, ")

    def test_the_watchdog_is_fed_again_and_again(self):
        self.start(self.broker(witness=False), watchdog=100_000)
        self.wait("READY=1")
        for _ in range(3):
            self.wait("WATCHDOG=1")

    def test_without_a_limit_no_watchdog_is_fed(self):
        gateway = self.start(self.broker(witness=False))
        self.wait("STATUS=1 of 1")
        gateway.stop()
        self.wait("STOPPING=1")
        self.assertNotIn("WATCHDOG", self.manager.log)

    def test_a_stop_is_announced_when_it_begins(self):
        gateway = self.start(self.broker(witness=False))
        gateway.stop()
        self.wait("STOPPING=1")

    def test_a_reload_is_announced_from_its_beginning_to_its_end(self):
        gateway = self.start(self.broker(witness=False))
        self.wait("READY=1")
        good = gateway.file.read_text()
        gateway.signal(signal.SIGHUP)
        self.assertRegex(self.wait("RELOADING=1"), r"^RELOADING=1\nMONOTONIC_USEC=\d+$")
        self.assertRegex(self.wait("READY=1"), r"^READY=1\nSTATUS=.* requests/s; reloaded$")
        gateway.file.write_text(good + "nonsense: 1\n")
        gateway.signal(signal.SIGHUP)
        self.wait("RELOADING=1")
        self.assertIn("requests/s; reload failed: 1 error; the first: ", self.wait("READY=1"))

    def test_a_manager_that_reads_nothing_holds_nobody_up_and_hears_all_later(self):
        waiting = self.manager.fill()
        lab = self.broker(witness=False)
        gateway = self.start(lab, watchdog=100_000)
        self.assertEqual(self.caller(lab, "GW_1").get("gains").code, 205)
        gateway.reload()
        for _ in range(waiting):
            self.wait(Datagrams.FILLING)
        self.assertTrue(self.wait("").startswith("READY=1\nSTATUS="))
        self.wait("RELOADING=1")
        self.wait("READY=1")
        self.wait("WATCHDOG=1")

    def test_a_bad_configuration_is_never_ready(self):
        gateway = self.gateway(
            "version: 1\nlogging: {target: syslog}\n", ready=False, environment={"NOTIFY_SOCKET": str(self.manager.path)}
        )
        self.assertEqual(gateway.wait_exit(), 78)
        self.assertEqual(self.manager.rest(), [])


class LogTest(IntegrationTest):
    SERVED = ("GW_1",)

    def setUp(self):
        super().setUp()
        self.lab = self.broker()
        folder = tempfile.TemporaryDirectory(prefix="mqcoap-log-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, target, **how):
        return self.gateway(CONFIGURATION, LAB=self.lab.url, TARGET=target, **how)

    def wait_file(self, file, words):
        """Waits until a file contains these words; the log is written at least once a second."""
        self.wait_until(lambda: file.exists() and words in file.read_text(), f"{words!r} in {file}")

    def refused(self, target, **how):
        """Returns the log of a gateway that does not start."""
        gateway = self.start(target, ready=False, **how)
        self.assertEqual(gateway.wait_exit(), 78, gateway.log)
        return gateway.log


class LogTarget(LogTest):
    def test_lines_of_the_standard_error_have_their_time(self):
        gateway = self.start("stderr")
        self.assertRegex(gateway.log, re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} info: ready: ", re.MULTILINE))

    def test_a_file_gets_what_the_standard_error_does_not(self):
        file = self.folder / "mqcoapd.log"
        gateway = self.start(f"{{file: {file}}}", ready=False)
        self.lab.wait_log("gf_int_v1/+/request/GW_1/+")
        self.assertEqual(self.caller(self.lab, "GW_1").get("gains").code, 205)
        gateway.stop()
        text = file.read_text()
        self.assertRegex(text, r" info: ready: ")
        self.assertRegex(text, r" debug: \S+ from=\S+ GET GW_1/\S+/gains -> 205 ")
        self.assertEqual(gateway.log, "")

    def test_a_rotated_file_is_left_at_a_reload_however_that_comes_out(self):
        file = self.folder / "mqcoapd.log"
        gateway = self.start(f"{{file: {file}}}", ready=False)
        self.lab.wait_log("gf_int_v1/+/request/GW_1/+")
        for name, addition, words in (("1", "", "the configuration is in force"), ("2", "nonsense: 1\n", "the reload failed and changes nothing")):
            file.rename(self.folder / name)
            gateway.file.write_text(gateway.file.read_text() + addition)
            gateway.signal(signal.SIGHUP)
            self.wait_file(file, f"{words}: ")
            self.assertNotIn(words, (self.folder / name).read_text())

    def test_a_reload_with_a_log_that_cannot_be_opened_changes_nothing(self):
        file = self.folder / "mqcoapd.log"
        gateway = self.start(f"{{file: {file}}}", ready=False)
        self.lab.wait_log("gf_int_v1/+/request/GW_1/+")
        text = gateway.file.read_text()
        gateway.file.write_text(text.replace(str(file), str(self.folder)).replace("gains:", "other:"))
        gateway.signal(signal.SIGHUP)
        self.wait_file(file, f"the reload failed and changes nothing: logging.target: cannot write to {self.folder}: ")
        self.assertEqual(self.caller(self.lab, "GW_1").get("gains").code, 205)

    def test_a_reload_changes_the_place(self):
        gateway = self.start("stderr")
        file = self.folder / "mqcoapd.log"
        gateway.file.write_text(gateway.file.read_text().replace("stderr", f"{{file: {file}}}"))
        gateway.signal(signal.SIGHUP)
        self.wait_file(file, "the configuration is in force: ")
        self.assertNotIn("is in force", gateway.log)

    def test_a_file_that_cannot_be_opened_is_a_fault_of_the_configuration(self):
        file = self.folder / "missing" / "mqcoapd.log"
        said = self.refused(f"{{file: {file}}}")
        self.assertIn(f"mqcoap.yaml: error: logging.target: cannot write to {file}: No such file or directory", said)


@unittest.skipUnless(journal_stand_in.available(), "needs user namespaces, for a journal of its own")
class Journal(LogTest):
    def setUp(self):
        super().setUp()
        self.journal = Datagrams()
        self._logs.append(("the journal", self.journal))
        self.addCleanup(self.journal.close)

    def wait_entry(self, words):
        found = self.journal.wait(lambda datagram: words in journal_stand_in.fields(datagram).get("MESSAGE", ""))
        return journal_stand_in.fields(found)

    def test_lines_and_requests_are_entries(self):
        self.start("journal", ready=False, prefix=journal_stand_in.prefix(self.journal.folder))
        ready = self.wait_entry("ready: ")
        self.assertEqual(ready["PRIORITY"], "6")
        self.assertEqual(ready["SYSLOG_IDENTIFIER"], "mqcoapd")
        answer = self.caller(self.lab, "GW_1").get("gains")
        self.assertEqual(answer.code, 205)
        entry = self.wait_entry(" -> 205 ")
        self.assertEqual(entry["PRIORITY"], "7")
        self.assertEqual(entry["MQCOAP_DEVICE"], "GW_1")
        self.assertEqual(entry["MQCOAP_METHOD"], "GET")
        self.assertEqual(entry["MQCOAP_PATH"], "gains")
        self.assertEqual(entry["MQCOAP_CODE"], "205")
        self.assertIn(entry["MQCOAP_REQUEST_ID"], entry["MESSAGE"])
        self.assertTrue(entry["MQCOAP_DURATION_US"].isdigit())

    def test_auto_is_the_journal_if_the_standard_error_is_connected_to_it(self):
        gateway = self.start("auto", ready=False, prefix=journal_stand_in.prefix(self.journal.folder, stream=True))
        self.wait_entry("ready: ")
        gateway.stop()
        self.assertEqual(gateway.log, "")

    def test_auto_is_else_the_standard_error(self):
        self.start("auto", prefix=journal_stand_in.prefix(self.journal.folder))
        self.assertEqual(self.journal.rest(), [])

    def test_a_stream_to_the_journal_gets_priorities_and_no_times(self):
        for target in ("stderr", "auto"):
            with self.subTest(target):
                gateway = self.start(target, prefix=journal_stand_in.prefix(self.folder, stream=True))
                self.assertRegex(gateway.log, re.compile(r"^<6>ready: ", re.MULTILINE))
                gateway.stop()

    def test_a_journal_that_is_not_there_is_a_fault_of_the_configuration(self):
        said = self.refused("journal", prefix=journal_stand_in.prefix(self.folder))
        self.assertIn("logging.target: the journal is not available: /run/systemd/journal/socket: No such file", said)
        self.assertIn("target: auto", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
