"""The floor rule, checked in the #include lines of lib/mqcoap, daemon and cli (docs/architecture.md).

A file includes its own folder and lower floors, never higher ones or other folders of the same floor;
some dependencies are confined to certain files. Folders that have their own namespace use it.
"""

import fnmatch
import pathlib
import re
import sys

FLOORS = {
    "base": 0,
    "json": 1,
    "net": 1,
    "schema": 2,
    "protocol": 2,
    "exchange": 3,
    "settings": 3,
    "serve": 4,
    "ask": 4,
    "state": 4,
    "resource": 5,
    "transport": 6,
    "store": 6,
    "front": 7,
    "client": 8,
    "gateway": 9,
    "testing": 9,
    "observe": 10,
    "config": 11,
    "daemon": 12,
    "cli": 12,
}

# The folders of programs, which control their process.
PROGRAMS = ("daemon", "cli")

# The rooms of the command line tool, from the lowest. Files outside of rooms may include all of them.
ROOMS = ("words", "output", "options", "session", "verbs")

# Folders with their own namespace, which are not part of the public library. All others use `mqcoap`
# and `mqcoap::testing`.
NAMESPACES = {"store": "mqcoap::store", "observe": "mqcoap::observe", "config": "mqcoap::config",
              "cli": "mqcoap::cli"}

# (pattern of the included name, lowest floor, files that may include it, message about the rule)
CONFINED = [
    ("boost/json*", 1, "*", "Boost.JSON only on floor 1 and up"),
    ("boost/asio/signal_set*", 12, "*", "signals only in daemon/ and cli/"),
    ("boost/beast*", 10, "observe/*.cpp", "Boost.Beast only in observe/*.cpp"),
    ("prometheus/*", 10, "observe/*.cpp", "prometheus-cpp only in observe/*.cpp"),
    ("boost/asio*", 6, "*", "Boost.Asio only on floor 6 and up"),
    ("mosquitto.h", 6, "transport/libmosquitto.hpp", "mosquitto.h only in transport/libmosquitto.hpp"),
    ("mqcoap/transport/libmosquitto.hpp", 6, "transport/mosquitto_link*.cpp",
     "libmosquitto only in transport/mosquitto_link*.cpp"),
    ("openssl/*", 6, "transport/tls_*", "OpenSSL only in transport/tls_*"),
    ("yaml-cpp/*", 11, "config/*.cpp", "yaml-cpp only in config/*.cpp"),
    ("sqlite3.h", 6, "store/*.cpp", "sqlite3 only in store/*.cpp"),
    ("libpq-fe.h", 6, "store/postgres/pg_library.hpp", "libpq only in store/postgres/pg_library.hpp"),
    ("mqcoap/store/postgres/pg_library.hpp", 6, "store/postgres/pg_*.cpp", "libpq only in store/postgres/pg_*.cpp"),
    ("spdlog/*", 6, "*", "spdlog only on floor 6 and up"),
    ("muParser*.h", 5, "resource/formula.cpp", "muparser only in resource/formula.cpp"),
    ("re2/*", 2, "schema/*.cpp", "re2 only in schema/*.cpp"),
    ("systemd/*", 12, "daemon/*", "systemd only in daemon/"),
    ("csignal", 12, "*", "signals only in daemon/ and cli/"),
    ("signal.h", 12, "*", "signals only in daemon/ and cli/"),
    ("sys/signalfd.h", 12, "*", "signals only in daemon/ and cli/"),
]

# Exceptions: backends of resources, and code that they share with links, reach out of the process.
BESIDE = {
    "boost/asio*": ("resource/*/*", "net/*"),
    "boost/beast*": "resource/http/*.cpp",
    "re2/*": "resource/backend/reading.cpp",
    "csignal": "resource/*/*.cpp",
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
LOOP = re.compile(r"\b(?:while|for)\s*\(")
AWAIT_IN_LOOP = "g++ awaits both sides of && in the condition of a loop (findings/gcc-await-in-loop.sh)"
# A constant or a type at the beginning of a line, where declarations in a namespace begin in the
# project's format.
OWN_NAME = re.compile(r"^(?:constexpr [^=({]*?\b(\w+)(?:\[\w*\])?(?= =|\{)|(?:struct|class|enum class|enum) (\w+)(?=[^;]*\{))", re.MULTILINE)
# A function there: its name, and its parameters in parentheses.
OWN_FUNCTION = re.compile(r"^(?:[\w:<>,&*]+ +)+[&*]?(\w+)(\([^{};]*?\))(?= (?:noexcept |try |const )*\{)", re.MULTILINE)
HIDDEN = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.MULTILINE | re.DOTALL)
# The beginning of a namespace of the project, possibly within another one.
NAMESPACE = re.compile(r"^[ \t]*(?:inline )?namespace (mqcoap\b[\w:]*) *\{", re.MULTILINE)
EXIT = re.compile(r"(?<![\w.>])(?:std::|::)?(?:_exit|quick_exit|exit|_Exit)\s*\(")
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.DOTALL)


def blanked(text):
    """Returns the text with comments and strings emptied; line numbers are preserved."""
    return COMMENT_OR_STRING.sub(lambda match: "\n" * match.group().count("\n"), text)


def without_comments(text):
    def keep_strings(match):
        return match.group() if match.group()[0] in '"R' else "\n" * match.group().count("\n")

    return COMMENT_OR_STRING.sub(keep_strings, text)


def matches_any(name, globs):
    return any(fnmatch.fnmatchcase(name, glob) for glob in ((globs,) if isinstance(globs, str) else globs))


def include_breach(name, folder, included, quoted):
    """Returns why the file `name` (folder/file.cpp) may not include this; None if it may."""
    floor = FLOORS[folder]
    if ".." in included.split("/"):
        return "a path with .. hides which floor it leads to"
    if included.startswith("mqcoap/"):
        other = included.split("/")[1]
        if other not in FLOORS:
            return f"the folder {other} has no floor"
        if other != folder and FLOORS[other] >= floor:
            way = "up" if FLOORS[other] > floor else "sideways"
            return f"floor {floor} ({folder}) looks {way} at floor {FLOORS[other]} ({other})"
    elif quoted and folder == "cli" and included.split("/")[0] in ROOMS:
        return room_breach(name, included)
    elif quoted and "/" in included:
        return "headers of the project are included as <mqcoap/FOLDER/FILE>"
    for pattern, lowest, files, words in CONFINED:
        if fnmatch.fnmatchcase(included, pattern):
            if matches_any(name, BESIDE.get(pattern, ())):
                return None
            return None if floor >= lowest and fnmatch.fnmatchcase(name, files) else words
    return None


def room_breach(name, included):
    """Returns why a file of the command line tool may not include this file of a room; None if it may."""
    here, there = name.split("/")[1], included.split("/")[0]
    if here not in ROOMS or ROOMS.index(here) >= ROOMS.index(there):
        return None
    return f"the room {here} looks up at the room {there}"


def in_parentheses(code, begin):
    """Returns the text from the parenthesis at `begin` to the matching one."""
    depth = 0
    for end in range(begin, len(code)):
        depth += {"(": 1, ")": -1}.get(code[end], 0)
        if depth == 0:
            return code[begin : end + 1]
    return code[begin:]


def awaiting_loops(code):
    """Yields the lines of loops whose condition awaits in an operand of && or ||."""
    for match in LOOP.finditer(code):
        condition = in_parentheses(code, match.end() - 1)
        if "co_await" in condition and ("&&" in condition or "||" in condition):
            yield code.count("\n", 0, match.start()) + 1


def file_breaches(name, text):
    folder = name.split("/")[0]
    if folder not in FLOORS:
        return [(1, f"the folder {folder} has no floor")]
    found = []
    readable = without_comments(text)
    for match in INCLUDE.finditer(readable):
        why = include_breach(name, folder, match.group(2), match.group(1) == '"')
        if why:
            found.append((readable.count("\n", 0, match.start(2)) + 1, f"includes {match.group(2)}: {why}"))
    code = blanked(text)
    found += [(line, AWAIT_IN_LOOP) for line in awaiting_loops(code)]
    found += namespace_breaches(name, text)
    if folder not in PROGRAMS:
        for match in EXIT.finditer(code):
            found.append((code.count("\n", 0, match.start()) + 1, "exit only in daemon/ and cli/"))
    return found


def namespace_breaches(name, text):
    """Returns namespaces of the project in which a file of NAMESPACES must not declare anything."""
    wanted = NAMESPACES.get(name.split("/")[0])
    if wanted is None or name.endswith("/main.cpp"):
        return []
    code = blanked(text)
    opened = [(code.count("\n", 0, match.start(1)) + 1, match.group(1)) for match in NAMESPACE.finditer(code)]
    found = [(line, f"declares names in {inside}, not in {wanted}") for line, inside in opened if inside != wanted]
    outside = not opened and re.search(r"^(?![ \t]*#).*[;{]", code, re.MULTILINE)
    return found + ([(1, f"declares nothing in {wanted}")] if outside else [])


def header_breaches(name, text, names):
    """A header is known to be self-contained if a source includes it before any other header."""
    if name.endswith(".hpp"):
        first = re.search(r"^[ \t]*#.*$", without_comments(text), re.MULTILINE)
        return [] if first and first.group().split() == ["#pragma", "once"] else ["#pragma once comes first"]
    own = name.removesuffix(".cpp") + ".hpp"
    if own not in names:
        return []
    wanted = own.split("/", 1)[1] if own.startswith(tuple(f"{p}/" for p in PROGRAMS)) else "mqcoap/" + own
    first = INCLUDE.search(without_comments(text))
    return [] if first and first.group(2) == wanted else [f"its own header, {wanted}, comes first"]


def sources(root):
    """Yields (name with its folder first, path) of every C++ file that the rule applies to."""
    for base, prefix in ((root / "lib/mqcoap", ""), *((root / name, name + "/") for name in PROGRAMS)):
        for path in sorted(base.rglob("*")):
            if path.suffix in {".hpp", ".cpp", ".h", ".c"}:
                yield prefix + path.relative_to(base).as_posix(), path


def breaches(root):
    """Returns all violations of the floor rule below a project's root, as `file:line: message`."""
    root = pathlib.Path(root)
    return [
        f"{path.relative_to(root)}:{line}: {words}"
        for name, path in sources(root)
        for line, words in file_breaches(name, path.read_text(encoding="utf-8"))
    ]


def unproved_headers(root):
    """Returns all headers that no compilation proves to be self-contained, as `file: message`."""
    root = pathlib.Path(root)
    files = dict(sources(root))
    return [
        f"{path.relative_to(root)}: {words}"
        for name, path in files.items()
        for words in header_breaches(name, path.read_text(encoding="utf-8"), files)
    ]


def types_of(parameters):
    """Returns the parameter list without parameter names, which overloads may share."""
    return re.sub(r"(?<=[\w>&*]) \w+(?: = [^,)]*)?(?=[,)])", "", parameters)


def own_names(text):
    """Yields (name, line) of the constants, types and functions in the unnamed namespaces of a source."""
    for hidden in HIDDEN.finditer(text):
        begin = text.count("\n", 0, hidden.start(1)) + 1
        code = blanked(hidden.group(1))
        for match in OWN_NAME.finditer(code):
            yield match.group(1) or match.group(2), begin + code.count("\n", 0, match.start())
        for match in OWN_FUNCTION.finditer(code):
            yield match.group(1) + types_of(match.group(2)), begin + code.count("\n", 0, match.start())


def names_taken_twice(root):
    """Returns names that two sources of a floor define in unnamed namespaces: the sanitizers' build
    compiles sources together.
    """
    root = pathlib.Path(root)
    first, found = {}, []
    for name, path in sources(root):
        if path.suffix != ".cpp":
            continue
        for own, line in own_names(path.read_text(encoding="utf-8")):
            other = first.setdefault((name.split("/")[0], own), path)
            if other != path:
                found.append(f"{path.relative_to(root)}:{line}: {own} is a name in {other.relative_to(root)} as well")
    return found


if __name__ == "__main__":
    project = sys.argv[1] if len(sys.argv) > 1 else "."
    faults = breaches(project) + unproved_headers(project) + names_taken_twice(project)
    print("\n".join(faults))
    sys.exit(1 if faults else 0)
