"""The rows of the result: a ratio, its required value, and how it is printed."""

import statistics


class Row:
    def __init__(self, row, what, values, *, at_least=None, at_most=None, unit="", note=""):
        self.row = row
        self.what = what
        self.value = statistics.median(values)
        self.spread = (min(values), max(values))
        self.at_least = at_least
        self.at_most = at_most
        self.unit = unit
        self.note = note

    @property
    def verdict(self):
        if self.at_least is None and self.at_most is None:
            return "-"
        low = self.at_least is not None and self.value < self.at_least
        high = self.at_most is not None and self.value > self.at_most
        return "above" if high else "below" if low else "ok"

    @property
    def wanted(self):
        if self.at_least is not None:
            return f">= {self.at_least:g}{self.unit}"
        return f"<= {self.at_most:g}{self.unit}" if self.at_most is not None else "-"

    def as_json(self):
        return {
            "row": self.row,
            "what": self.what,
            "measured": self.value,
            "lowest": self.spread[0],
            "highest": self.spread[1],
            "wanted": self.wanted,
            "unit": self.unit.strip(),
            "verdict": self.verdict,
            "note": self.note,
        }

    def cells(self):
        low, high = self.spread
        spread = "" if low == high else f"{low:.2f} .. {high:.2f}"
        return [self.row, self.what, f"{self.value:.2f}{self.unit}", spread, self.wanted, self.verdict, self.note]


HEADINGS = ["row", "what", "measured", "lowest .. highest", "wanted", "", ""]


def show(rows):
    lines = [HEADINGS] + [r.cells() for r in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    text = []
    for number, line in enumerate(lines):
        text.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if number == 0:
            text.append("  ".join("-" * width for width in widths).rstrip())
    return "\n".join(text)
