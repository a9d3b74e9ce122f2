"""Runs clang-tidy over the sources of a build in parallel. Sources that passed before and have not
changed are skipped.

A source counts as unchanged if its text, every header of the project that it includes, its compiler
command, .clang-tidy and clang-tidy's version are the same. The included headers are taken from ninja's
dependency log, so the build must be up to date.

Most of the time is spent on headers, so several sources are checked at once, as one translation unit
that includes them, if the command of one of them has the definitions and include folders of all. A
source is kept apart from sources of other folders if one of the names in its unnamed namespaces occurs
in them or in their headers. If a unit fails, its halves are checked, and so on: only what is reported
for a single source counts.
"""

import argparse
import concurrent.futures
import dataclasses
import functools
import hashlib
import itertools
import json
import pathlib
import re
import shlex
import subprocess
import sys

# Number of sources in a unit: enough to share headers, and few enough to keep all processors busy to the end.
# A unit of 30 takes twice as long as one of 10.
UNIT_SIZE = 30


@functools.cache
def words_of(path):
    return set(re.findall(r"\b[a-z]\w*", path.read_text()))


@dataclasses.dataclass
class Source:
    path: pathlib.Path
    directory: str  # working directory of the compiler
    command: list  # without the names of the source and of its object file
    headers: list  # headers of the project
    mark: pathlib.Path  # exists when the source has passed

    def options(self):
        """Returns the options that determine what clang-tidy sees. The folder cmake/ contains the
        precompiled headers, which it does not see.
        """
        return frozenset(word for word in self.command
                         if not re.match(r"-[Ogf]|-pthread$", word) and not re.match(r"-I.*/cmake$", word))

    def floor(self):
        """Returns the folder within which no two sources define the same name in unnamed
        namespaces (tests/floors).
        """
        folder = str(self.path.parent)
        _, library, below = folder.rpartition("/lib/mqcoap/")
        return below.split("/")[0] if library else folder

    def words(self):
        return set.union(*map(words_of, [self.path, *self.headers]))

    def own_names(self):
        """Returns the names that the source defines in unnamed namespaces, assuming one
        declaration per line.
        """
        names, inside = set(), False
        for line in self.path.read_text().splitlines():
            if line == "namespace {":
                inside = True
            elif line.startswith("}  // namespace"):
                inside = False
            elif inside and re.match(r"(?!namespace |using |template)[a-z]", line):
                if declared := re.search(r"\b(?:class|struct|enum|concept) (\w+)|(\w+)\s*[({;=\[]", line):
                    names.add(declared[1] or declared[2])
        return names


def included_files(build):
    """Maps each object file to all files that ninja recorded as its dependencies."""
    out = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], check=True, capture_output=True, text=True)
    deps, current = {}, None
    for line in out.stdout.splitlines():
        if line.startswith(" "):
            deps[current].append(line.strip())
        elif ":" in line:
            current = line.split(":", 1)[0]
            deps[current] = []
    return deps


def fingerprint(entry, files, root, common):
    digest = hashlib.sha256(common)
    digest.update(entry["command"].encode())
    for path in files:
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def split_command(command):
    """Returns the command's words without source, object and precompiled header, and the object's name.

    clang cannot read g++'s precompiled header, and each source must include what it uses.
    """
    words, kept, output = shlex.split(command), [], ""
    while words:
        word = words.pop(0)
        if word == "-o":
            output = words.pop(0)
        elif word == "-c" or (word == "-include" and words[0].endswith("cmake_pch.hxx")):
            words.pop(0)
        elif word != "-Winvalid-pch":
            kept.append(word)
    return kept, output


def unchecked_sources(build, cache, folders, root, common):
    deps = included_files(build)
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if not any(path.is_relative_to(folder) for folder in folders):
            continue
        command, output = split_command(entry["command"])
        files = sorted({(build / name).resolve() for name in {entry["file"], *deps.get(output, [])}})
        files = [file for file in files if file.is_relative_to(root)]
        mark = cache / fingerprint(entry, files, root, common)
        if not mark.exists():
            headers = [file for file in files if file.suffix == ".hpp"]
            yield Source(path, entry["directory"], command, headers, mark)


class Unit:
    """Sources that can form one translation unit, and a command that fits all of them."""

    def __init__(self, sources=(), command=()):
        self.sources = list(sources)
        self.options = frozenset()
        self.command = list(command)
        self.floors = {}  # floor -> names defined by its sources, and words that occur in them

    def halves(self):
        middle = len(self.sources) // 2
        return [Unit(part, self.command) for part in (self.sources[:middle], self.sources[middle:])]

    def takes(self, source):
        if len(self.sources) == UNIT_SIZE:
            return False
        options, names, words = source.options(), source.own_names(), source.words()
        return (options <= self.options or self.options <= options) and all(
            floor == source.floor() or not (names & other_words or words & other_names)
            for floor, (other_names, other_words) in self.floors.items())

    def add(self, source):
        self.sources.append(source)
        names, words = self.floors.setdefault(source.floor(), (set(), set()))
        names |= source.own_names()
        words |= source.words()
        if self.options <= source.options():
            self.options, self.command = source.options(), source.command


def units(sources):
    made = []
    for source in sources:
        unit = next((unit for unit in made if unit.takes(source)), None)
        if unit is None:
            made.append(unit := Unit())
        unit.add(source)
    return made


class Checker:
    def __init__(self, cache):
        self.cache = cache
        self.numbers = itertools.count()

    def run(self, unit):
        """Runs clang-tidy over the unit; returns whether it passed, and the output."""
        first = unit.sources[0]
        path, command = first.path, first.command
        if len(unit.sources) > 1:
            path, command = self.cache / f"unit{next(self.numbers)}.cpp", unit.command
            path.write_text("".join(
                f'#include "{source.path}"  // NOLINT(bugprone-suspicious-include)\n' for source in unit.sources))
        # The command is g++'s, which has warnings that clang does not know. g++ checks shadowing in each
        # source separately; in a unit, names of other sources would appear to be shadowed.
        done = subprocess.run(
            ["clang-tidy", "--quiet", str(path), "--", *command[1:], "-Wno-unknown-warning-option", "-Wno-shadow"],
            cwd=first.directory, capture_output=True, text=True)
        return done.returncode == 0, done.stdout + done.stderr

    def check(self, unit):
        """Returns pairs of a source and the errors in it."""
        passed, said = self.run(unit)
        if passed:
            for source in unit.sources:
                source.mark.touch()
            return []
        if len(unit.sources) == 1:
            return [(unit.sources[0], said)]
        return [fault for half in unit.halves() for fault in self.check(half)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="build directory, built and up to date")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="where passes are remembered")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("folders", nargs="+", type=pathlib.Path, help="only sources in these")
    args = parser.parse_args()

    root = pathlib.Path.cwd().resolve()
    cache = args.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
    common = version + (root / ".clang-tidy").read_bytes()
    folders = [folder.resolve() for folder in args.folders]
    work = units(unchecked_sources(args.build.resolve(), cache, folders, root, common))
    if not work:
        print("clang-tidy: nothing has changed")
        return 0

    checker = Checker(cache)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for faults in pool.map(checker.check, sorted(work, key=lambda unit: len(unit.sources), reverse=True)):
            for source, text in faults:
                failed += 1
                print(f"{source.path.relative_to(root)}\n{text}", flush=True)
    print(f"clang-tidy: {sum(len(unit.sources) for unit in work)} sources checked in {len(work)} units, {failed} with faults")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
