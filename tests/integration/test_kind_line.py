"""Instruments as resources: a power supply over TCP and on a serial port, well behaved or not."""

import os
import pathlib
import tempfile
import threading
import unittest

from harness import IntegrationTest
from harness.power_supply import SerialSupply, TcpSupply

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "config/examples/scpi.yaml"

TERMS = """
    version: 1
    brokers:
      lab: {url: $LAB}
    devices:
      GW_1:
        resources:
          plain: {value: 1}
          voltage:
            line: {to: "$PORT", timeout: 300ms, queue: 2}
            get: "VOLT?"
            put: "VOLT {body}"
            schema: {type: [number, string]}
            parse: number
          measured: {line: "$PORT", get: "MEAS:VOLT?", parse: number}
          patient: {line: {to: "$PORT", timeout: 1min}, get: "MEAS:CURR?", parse: number}
          identity: {line: "$PORT", get: "*IDN?"}
"""


class Lines(IntegrationTest):
    SERVED = ("GW_1", "PSU_XX_0_0001")

    def setUp(self):
        super().setUp()
        self.lab = self.broker()

    def start(self, supply, configuration=TERMS, port=None, tag="GW_1"):
        self.addCleanup(supply.stop)
        self.supply = supply
        self.daemon = self.gateway(configuration, LAB=self.lab.url, PORT=port or f"tcp://127.0.0.1:{supply.port}")
        self.desk = self.caller(self.lab, tag)

    def assert_code(self, answer, code, *words):
        self.assertEqual(answer.code, code, answer.body)
        for each in words:
            self.assertIn(each, answer.body)

    # ---- the example ------------------------------------------------------------------------------------------

    def test_the_example_works_with_a_power_supply(self):
        supply = TcpSupply()
        text = EXAMPLE.read_text(encoding="utf-8").replace("mqtt://localhost:1883", "$LAB")
        self.start(supply, text.replace("127.0.0.1:5025", f"127.0.0.1:{supply.port}"), tag="PSU_XX_0_0001")
        get = lambda path: self.desk.get(path, subsystem="supply")
        put = lambda path, body: self.desk.put(path, body, subsystem="supply")
        self.assertEqual(get("identity").body, "ACME,PSU-30,0001,1.0")
        self.assert_code(put("voltage", 12.5), 204)
        self.assert_code(put("output", 1), 204)
        self.assertEqual(get("voltage").body, 12.5)
        self.assertEqual(get("output").body, 1)
        self.assertEqual(get("current").body, 125)
        self.assertEqual(get("channel/2").body, 12.5)
        self.assert_code(get("channel/4"), 400)
        self.assert_code(get("channel/2;*RST"), 400)
        self.assert_code(put("voltage", 31), 400)
        self.assert_code(self.desk.post("reset", subsystem="supply"), 203)
        self.assertEqual(get("voltage").body, 0)
        self.assertEqual(get("error").body, '0,"No error"')
        self.assertEqual(supply.connections, 1)

    # ---- mishaps ----------------------------------------------------------------------------------------------

    def test_a_body_is_never_a_second_line(self):
        self.start(TcpSupply())
        for body in ("5\nOUTP 1", "5\rOUTP 1", "5\0OUTP 1", "5;OUTP 1", "5?", "5\x85OUTP 1", "5\u010aOUTP 1"):
            with self.subTest(body=body):
                self.assert_code(self.desk.put("voltage", body), 400)
        self.assert_code(self.desk.put("voltage", "5"), 204)
        self.assertEqual(self.desk.get("voltage").body, 5)
        self.assertEqual(self.supply.heard, ["VOLT 5", "VOLT?"])

    def test_garbage_is_502_and_an_overrange_503(self):
        self.start(TcpSupply())
        self.supply.mishaps["VOLT?"] = lambda line, _: line.say("\x1b[2Jgarbage" + "x" * 500)
        answer = self.desk.get("voltage")
        self.assert_code(answer, 502, "garbage")
        self.assertLess(len(answer.body), 200)
        self.supply.mishaps["VOLT?"] = lambda line, _: line.say("+9.90000E+37")
        self.assert_code(self.desk.get("voltage"), 503, "overrange")
        self.supply.mishaps["VOLT?"] = lambda line, _: line.say("9.91E37")
        self.assert_code(self.desk.get("voltage"), 503, "not a number")

    def check_late_answer(self, supply, scheme):
        self.start(supply, port=scheme + str(supply.port))
        go, said = threading.Event(), threading.Event()

        def late(line, answer):
            def say():
                go.wait(60)
                line.say(answer)
                said.set()

            threading.Thread(target=say, daemon=True).start()

        supply.mishaps["VOLT?"] = late
        self.assert_code(self.desk.get("voltage"), 504, "not answered within 300ms")
        measured = self.desk.send("GET", "identity")
        go.set()
        self.assertTrue(said.wait(60))
        self.assertEqual(measured.answer().body, "ACME,PSU-30,0001,1.0")
        self.assertEqual(self.desk.get("measured").body, 0)

    def test_a_late_answer_is_not_taken_for_the_next(self):
        self.check_late_answer(TcpSupply(), "tcp://127.0.0.1:")

    def test_a_late_answer_at_a_serial_port_is_not_taken_for_the_next(self):
        self.check_late_answer(SerialSupply(), "serial://")

    def test_a_mute_instrument_costs_only_those_who_ask_it(self):
        self.start(TcpSupply())
        self.supply.mishaps["MEAS:CURR?"] = lambda line, answer: None
        mute = self.desk.send("GET", "patient")
        self.supply.wait_heard("MEAS:CURR?")
        for _ in range(100):
            self.assertEqual(self.desk.get("plain").body, 1)
        waiting = [self.desk.send("GET", "voltage") for _ in range(3)]
        self.assert_code(waiting[2].answer(), 503, "too many requests wait")
        self.assertFalse(mute.arrived.is_set())

    def test_an_instrument_that_closes_or_refuses(self):
        self.start(TcpSupply())

        def half(line, answer):
            line.send(answer[:3].encode())
            line.close()

        self.supply.mishaps["VOLT?"] = half
        self.assert_code(self.desk.get("voltage"), 502, "within its answer", "+0.")
        self.assertEqual(self.desk.get("measured").body, 0)
        self.supply.mishaps["VOLT?"] = lambda line, _: line.close()
        self.assert_code(self.desk.get("voltage"), 503, "before it had answered")
        self.supply.stop()
        self.assert_code(self.desk.get("voltage"), 503, "Connection refused")

    def test_two_lines_are_one_answer(self):
        self.start(TcpSupply())
        self.supply.mishaps["VOLT?"] = lambda line, _: line.say("1\n2")
        self.assertEqual(self.desk.get("voltage").body, 1)
        self.assertEqual(self.desk.get("identity").body, "ACME,PSU-30,0001,1.0")
        self.daemon.wait_log("unsolicited bytes, which are dropped: '2?'")

    def test_a_reload_keeps_the_connection(self):
        self.start(TcpSupply())
        self.assertEqual(self.desk.get("measured").body, 0)
        self.daemon.reload(TERMS.replace("MEAS:VOLT?", "OUTP?"))
        self.assertEqual(self.desk.get("measured").body, 0)
        self.assertEqual(self.supply.heard, ["MEAS:VOLT?", "OUTP?"])
        self.assertEqual(self.supply.connections, 1)

    def test_a_stop_waits_for_no_instrument(self):
        self.start(TcpSupply())
        self.supply.mishaps["MEAS:CURR?"] = lambda line, answer: None
        waiting = self.desk.send("GET", "patient")
        self.supply.wait_heard("MEAS:CURR?")
        self.daemon.stop()
        self.assert_code(waiting.answer(), 504)

    def test_a_missing_serial_port_is_reported_at_the_start(self):
        port = "serial:///dev/no-such-port"
        daemon = self.gateway(TERMS, LAB=self.lab.url, PORT=port)
        daemon.wait_log("GW_1, voltage: the serial port '/dev/no-such-port' cannot be opened: No such file or directory")
        daemon.stop()
        self.assertNotIn("drop-in", daemon.log)
        # Simulates a service by what systemd sets for the process that it starts.
        service = ["sh", "-c", 'SYSTEMD_EXEC_PID=$$ exec "$@"', "sh"]
        daemon = self.gateway(TERMS, prefix=service, LAB=self.lab.url, PORT=port)
        daemon.wait_log("see the drop-in serial.conf in /usr/share/doc/mqcoapd/examples")

    def test_a_serial_port_that_vanishes_and_comes_back(self):
        with tempfile.TemporaryDirectory() as folder:
            port = pathlib.Path(folder) / "ttyACM0"
            supply = SerialSupply()
            port.symlink_to(supply.port)
            self.start(supply, port=f"serial://{port}?baud=115200")
            self.assert_code(self.desk.put("voltage", 7), 204)
            self.assertEqual(self.desk.get("voltage").body, 7)
            port.unlink()
            supply.stop()
            for _ in range(2):  # the end of the open port may be noticed at once or during the next request
                answer = self.desk.get("voltage")
                self.assert_code(answer, 503)
            self.assert_code(answer, 503, os.strerror(2))
            second = SerialSupply()
            self.addCleanup(second.stop)
            port.symlink_to(second.port)
            self.assertEqual(self.desk.get("voltage").body, 0)


if __name__ == "__main__":
    unittest.main()
