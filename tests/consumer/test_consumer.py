"""Installs into a directory of the build tree and acts as a user: builds a program that uses only the
installed files, with CMake and with make and pkg-config, and runs it with a private broker.

CMAKE, MQCOAP_BUILD_DIR, MQCOAP_VERSION are set in the environment.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests/integration"))

from harness import Broker  # noqa: E402

CMAKE = os.environ["CMAKE"]
BUILD = pathlib.Path(os.environ["MQCOAP_BUILD_DIR"])
# Empty if it is not installed.
CCACHE = shutil.which("ccache") or ""
VERSION = os.environ["MQCOAP_VERSION"]

# The headers that programs include; other headers are installed because these need them.
ENTRANCES = [
    "mqcoap/base/units.hpp",
    "mqcoap/client/client.hpp",
    "mqcoap/client/response_exception.hpp",
    "mqcoap/client/sync_client.hpp",
    "mqcoap/protocol/codec.hpp",
    "mqcoap/protocol/content_format.hpp",
    "mqcoap/protocol/topic.hpp",
    "mqcoap/testing/broker.hpp",
]
INCLUDE = re.compile(r"^#include <(mqcoap/[^>]+)>", re.MULTILINE)
# Asio's record of which thread runs which loop, shared by program and library (lib/mqcoap/libmqcoap.map).
SHARED_WITH_ASIO = re.compile(r"(guard variable for )?boost::asio::detail::(call_stack|keyword_tss_ptr)<.*>::(top_|value_)$")
OURS = re.compile(r"(typeinfo for |typeinfo name for |vtable for )?mqcoap::")


def run(*command, **how):
    done = subprocess.run([str(c) for c in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Always the same folder, so that the compiler cache has hits.
        cls.folder = BUILD / "tests/consumer/try"
        shutil.rmtree(cls.folder, ignore_errors=True)
        cls.folder.mkdir(parents=True)
        cls.prefix = cls.folder / "installed"
        run(CMAKE, "--install", BUILD, "--prefix", cls.prefix)
        cls.library = next(cls.prefix.glob("lib/**/libmqcoap.so"))
        # Compilers are started as by an ordinary user.
        cls.environment = {k: v for k, v in os.environ.items() if k not in ("CXXFLAGS", "LDFLAGS")}
        cls.environment["PKG_CONFIG_PATH"] = str(cls.library.parent / "pkgconfig")
        cls.environment["LD_LIBRARY_PATH"] = str(cls.library.parent)

    def headers(self):
        include = self.prefix / "include"
        return {path.relative_to(include).as_posix(): path for path in include.rglob("*") if path.is_file()}

    def project(self, name, file, as_name):
        where = self.folder / name
        where.mkdir()
        for program in ("consumer.cpp", "without_broker.cpp"):
            shutil.copy(HERE / program, where)
        shutil.copy(HERE / file, where / as_name)
        return where

    def build_by_cmake(self, where, target="all"):
        run(CMAKE, "-G", "Ninja", "-S", where, "-B", where / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_CXX_COMPILER_LAUNCHER={CCACHE}", env=self.environment)
        run(CMAKE, "--build", where / "build", "-j", 2, "--target", target, env=self.environment)

    def assert_works(self, program):
        broker = Broker()
        self.addCleanup(broker.stop)
        said = run(program, broker.port, env=self.environment, timeout=120)
        self.assertEqual(said, "205 [0,1,2,3,4]\n5\n404 NOT_FOUND from DEV to GET offsets: only gains\n")

    def assert_works_without_a_broker(self, program):
        self.assertEqual(run(program, env=self.environment, timeout=120),
                         "205 [0,1,2,3,4]\nthe deadline passed\nthe device ended: the user may not connect\n")

    def test_programs_by_cmake(self):
        where = self.project("by_cmake", "project.cmake", "CMakeLists.txt")
        self.build_by_cmake(where)
        self.assert_works(where / "build/consumer")
        self.assert_works_without_a_broker(where / "build/without_broker")

    def test_a_component_that_is_not_there(self):
        where = self.project("wrong", "project.cmake", "CMakeLists.txt")
        file = where / "CMakeLists.txt"
        file.write_text(file.read_text().replace("COMPONENTS testing", "COMPONENTS gateway"))
        with self.assertRaisesRegex(AssertionError, "mqcoap has no component gateway"):
            self.build_by_cmake(where)

    def test_the_broker_in_memory_is_no_part_of_the_library(self):
        self.assertNotIn("memory_broker", run("nm", "-D", "-C", self.library))

    def test_an_installed_example(self):
        where = self.folder / "examples"
        shutil.copytree(self.prefix / "share/doc/mqcoap/examples", where)
        # One of them is enough: all examples are tested in the source tree.
        self.build_by_cmake(where, "example_edit_request")
        broker = Broker()
        self.addCleanup(broker.stop)
        said = run(where / "build/edit_request", f"127.0.0.1:{broker.port}", 1, env=self.environment, timeout=120)
        self.assertEqual(said, "gain [0,1,2,3,4]\n")

    def test_programs_by_make_and_pkg_config(self):
        where = self.project("by_make", "project.make", "Makefile")
        run("make", "-C", where, f"CXX={CCACHE} g++", env=self.environment)
        self.assert_works(where / "consumer")
        self.assert_works_without_a_broker(where / "without_broker")
        for name in ("mqcoap", "mqcoap-testing"):
            self.assertEqual(run("pkg-config", "--modversion", name, env=self.environment).strip(), VERSION)

    def test_the_installed_headers_are_those_that_programs_need(self):
        needed, left = set(), list(ENTRANCES)
        while left:
            name = left.pop()
            if name not in needed:
                needed.add(name)
                left += INCLUDE.findall((ROOT / "lib" / name).read_text(encoding="utf-8"))
        self.assertEqual(set(self.headers()), needed)

    def test_no_header_knows_libmosquitto(self):
        for name, path in self.headers().items():
            self.assertNotRegex(path.read_text(encoding="utf-8"), r"mosquitto\.h|struct mosquitto\b|\bmosq_", name)

    def test_every_header_compiles_alone(self):
        where = self.folder / "headers"
        where.mkdir()
        shutil.copy(HERE / "headers.cmake", where / "CMakeLists.txt")
        for name in self.headers():
            # Included twice, to test the include guard.
            (where / (name.replace("/", "_") + ".cpp")).write_text(f"#include <{name}>\n" * 2, encoding="utf-8")
        self.build_by_cmake(where)

    def test_the_library_has_a_version(self):
        here = self.library.parent
        cmake = (ROOT / "lib/mqcoap/CMakeLists.txt").read_text(encoding="utf-8")
        abi = re.search(r"^set\(mqcoap_abi (\d+)\)$", cmake, re.MULTILINE).group(1)
        self.assertEqual(os.readlink(self.library), f"libmqcoap.so.{abi}")
        self.assertEqual(os.readlink(here / f"libmqcoap.so.{abi}"), f"libmqcoap.so.{abi}.{VERSION}")
        self.assertIn(f"Library soname: [libmqcoap.so.{abi}]", run("readelf", "-d", self.library))

    def test_only_what_is_ours_is_exported(self):
        names = run("nm", "-D", "--defined-only", "-C", "--format=posix", self.library).splitlines()
        self.assertGreater(len(names), 100)
        for line in names:
            # NAME TYPE VALUE [SIZE]; the name may contain blanks.
            name = re.sub(r" [A-Za-z] [0-9a-f]*( [0-9a-f]*)?$", "", line)
            self.assertTrue(OURS.match(name) or SHARED_WITH_ASIO.match(name), name)

    def test_a_staged_installation(self):
        stage = self.folder / "stage"
        run(CMAKE, "--install", BUILD, "--prefix", "/usr", env={**os.environ, "DESTDIR": str(stage)})
        self.assertEqual({path.name for path in stage.iterdir()}, {"usr"})
        for name in ("bin/mqcoapd", "bin/mqcoap", "share/man/man1/mqcoap.1",
                     "include/mqcoap/client/client.hpp", "share/doc/mqcoap/mqcoap.yaml",
                     "share/mqcoap/mqcoap.schema.json", "share/man/man8/mqcoapd.8", "share/man/man5/mqcoap.yaml.5",
                     "share/doc/mqcoap/docs/library.md", "share/doc/mqcoap/examples/CMakeLists.txt"):
            self.assertTrue((stage / "usr" / name).exists(), name)
        # Installed text files must not mention the source or build tree.
        for path in stage.rglob("*"):
            if path.suffix in (".cmake", ".pc", ".hpp"):
                text = path.read_text(encoding="utf-8")
                self.assertNotIn(str(BUILD), text, path)
                self.assertNotIn(str(ROOT), text, path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
