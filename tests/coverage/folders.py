"""Prints how much of each folder the tests have executed, based on a summary from gcovr."""

import argparse
import collections
import dataclasses
import json
import pathlib
import sys


@dataclasses.dataclass
class Count:
    lines: int = 0
    lines_run: int = 0
    branches: int = 0
    branches_run: int = 0

    def add(self, file):
        self.lines += file["line_total"]
        self.lines_run += file["line_covered"]
        self.branches += file["branch_total"]
        self.branches_run += file["branch_covered"]


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def folders_of(name):
    """Returns the folder of a file, and the top-level folder with all of its contents."""
    path = pathlib.PurePath(name)
    return {f"{path.parent}/", f"{path.parts[0]} (all)"}


def count_by_folder(summary):
    counts = collections.defaultdict(Count)
    for file in summary["files"]:
        for folder in folders_of(file["filename"]):
            counts[folder].add(file)
    return counts


def print_table(counts):
    width = max(map(len, counts), default=0)
    print(f"{'folder':{width}}  {'lines':>7}  {'not run':>7}  {'branches':>8}  {'not run':>7}")
    for folder, c in sorted(counts.items()):
        print(
            f"{folder:{width}}  {percent(c.lines_run, c.lines):6.1f}%  {c.lines - c.lines_run:7}"
            f"  {percent(c.branches_run, c.branches):7.1f}%  {c.branches - c.branches_run:7}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("summary")
    parser.add_argument("--least", metavar="FOLDER=PERCENT", help="of the lines; fails below it")
    arguments = parser.parse_args()
    counts = count_by_folder(json.loads(pathlib.Path(arguments.summary).read_text()))
    print_table(counts)
    if not arguments.least:
        return 0
    folder, least = arguments.least.split("=")
    whole = counts[f"{folder} (all)"]
    if percent(whole.lines_run, whole.lines) >= float(least):
        return 0
    print(f"{folder}/ is below {least} % of its lines", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
