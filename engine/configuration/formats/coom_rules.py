"""The rules of a COOM behavior as they are written, each with the conditions in front of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.configuration.formats.coom_text import (
    COMPARISONS,
    UNSUPPORTED,
    Call,
    Formula,
    Operation,
    Path,
    Token,
    Words,
    error,
)
from engine.diagnostics import Code, Diagnostic, Severity, Span, counted

BLOCKS_MAX = 50
FORMULA_MAX = 20_000
"""Parts of a formula after its definitions were put in: definitions of definitions grow without bound otherwise."""

NOT_READ = Code("MDL062")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row says of a column: any value, or one of these tests (an operator and a formula)."""

    tests: tuple[tuple[str, Formula], ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule of a behavior with the conditions in front of it; ``kind`` is its keyword."""

    kind: str
    span: Span
    conditions: tuple[Formula, ...] = ()
    explanation: str = ""
    path: Path | None = None
    formula: Formula | None = None
    weight: int = 1
    columns: tuple[Formula, ...] = ()
    rows: tuple[tuple[bool, tuple[Cell, ...]], ...] = ()


def read_block(words: Words, opened: Token) -> tuple[tuple[Statement, ...], list[Diagnostic]]:
    """The statements between the braces that come next, and notes about those that are not read."""
    reader = _Reader(words)
    return reader.block(opened, (), "", 0), reader.notes


class _Reader:
    def __init__(self, words: Words) -> None:
        self.words = words
        self.notes: list[Diagnostic] = []
        self.defined: list[dict[str, Formula]] = []

    def block(self, word: Token, conditions: tuple[Formula, ...], text: str, depth: int) -> tuple[Statement, ...]:
        """The statements between braces; conditions and explanation in front of an inner block hold for all of it."""
        if depth > BLOCKS_MAX:
            raise error(word.span, f"blocks are nested deeper than {BLOCKS_MAX}")
        self.words.expect("{")
        self.defined.append({})
        found: list[Statement] = []
        while not self.words.accept("}"):
            if self.words.look().kind == "end":
                self.words.expect("}")
            if not self.words.accept(";"):
                with self.words.recovering():
                    found += self._conditioned(conditions, text, depth)
        self.defined.pop()
        return tuple(found)

    def _conditioned(self, conditions: tuple[Formula, ...], text: str, depth: int) -> Sequence[Statement]:
        while True:
            word = self.words.look()
            if word.value == "define" and word.kind == "name":
                self._define()
                return ()
            if self.words.accept("explanation"):
                text = self.words.name("an explanation").value
            elif self.words.accept("condition"):
                conditions = (*conditions, self._formula())
            elif word.value == "{":
                return self.block(word, conditions, text, depth + 1)
            else:
                return self._statement(self.words.take(), conditions, text)
            self.words.accept(";")

    def _define(self) -> None:
        self.words.take()
        name = self.words.name("a definition")
        self.words.expect("=")
        self.defined[-1][name.value] = self._formula()

    def _statement(self, word: Token, conditions: tuple[Formula, ...], text: str) -> Sequence[Statement]:
        match word.value if word.kind == "name" else "":
            case "require":
                return [Statement("require", word.span, conditions, text, formula=self._formula())]
            case "prefer":
                return [
                    Statement("prefer", word.span, conditions, text, weight=self._weight(1), formula=self._formula())
                ]
            case "imply" | "default":
                weight = self._weight(1)
                path = self.words.path()
                self.words.expect("=")
                return [Statement(word.value, word.span, conditions, text, path, self._formula(), weight)]
            case "alldiff":
                return [Statement("alldiff", word.span, conditions, text, self.words.path())]
            case "combinations":
                return [self._combinations(word, conditions, text)]
            case "minimize" | "maximize":
                self._weight(0)
                self._formula()
                self._note(word, f"`{word.value}` is not read: what a completion looks for is asked with it")
            case "message":
                self._slashed()
                self.words.name("a message")
                self._note(word, "`message` is not read: it only shows a text")
            case "readwrite" | "readonly" | "hide":
                self._interaction(word)
            case _:
                raise error(word.span, f"`{word.value}` is not supported in a behavior", UNSUPPORTED)
        return ()

    def _interaction(self, word: Token) -> None:
        self._slashed()
        self.words.path()
        while self.words.look().kind in ("name", "text") and self.words.look().span.line == word.span.line:
            self.words.take()
        self._note(word, f"`{word.value}` is not read: it only says how a feature is shown")

    def _note(self, word: Token, message: str) -> None:
        self.notes.append(Diagnostic(NOT_READ, message, word.span, severity=Severity.NOTE))

    def _slashed(self) -> Token | None:
        return self.words.take() if self.words.accept("/") else None

    def _weight(self, otherwise: int) -> int:
        word = self._slashed()
        return int(word.value) if word is not None and word.value.isdecimal() else otherwise

    def _combinations(self, word: Token, conditions: tuple[Formula, ...], text: str) -> Statement:
        columns = self._listed()
        rows: list[tuple[bool, tuple[Cell, ...]]] = []
        while row := self.words.accept("allow", "forbid"):
            self.words.expect("(")
            cells: list[Cell] = []
            while not self.words.accept(")"):
                cells.append(self._cell())
                self.words.accept(",")
            if len(cells) != len(columns):
                raise error(
                    row.span, f"the row has {counted(len(cells), 'cell')} for {counted(len(columns), 'column')}"
                )
            rows.append((row.value == "allow", tuple(cells)))
            self.words.accept(";")
        return Statement("combinations", word.span, conditions, text, columns=tuple(columns), rows=tuple(rows))

    def _listed(self) -> list[Formula]:
        self.words.expect("(")
        found: list[Formula] = []
        while not self.words.accept(")"):
            found.append(self._formula())
            self.words.accept(",")
        return found

    def _cell(self) -> Cell:
        if self.words.look().kind == "wild":
            self.words.take()
            return Cell()
        if not self.words.accept("("):
            return Cell((self._test(),))
        tests: list[tuple[str, Formula]] = []
        while not self.words.accept(")"):
            tests.append(self._test())
            self.words.accept(",")
        return Cell(tuple(tests))

    def _test(self) -> tuple[str, Formula]:
        operator = self.words.accept(*COMPARISONS)
        return (operator.value if operator else "="), self._expanded(self.words.constant())

    def _formula(self) -> Formula:
        formula = self._expanded(self.words.formula())
        if self.defined and any(self.defined) and _size(formula) > FORMULA_MAX:
            raise error(formula.span, f"the formula has more than {FORMULA_MAX} parts after its definitions")
        return formula

    def _expanded(self, formula: Formula) -> Formula:
        """Names that ``define`` gave are replaced by what they stand for."""
        if isinstance(formula, Path):
            return self._meant(formula)
        if isinstance(formula, Operation):
            return Operation(formula.operator, tuple(map(self._expanded, formula.operands)), formula.span)
        if isinstance(formula, Call):
            return Call(formula.function, tuple(map(self._expanded, formula.arguments)), formula.span)
        return formula

    def _meant(self, path: Path) -> Formula:
        first = path.steps[0].name
        found = next((scope[first] for scope in reversed(self.defined) if first in scope), None)
        if found is None:
            return path
        if len(path.steps) == 1:
            return found
        if isinstance(found, Path):
            return Path((*found.steps, *path.steps[1:]), path.span)
        raise error(path.span, f"`{first}` stands for a formula and has no `{path.steps[1].name}`")


def _size(formula: Formula) -> int:
    """How many parts a formula has, counted no further than the limit."""
    stack, count = [formula], 0
    while stack and count <= FORMULA_MAX:
        each = stack.pop()
        count += 1
        if isinstance(each, Operation):
            stack.extend(each.operands)
        elif isinstance(each, Call):
            stack.extend(each.arguments)
    return count
