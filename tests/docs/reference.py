"""The reference part of docs/library.md, generated from the docstrings of the public headers.

    reference.py            prints the page as it should be
    reference.py --write    writes it
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/library.md"
MARK = "<!-- Generated from the headers by tests/docs/reference.py: change them, not what follows. -->\n"

# In reading order; tests/docs/test_reference.py knows which headers are installed.
HEADERS = [
    "client/client.hpp",
    "client/client_base.hpp",
    "client/sync_client.hpp",
    "client/client_options.hpp",
    "transport/outage_cause.hpp",
    "transport/connect_errc.hpp",
    "transport/connection_fault.hpp",
    "transport/link_options.hpp",
    "transport/tls_options.hpp",
    "client/request_spec.hpp",
    "client/handler_chain.hpp",
    "client/response_exception.hpp",
    "base/errc.hpp",
    "base/log_sink.hpp",
    "protocol/responder.hpp",
    "protocol/call.hpp",
    "protocol/request.hpp",
    "protocol/response.hpp",
    "protocol/options.hpp",
    "protocol/method.hpp",
    "protocol/response_code.hpp",
    "protocol/address.hpp",
    "protocol/name.hpp",
    "protocol/resource_path.hpp",
    "protocol/request_id.hpp",
    "json/json_text.hpp",
    "protocol/general.hpp",
    "protocol/general_topic.hpp",
    "protocol/topic.hpp",
    "protocol/codec.hpp",
    "protocol/content_format.hpp",
    "base/secret.hpp",
    "base/lazy.hpp",
    "base/units.hpp",
    "base/clock.hpp",
    "testing/broker.hpp",
]
# Needed by the others, but not useful on their own.
INNER = ["client/client_environment.hpp", "client/initiation.hpp", "client/working_handler.hpp", "base/ascii.hpp"]


HEAD = re.compile(r"(?:template <[^{]*> )?(class|struct|enum class) (\w+)")


class Reader:
    """Reads declarations with their docstrings; understands as much C++ as the public headers use."""

    def __init__(self, header, text):
        self.header = header
        self.text = text
        self.at = 0

    def fail(self, words):
        line = self.text.count("\n", 0, self.at) + 1
        raise ValueError(f"{self.header}:{line}: {words}")

    def skip(self, pattern):
        match = re.compile(pattern).match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def skip_group(self):
        """Skips a pair of brackets and everything within, ignoring brackets in comments and literals."""
        depth = 0
        token = re.compile(r"//[^\n]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])'|[(){}\[\]]")
        for match in token.finditer(self.text, self.at):
            depth += 1 if match.group() in "({[" else -1 if match.group() in ")}]" else 0
            if depth == 0:
                self.at = match.end()
                return
        self.fail("a bracket that is not closed")

    def docstring(self):
        """Returns the text of the `///` lines before a declaration."""
        lines = []
        while True:
            self.skip(r"\s+")
            if match := self.skip(r"///(?!<) ?([^\n]*)\n"):
                lines.append(match.group(1).strip() or "\n\n")
            elif not self.skip(r"//(?!/)[^\n]*\n"):
                return " ".join(lines)

    def trailing(self):
        """Returns the text of the `///<` after a declaration, and of its continuation lines."""
        match = self.skip(r"[ \t]*(?:\n[ \t]*)?///< ?([^\n]*)")
        lines = [match.group(1).strip()] if match else []
        while match and (more := self.skip(r"\n[ \t]*///(?:<| (?= )) *([^\n]*)")):
            lines.append(more.group(1).strip())
        return " ".join(lines)

    def declaration(self):
        """Returns (text, how it ends): up to `;`, or to the `{` of a body."""
        begin = self.at
        parameters_end = None
        while self.at < len(self.text):
            c = self.text[self.at]
            if c == "(":
                self.skip_group()
                parameters_end = self.at
            elif c == ";":
                self.at += 1
                return self.text[begin:self.at - 1], ";"
            elif c == "{":
                so_far = self.text[begin:self.at]
                if HEAD.match(" ".join(so_far.split())) and "(" not in so_far:
                    return so_far, "{"
                is_value = parameters_end is None or "=" in self.text[parameters_end:self.at]
                if is_value:
                    self.skip_group()
                    continue
                return self.text[begin:self.at], "body"
            elif c == ":" and parameters_end and self.text[self.at - 1] != ":" and self.text[self.at + 1] != ":":
                declared = self.text[begin:self.at]
                self.at += 1
                while not self.skip(r"\s*(?=\{)"):  # initialisers: name(...) or name{...}
                    self.skip(r"[\s,]*[\w:<>]+") or self.fail("an initialiser was expected")
                    self.skip_group()
                return declared, "body"
            else:
                self.at += 1
        self.fail("a declaration that does not end")


def markup(doc):
    doc = re.sub(r" *\n\n *", "\n\n", doc)
    # Outside of backticks, < would begin an HTML tag.
    doc = re.sub(r"(`[^`]*`)|<", lambda match: match.group(1) or r"\<", doc)
    doc = re.sub(r"\s*@par (\w+)  *", r"\n\n*\1:* ", doc)
    doc = re.sub(r"@param (\w+)  *", r"*\1:* ", doc)
    doc = re.sub(r"@throws (\S+)  +", r"*Throws* `\1` ", doc)
    doc = re.sub(r"@throws ", "*Throws* ", doc)
    return re.sub(r"@return ", "*Returns* ", doc)


def entry(declaration, doc):
    # An empty initializer is not worth mentioning.
    declaration = re.sub(r"( = default| = \{\}|\{\})$", "", " ".join(declaration.split()))
    return f"- `{declaration}`" + (f"\\\n  {' '.join(markup(doc).split())}" if doc else "") + "\n"


def enumerators(reader):
    out = ""
    while not reader.skip(r"\s*\};"):
        doc = reader.docstring()
        match = reader.skip(r"(\w+(?: = \w+)?),?") or reader.fail("an enumerator was expected")
        out += entry(match.group(1), reader.trailing() or doc)
    return out


def members(reader, end):
    """Reads up to `end`; returns (entries of this scope, chapters of the classes within)."""
    own, inner = "", ""
    hidden = False
    while True:
        doc = reader.docstring()
        if reader.skip(end):
            return own, inner
        if match := reader.skip(r"(public|private|protected):"):
            hidden = match.group(1) != "public"
            continue
        if reader.skip(r"namespace detail (?=\{)"):
            reader.skip_group()
            continue
        if reader.skip(r"namespace \w+ \{"):
            more, chapters = members(reader, r"\}")
            own, inner = own + more, inner + chapters
            continue
        text, ending = reader.declaration()
        if ending == "{":
            reader.at += 1
            kind, name = HEAD.match(" ".join(text.split())).groups()
            if kind == "enum class":
                body = enumerators(reader)
            else:
                body, chapters = members(reader, r"\};")
                body += chapters
            if not hidden:
                inner += f"\n#### {kind} {name}\n\n" + (markup(doc) + "\n\n" if doc else "") + body
            continue
        if ending == "body":
            reader.skip_group()
            reader.skip(";")
        doc = reader.trailing() or doc
        silent = text.lstrip().startswith(("friend class", "static_assert")) or text.endswith("= delete")
        is_forward = re.fullmatch(r"(class|struct) \w+", text)
        if not hidden and not silent and not is_forward:
            own += entry(re.sub(r"= \[\]$", "", text), doc)


def chapter(header):
    text = (ROOT / "lib/mqcoap" / header).read_text(encoding="utf-8")
    begin = re.search(r"^namespace mqcoap(::testing)? \{\n", text, flags=re.MULTILINE)
    reader = Reader(header, text)
    reader.at = begin.end()
    own, inner = members(reader, r"\}  // namespace mqcoap(::testing)?")
    if own:
        own = ("\n#### Functions and aliases\n\n" if inner else "\n") + own
    return f"\n### {header}\n" + inner + own


def page():
    guide = PAGE.read_text(encoding="utf-8").split("\n## Reference\n")[0]
    intro = "What is installed, header by header: `#include <mqcoap/NAME>`. Private parts are left out.\n"
    return guide + "\n## Reference\n\n" + MARK + "\n" + intro + "".join(chapter(h) for h in HEADERS)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
