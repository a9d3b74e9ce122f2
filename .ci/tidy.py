"""clang-tidy over the sources of a build, in parallel; what passed before and has not changed is not run again.

A source counts as unchanged if its text, every header of the project that it includes, its compiler command,
.clang-tidy and clang-tidy's version are the same. The included headers come from ninja's own record, so the
build must be up to date.

Most of the time goes into headers, so sources are checked several at once, as one translation unit that includes them, if
one of their commands has the definitions and folders of all. A source that has a name for itself alone is kept apart from
sources of other folders that have a word like it, or whose headers have. If a unit fails, its halves are checked, and so on:
what is said of a source alone counts.
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

# Sources: enough to share headers, and few enough to keep all processors busy to the end. One of 30 takes twice
# as long as one of 10.
UNIT_SIZE = 30


@functools.cache
def words_of(path):
    return set(re.findall(r"\b[a-z]\w*", path.read_text()))


@dataclasses.dataclass
class Source:
    path: pathlib.Path
    directory: str  # of the compiler
    command: list  # without the names of the source and of its object
    headers: list  # of the project
    mark: pathlib.Path  # exists when the source has passed

    def options(self):
        """What of the command decides which text clang-tidy sees. cmake/ has the precompiled headers, which it does not see."""
        return frozenset(word for word in self.command
                         if not re.match(r"-[Ogf]|-pthread$", word) and not re.match(r"-I.*/cmake$", word))

    def floor(self):
        """The folder in which no two sources have a name of their own in common (tests/floors)."""
        folder = str(self.path.parent)
        _, library, below = folder.rpartition("/lib/mqcoap/")
        return below.split("/")[0] if library else folder

    def words(self):
        return set.union(*map(words_of, [self.path, *self.headers]))

    def own_names(self):
        """Names that the source defines in a namespace without a name, one declaration a line."""
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
    """Object file -> every file that ninja saw it depend on."""
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
    """Sources that can be one translation unit, and the command that serves all of them."""

    def __init__(self, sources=(), command=()):
        self.sources = list(sources)
        self.options = frozenset()
        self.command = list(command)
        self.floors = {}  # floor -> names of its sources' own, and words of its sources

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
        """clang-tidy over the unit: returns whether it has passed, and what was said."""
        first = unit.sources[0]
        path, command = first.path, first.command
        if len(unit.sources) > 1:
            path, command = self.cache / f"unit{next(self.numbers)}.cpp", unit.command
            path.write_text("".join(
                f'#include "{source.path}"  // NOLINT(bugprone-suspicious-include)\n' for source in unit.sources))
        # The build is g++'s, which knows warnings that clang does not. It warns of shadowing in each source alone; in a unit,
        # what another source names would seem to be shadowed.
        done = subprocess.run(
            ["clang-tidy", "--quiet", str(path), "--", *command[1:], "-Wno-unknown-warning-option", "-Wno-shadow"],
            cwd=first.directory, capture_output=True, text=True)
        return done.returncode == 0, done.stdout + done.stderr

    def check(self, unit):
        """Returns what is wrong, as pairs of a source and a text."""
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
