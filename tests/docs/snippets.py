"""Generates test programs from the C++ on a Markdown page, so that it is compiled and run.

    snippets.py PAGE DIRECTORY    writes DIRECTORY/NAME.cpp for each program, unless the file is up to date
    snippets.py PAGE              prints the programs' names, separated by semicolons

A comment before a block names its program and contains code that the reader does not see; `@@` stands for the block:

    <!-- snippet NAME
    TEST_CASE("what the block shows") {
    @@
    }
    -->
    ```cpp
    ...
    ```

A comment without `@@` adds its lines to the program and claims no block. Every block must be claimed.
"""

import pathlib
import re
import sys

OPENING = re.compile(r"^<!-- snippet (\w+)( -->)?$")
PLACE = "@@"


class Fault(Exception):
    pass


def programs(page, text):
    """Returns name -> source. Lines keep their numbers from the page, for the compiler's messages."""
    found = {}
    lines = text.splitlines()
    claimed = None  # text that follows the block: (name, lines, number of the first)
    at = 0

    def until(end, what):
        begin = at
        for number in range(begin, len(lines)):
            if lines[number] == end:
                return number
        raise Fault(f"{page}:{begin}: {what} has no end")

    def add(name, number, some):
        if some:
            found.setdefault(name, []).extend([f'#line {number} "{page}"', *some])

    while at < len(lines):
        line = lines[at]
        at += 1
        opening = OPENING.match(line)
        if opening:
            if claimed:
                raise Fault(f"{page}:{at}: no block follows the snippet before")
            name = opening.group(1)
            first = at + 1
            hidden = [PLACE]
            if not opening.group(2):
                end = until("-->", "the comment")
                hidden, at = lines[at:end], end + 1
            if PLACE in hidden:
                place = hidden.index(PLACE)
                add(name, first, hidden[:place])
                claimed = name, hidden[place + 1:], first + place + 1
            else:
                add(name, first, hidden)
        elif line == "```cpp":
            if not claimed:
                raise Fault(f"{page}:{at}: this block is not compiled: no <!-- snippet NAME before it")
            end = until("```", "the block")
            name, after, number = claimed
            add(name, at + 1, lines[at:end])
            add(name, number, after)
            claimed, at = None, end + 1
        elif line.startswith("```"):
            at = until("```", "the block") + 1
    if claimed:
        raise Fault(f"{page}: no block follows the last snippet")
    return {name: "\n".join(source) + "\n" for name, source in found.items()}


def main(page, directory=None):
    try:
        sources = programs(page, pathlib.Path(page).read_text(encoding="utf-8"))
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    if directory is None:
        print(";".join(sources), end="")
        return 0
    for name, source in sources.items():
        file = pathlib.Path(directory, name + ".cpp")
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != source:
            file.write_text(source, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
