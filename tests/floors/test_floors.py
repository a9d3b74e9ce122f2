"""The project follows the floor rule, and the check detects violations."""

import os
import pathlib
import tempfile
import unittest

import floors

ROOT = pathlib.Path(os.environ.get("MQCOAP_SOURCE_DIR", pathlib.Path(__file__).parents[2]))


class Project(unittest.TestCase):
    def test_the_project_keeps_the_rule(self):
        self.assertEqual(floors.breaches(ROOT), [])

    def test_every_header_is_compiled_alone(self):
        self.assertEqual(floors.unproved_headers(ROOT), [])

    def test_no_name_is_taken_twice(self):
        self.assertEqual(floors.names_taken_twice(ROOT), [])

    def test_the_check_sees_the_project(self):
        folders = {name.split("/")[0] for name, _ in floors.sources(ROOT)}
        self.assertLessEqual({"base", "json", "schema", "protocol", "exchange", "resource", "transport", "observe", "config", "daemon", "cli"}, folders)

    def test_every_folder_of_the_library_has_a_floor(self):
        for folder in (ROOT / "lib/mqcoap").iterdir():
            if folder.is_dir():
                self.assertIn(folder.name, floors.FLOORS)


class MadeUp(unittest.TestCase):
    """A made-up tree with one violation of each kind."""

    def breaches_of(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            base = pathlib.Path(folder) / ("" if name.startswith(("daemon/", "cli/")) else "lib/mqcoap")
            path = base / name
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
            return floors.breaches(folder)

    def assert_breach(self, name, text, words, line=1):
        found = self.breaches_of(name, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])
        self.assertIn(f"{pathlib.Path(name).name}:{line}:", found[0])

    def assert_allowed(self, name, text):
        self.assertEqual(self.breaches_of(name, text), [])

    def test_a_source_includes_its_own_header_first(self):
        header = "#pragma once\n"
        own, other = "#include <mqcoap/base/a.hpp>\n", "#include <vector>\n"
        for source, said in (
            (own + other, []),
            ("// words\n" + own, []),
            (other + own, ["lib/mqcoap/base/a.cpp: its own header, mqcoap/base/a.hpp, comes first"]),
            ("", ["lib/mqcoap/base/a.cpp: its own header, mqcoap/base/a.hpp, comes first"]),
        ):
            with self.subTest(source=source), tempfile.TemporaryDirectory() as folder:
                base = pathlib.Path(folder) / "lib/mqcoap/base"
                base.mkdir(parents=True)
                (base / "a.hpp").write_text(header, encoding="utf-8")
                (base / "a.cpp").write_text(source, encoding="utf-8")
                (base / "b.cpp").write_text(other, encoding="utf-8")
                self.assertEqual(floors.unproved_headers(folder), said)

    def test_a_header_has_its_guard(self):
        with tempfile.TemporaryDirectory() as folder:
            base = pathlib.Path(folder) / "lib/mqcoap/base"
            base.mkdir(parents=True)
            (base / "a.hpp").write_text("#include <vector>\n#pragma once\n", encoding="utf-8")
            self.assertEqual(floors.unproved_headers(folder), ["lib/mqcoap/base/a.hpp: #pragma once comes first"])

    def test_sources_of_a_floor_share_no_names(self):
        def source(text):
            return f"namespace mqcoap {{\nnamespace {{\n\n{text}\n\n}}  // namespace\n}}\n"

        with tempfile.TemporaryDirectory() as folder:
            base = pathlib.Path(folder) / "lib/mqcoap/base"
            (base / "b").mkdir(parents=True)
            (base / "a.cpp").write_text(source("int f() {\n}\nconstexpr int most = 1;\nstruct one {\n};"), encoding="utf-8")
            for text, names in (("constexpr std::size_t most = 2;", ["most"]), ("class one final {\n};", ["one"]),
                                ("struct one;\nint g() {\n  constexpr int most = 3;\n}", []), ("// constexpr int most = 1;", []),
                                ("int f(int a, const char& b) {\n}", []), ("bool f() {\n}", ["f()"])):
                (base / "b/b.cpp").write_text(source(text), encoding="utf-8")
                found = [words.split()[1] for words in floors.names_taken_twice(folder)]
                self.assertEqual(found, names, text)

    def test_looking_up_is_a_breach(self):
        self.assert_breach("base/a.hpp", "#include <mqcoap/protocol/topic.hpp>\n", "up at floor 2")

    def test_looking_sideways_is_a_breach(self):
        self.assert_breach("serve/a.hpp", "#include <mqcoap/ask/a.hpp>\n", "sideways at floor 4")

    def test_the_own_folder_and_lower_floors_are_allowed(self):
        self.assert_allowed("gateway/a.cpp", "#include <mqcoap/gateway/a.hpp>\n#include <mqcoap/base/errc.hpp>\n")

    def test_programs_do_not_include_each_other(self):
        self.assert_breach("cli/a.cpp", '#include "daemon/service.hpp"\n', "included as <mqcoap/")

    def test_rooms_of_the_command_line_look_down(self):
        self.assert_breach("cli/words/a.cpp", '#include "session/session.hpp"\n', "room words looks up")
        self.assert_breach("cli/options/a.cpp", '#include "verbs/verbs.hpp"\n', "room options looks up")
        self.assert_allowed("cli/verbs/a.cpp", '#include "words/value.hpp"\n#include "verbs/verbs.hpp"\n')
        self.assert_allowed("cli/program.cpp", '#include "verbs/verbs.hpp"\n')

    def test_the_line_of_a_breach_is_reported(self):
        text = "#pragma once\n/* two\nlines */\n#include <vector>\n  #  include <spdlog/spdlog.h>\n"
        self.assert_breach("protocol/a.hpp", text, "spdlog only", line=5)

    def test_an_include_in_a_comment_is_none(self):
        self.assert_allowed("base/a.hpp", "// #include <mqcoap/gateway/chain.hpp>\n/*\n#include <mosquitto.h>\n*/\n")

    def test_what_is_not_public_has_a_namespace_of_its_own(self):
        for folder in ("config", "observe", "store", "store/postgres", "cli", "cli/verbs"):
            own = "mqcoap::" + folder.split("/")[0]
            self.assert_allowed(f"{folder}/a.hpp", f"struct sqlite3;\nnamespace {own} {{\nint a();\n}}\n")
            self.assert_allowed(f"{folder}/a.cpp", f"namespace {own} {{\nnamespace {{\nint a;\n}}\n}}\n")
            for other in ("mqcoap", "mqcoap::state"):
                text = f"// words\nnamespace {other} {{\nint a();\n}}\n"
                self.assert_breach(f"{folder}/a.hpp", text, f"declares names in {other}, not in {own}", line=2)
                self.assert_breach(f"{folder}/a.cpp", f"namespace {own} {{\n}}\n{text}", f"not in {own}", line=4)
            self.assert_breach(f"{folder}/a.hpp", "#pragma once\nint a();\n", f"declares nothing in {own}")
        self.assert_allowed("gateway/a.hpp", "namespace mqcoap {\nint a();\n}\n")

    def test_a_folder_without_a_floor_is_a_breach(self):
        self.assert_breach("attic/a.hpp", "#pragma once\n", "no floor")
        self.assert_breach("gateway/a.hpp", "#include <mqcoap/attic/a.hpp>\n", "no floor")

    def test_a_relative_path_is_a_breach(self):
        self.assert_breach("base/a.hpp", '#include "../gateway/chain.hpp"\n', "..")
        self.assert_breach("base/a.hpp", '#include "gateway/chain.hpp"\n', "included as <mqcoap/")

    def test_loops_do_not_await_beside_and(self):
        words = "g++ awaits both sides"
        for loop in ("while (co_await a() && co_await b())", "for (; is_on && co_await a();)", "while (f(co_await a()) || b)"):
            with self.subTest(loop):
                self.assert_breach("gateway/a.cpp", f"job f() {{\n  {loop} g();\n}}\n", words, line=2)
        for right in ("while (co_await a()) g();", "if (a && co_await b()) g();", "while (a && b) co_await c();",
                      "// while (co_await a() && b)"):
            with self.subTest(right):
                self.assert_allowed("gateway/a.cpp", f"job f() {{\n  {right}\n}}\n")

    def test_confined_dependencies(self):
        cases = [
            ("boost/json.hpp", "base/a.cpp", "json/a.cpp"),
            ("boost/json/value.hpp", "base/a.hpp", "resource/a.hpp"),
            ("boost/asio.hpp", "resource/a.cpp", "transport/a.hpp"),
            ("boost/asio/steady_timer.hpp", "exchange/a.cpp", "gateway/a.hpp"),
            ("boost/asio/signal_set.hpp", "gateway/a.cpp", "daemon/main.cpp"),
            ("mosquitto.h", "transport/mosquitto_link.cpp", "transport/libmosquitto.hpp"),
            ("mqcoap/transport/libmosquitto.hpp", "transport/mosquitto_link.hpp", "transport/mosquitto_link_loop.cpp"),
            ("yaml-cpp/yaml.h", "config/a.hpp", "config/a.cpp"),
            ("boost/beast/http.hpp", "observe/a.hpp", "observe/a.cpp"),
            ("prometheus/text_serializer.h", "config/a.cpp", "observe/a.cpp"),
            ("sqlite3.h", "gateway/a.cpp", "store/a.cpp"),
            ("spdlog/spdlog.h", "resource/a.cpp", "transport/a.cpp"),
            ("muParser.h", "gateway/a.cpp", "resource/formula.cpp"),
            ("re2/re2.h", "resource/a.cpp", "schema/a.cpp"),
            ("systemd/sd-daemon.h", "gateway/a.cpp", "daemon/notify.cpp"),
            ("csignal", "transport/a.cpp", "daemon/main.cpp"),
            ("csignal", "config/a.cpp", "cli/main.cpp"),
            ("signal.h", "config/a.cpp", "daemon/main.cpp"),
        ]
        for included, wrong, right in cases:
            with self.subTest(included=included, file=wrong):
                self.assert_breach(wrong, f"#include <{included}>\n", " only ")
            with self.subTest(included=included, file=right):
                self.assert_allowed(right, f"#include <{included}>\n")

    def test_exit_is_for_the_daemon(self):
        for call in ("std::exit(1)", "exit (1)", "::_exit(2)", "std::quick_exit(0)"):
            with self.subTest(call=call):
                self.assert_breach("gateway/a.cpp", f"void f() {{\n  {call};\n}}\n", "exit only in daemon/ and cli/", line=2)
        for main in ("daemon/main.cpp", "cli/main.cpp"):
            self.assert_allowed(main, "int main() { std::exit(1); }\n")

    def test_the_word_exit_elsewhere_is_no_breach(self):
        self.assert_allowed("gateway/a.cpp", '// exit(1)\nauto s = "exit(1)";\nscope.exit(1); p->exit(2); on_exit(3);\n')


if __name__ == "__main__":
    unittest.main(verbosity=2)
