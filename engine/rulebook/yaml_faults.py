"""What the YAML parser met, in the words of a rule author and at the place where the author has to look."""

from __future__ import annotations

import re

import yaml

from engine.diagnostics import Diagnostic, Span
from engine.rulebook.codes import finding
from engine.rulebook.text_file import yaml_lines

QUOTE_HINT = "put the expression in single quotes or after `|-`"
_ILL = "the file is not well-formed YAML"
# A key whose plain value starts with a character that YAML keeps for itself, or holds ": ".
_FEEL_SUSPECT = re.compile(r"""^\s*(?:-\s+)?[\w.-]+:\s+(?P<value>(?:["\[>@{%&*!|`](?!\s*$)|[^'"#|>]*:\s).*)""")
_OPENED = re.compile(r"""^\s*(?:-\s+)?[\w.-]+:\s+(?P<text>(?P<quote>["']).*)$""")
_GLUED = re.compile(r"^\s*(?:- )?(?P<key>[\w.-]+):(?P<value>[^\s:/]\S*)\s*$")
_BARE = re.compile(r"^\s*(?:- )?(?P<word>[A-Za-z_][\w.-]*)\s*$")
_CLOSERS = {"[": "]", "{": "}"}


def explain(path: str, text: str, problem: yaml.YAMLError) -> Diagnostic:
    """The finding for what keeps a file from being read as YAML."""
    return _Fault(path, text, problem).finding()


MOST_JUDGED = 1_000
"""The longest line that is parsed by itself: the time for brackets in each other grows with their square."""


class _Fault:
    """One refusal of the parser, with the lines around it."""

    def __init__(self, path: str, text: str, problem: yaml.YAMLError) -> None:
        self.path, self.lines = path, yaml_lines(text)
        mark, context = getattr(problem, "problem_mark", None), getattr(problem, "context_mark", None)
        self.row = min(mark.line, len(self.lines) - 1) if mark else 0
        self.column = mark.column if mark else 0
        self.context = str(getattr(problem, "context", None) or "")
        self.context_row = context.line if context else self.row
        self.context_column = context.column if context else self.column
        self.said = str(getattr(problem, "problem", None) or problem).replace("\n", " ")

    def finding(self) -> Diagnostic:
        """The most helpful explanation that fits."""
        return (
            self._tab()
            or self._without_colon()
            or self._open_quote()
            or self._expression()
            or self._open_bracket()
            or self._glued()
            or self._anything_else()
        )

    def _at(self, row: int, column: int, end: int = 0) -> Span:
        return Span(self.path, row + 1, column + 1, row + 1, (end or column + 1) + 1)

    def _tab(self) -> Diagnostic | None:
        line = self.lines[self.row]
        tab = line.find("\t")
        if "\\t" in self.said or 0 <= tab < len(line) - len(line.lstrip()):
            return finding("YML003", "a tab is used for indentation", self._at(self.row, max(tab, 0)), "use spaces")
        return None

    def _without_colon(self) -> Diagnostic | None:
        if "could not find expected ':'" not in self.said:
            return None
        line = self.lines[self.context_row]
        start, end = self.context_column, len(line.rstrip())
        key, _, value = line[start:end].partition(" ")
        hint = f"write `{key}: {value}`" if value else f"write `{key}:`"
        return finding(
            "YML001", f"{_ILL}: `{line[start:end]}` has no colon", self._at(self.context_row, start, end), hint
        )

    def _open_quote(self) -> Diagnostic | None:
        """A quote that its line does not close: the parser fails at the next quote, maybe many lines below."""
        for row in range(self.row, -1, -1):
            opened = _OPENED.match(self.lines[row])
            if opened is None:
                continue
            start, text, quote = opened.start("text"), opened["text"].rstrip(), opened["quote"]
            inner = text[1:].replace("\\" + quote if quote == '"' else "''", "")
            if quote not in inner and not any(quote in each for each in self.lines[row + 1 : self.row]):
                hint = f"add the closing `{quote}`"
                return finding("YML001", f"{_ILL}: a quote is not closed", self._at(row, start), hint)
            if row == self.row and re.match(r"\w.*'$", inner.partition(quote)[2]):
                hint = "write an apostrophe inside single quotes twice, or put the text in double quotes"
                return finding("YML001", f"{_ILL}: an apostrophe ends the text", self._at(row, self.column), hint)
            if row < self.row:
                return None
        return None

    def _expression(self) -> Diagnostic | None:
        """The line at or just before the error whose value looks like an expression YAML cannot read plain."""
        for row in (self.row, self.row - 1, self.context_row):
            found = _FEEL_SUSPECT.match(self.lines[row]) if 0 <= row < len(self.lines) else None
            if found is not None and not _is_yaml(f"key: {found['value']}") and "but found ']'" not in self.said:
                where = self._at(row, found.start("value"), len(self.lines[row].rstrip()))
                return finding("YML005", "YAML cannot read this expression as it stands", where, QUOTE_HINT)
        return None

    def _open_bracket(self) -> Diagnostic | None:
        mark = self.lines[self.context_row][self.context_column :][:1]
        if "flow" not in self.context or mark not in _CLOSERS:
            return None
        what = "a bracket `[`" if mark == "[" else "a brace `{`"
        where, hint = self._at(self.context_row, self.context_column), f"add the closing `{_CLOSERS[mark]}`"
        return finding("YML001", f"{_ILL}: {what} is not closed", where, hint)

    def _glued(self) -> Diagnostic | None:
        """A key with its value, or a dash with its item, without a blank between them."""
        if "mapping values are not allowed" not in self.said and "but found '-'" not in self.said:
            return None
        for row in (self.row - 1, self.context_row):
            line = self.lines[row] if 0 <= row < len(self.lines) else ""
            found = _GLUED.match(line)
            start = len(line) - len(line.lstrip())
            word = _BARE.match(line)
            if word is not None and row < self.row:
                where = self._at(row, word.start("word"), word.end("word"))
                return finding("YML001", f"{_ILL}: `{word['word']}` has no colon", where, f"write `{word['word']}:`")
            if re.match(r"\s*-[^\s-]", line):
                hint = f"write `- {line.strip()[1:]}`"
                return finding("YML001", f"{_ILL}: a blank is missing behind `-`", self._at(row, start), hint)
            if found is not None:
                hint = f"write `{found['key']}: {found['value']}`"
                return finding(
                    "YML001", f"{_ILL}: a blank is missing behind the colon", self._at(row, found.start("key")), hint
                )
        return None

    def _anything_else(self) -> Diagnostic:
        meant = next((words for part, words in _SAID.items() if part in self.said), self.said)
        hint = "check the indentation and the quotes of this line and the one before"
        return finding("YML001", f"{_ILL}: {meant}", self._at(self.row, self.column), hint)


_SAID = {
    "but found ']'": "a bracket `]` has no partner",
    "but found '}'": "a brace `}` has no partner",
    "expected <block end>": "the line is indented in another way than the lines before",
    "mapping values are not allowed": "a colon stands where no key can be",
    "unexpected end of stream": "a quote is not closed",
    "expected the node content": "a value is missing",
}
"""What the YAML parser says, in the words of an author."""


def _is_yaml(value: str) -> bool:
    """Whether a line alone is well-formed, so that something else is wrong; a very long one is not looked into."""
    if len(value) > MOST_JUDGED:
        return True
    try:
        list(yaml.parse(value, Loader=yaml.BaseLoader))
    except yaml.YAMLError:
        return False
    return True
