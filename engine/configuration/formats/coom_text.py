"""The text of a COOM file: words with places, and formulas with their precedence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from engine.configuration.formats.faults import Faults
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

MALFORMED = Code("MDL060")
UNSUPPORTED = Code("MDL061")
DEPTH_MAX = 200
AGGREGATES = ("count", "sum", "min", "max")
OTHER_FUNCTIONS = frozenset(
    "avg delta pow sqrt ceil floor round mod log ln sin asin sinh cos acos cosh tan atan tanh".split()
)
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<wild>-\*-)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<name>[^\W\d][\w$]*)"""
    r"""|(?P<symbol>\.\.|\|\||&&|<=|>=|==|!=|[-+*/^(){}\[\]=<>!.,;#≤≥≠∞⊇])""",
    re.DOTALL,
)
_SPELLINGS = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
_LEVELS: tuple[tuple[str, ...], ...] = (("||",), ("&&",), COMPARISONS, ("+", "-"), ("*", "/"), ("^",))
_STRENGTH = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_COMPARE = 2
_FLAT = ("||", "&&")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the file; ``kind`` is name, text (quoted), number, wild (``-*-``), symbol or end."""

    kind: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path, and which instances it means: all of them, or those from ``low`` to ``high``."""

    name: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A feature, an attribute, or (one name that is neither) a value of an enumeration."""

    steps: tuple[Step, ...]
    span: Span

    def __str__(self) -> str:
        return ".".join(each.name + ("" if each.low is None else f"[{each.low}]") for each in self.steps)


@dataclass(frozen=True, slots=True)
class Number:
    """A number, exact."""

    value: Fraction
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """``count``, ``sum``, ``min`` or ``max`` over formulas."""

    function: str
    arguments: tuple[Formula, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator over its operands (one for ``!`` and the signs)."""

    operator: str
    operands: tuple[Formula, ...]
    span: Span


Formula: TypeAlias = Path | Number | Call | Operation


def tokens(text: str, path: str) -> list[Token]:
    """All words without comments, closed by an end token; raises ``DiagnosticError`` for a strange character."""
    found = list(_words(text, path))
    last = found[-1].span if found else Span(path)
    return [*found, Token("end", "the end of the file", last)]


def _words(text: str, path: str) -> Iterator[Token]:
    at, line, start = 0, 1, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        place = Span(path, line, at - start + 1)
        if match is None or match.lastgroup is None:
            raise error(place, f"unexpected character `{text[at]}`")
        word, kind = match.group(), match.lastgroup
        if kind != "blank":
            value = word[1:-1] if kind == "text" else _SPELLINGS.get(word, word)
            yield Token(kind, value, place.within(0, len(word)))
        line += word.count("\n")
        start = at + word.rindex("\n") + 1 if "\n" in word else start
        at = match.end()


class Words:
    """The words of a file, read one after the other; formulas are read here, declarations by those who ask."""

    def __init__(self, words: Sequence[Token]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0
        self.faults = Faults()

    @contextmanager
    def recovering(self) -> Iterator[None]:
        """Keep what is wrong with a part of the file, and go on with the next line."""
        with self.faults.noted():
            try:
                yield
            except DiagnosticError:
                self._depth = 0
                line = self._words[max(0, min(self._at, len(self._words) - 1) - 1)].span.line
                while self.look().kind != "end" and self.look().span.line <= line and self.look().value != "}":
                    self.take()
                raise

    def look(self, ahead: int = 0) -> Token:
        """A word to come, without taking it."""
        return self._words[min(self._at + ahead, len(self._words) - 1)]

    def take(self) -> Token:
        """The next word."""
        word = self.look()
        self._at += 1
        return word

    def accept(self, *values: str) -> Token | None:
        """The next word if it is one of these unquoted ones, else None."""
        word = self.look()
        return self.take() if word.kind != "text" and word.value in values else None

    def expect(self, value: str) -> Token:
        """The next word, which has to be this one."""
        word = self.accept(value)
        if word is None:
            raise error(self.look().span, f"`{value}` is expected, not `{self.look().value}`")
        return word

    def name(self, what: str) -> Token:
        """The next word, which has to be a name."""
        if self.look().kind not in ("name", "text"):
            raise error(self.look().span, f"the name of {what} is expected, not `{self.look().value}`")
        return self.take()

    def formula(self) -> Formula:
        """A condition or a formula."""
        return self._binary(0)

    def path(self) -> Path:
        """A path such as ``carrier.bag[0].capacity``."""
        span = self.look().span
        steps = [self._step()]
        while self.accept("."):
            steps.append(self._step())
        return Path(tuple(steps), span)

    def _binary(self, weakest: int) -> Formula:
        self._deeper()
        left = self._unary(weakest)
        while (operator := self._operator(weakest)) is not None:
            right = self._binary(_STRENGTH[operator.value] + 1)
            left = _joined(operator, left, right)
        self._depth -= 1
        return left

    def _deeper(self) -> None:
        """One level further in; a fault ends the reading, so nothing counts back then."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise error(self.look().span, f"the formula is nested deeper than {DEPTH_MAX}")

    def _operator(self, weakest: int) -> Token | None:
        word = self.look()
        if word.value in ("⊇", "contains"):
            raise error(word.span, f"`{word.value}` is not supported", UNSUPPORTED)
        return self.take() if word.kind == "symbol" and _STRENGTH.get(word.value, -1) >= weakest else None

    def _unary(self, weakest: int) -> Formula:
        sign = self.accept("!", "-", "+")
        if sign is not None and sign.value == "!":
            return Operation("!", (self._binary(max(weakest, _COMPARE)),), sign.span)
        if sign is not None:
            self._deeper()
            inside = self._unary(weakest)
            self._depth -= 1
            return inside if sign.value == "+" else Operation("-", (inside,), sign.span)
        if self.accept("("):
            inside = self._binary(0)
            self.expect(")")
            return inside
        return self._atom()

    def _atom(self) -> Formula:
        word = self.look()
        if word.kind == "number":
            return Number(Fraction(self.take().value), word.span)
        if word.kind not in ("name", "text"):
            raise error(word.span, f"a formula is expected, not `{word.value}`")
        called = word.kind == "name" and self.look(1).value == "(" and self.look(1).kind == "symbol"
        joined = self.look(1).span.column == word.span.column + len(word.value)
        if called and (joined or word.value in AGGREGATES or word.value in OTHER_FUNCTIONS):
            return self._call()
        return self.path()

    def constant(self) -> Formula:
        """A number or a name, as the cells of a table hold them."""
        sign = self.accept("-")
        word = self.look()
        if word.kind == "number":
            return Number(Fraction(self.take().value) * (-1 if sign else 1), word.span)
        if sign is not None or word.kind not in ("name", "text"):
            raise error(word.span, f"a value is expected, not `{word.value}`")
        return self.path()

    def _call(self) -> Formula:
        word = self.take()
        if word.value not in AGGREGATES:
            known = f"known functions: {', '.join(AGGREGATES)}"
            raise error(word.span, f"the function `{word.value}` is not supported", UNSUPPORTED, known)
        self.expect("(")
        arguments = [self.formula()]
        while self.look().value != ")":
            self.accept(",")
            if self.look().value in ("for", "if"):
                raise error(self.look().span, f"`{self.look().value}` inside `{word.value}`", UNSUPPORTED)
            arguments.append(self.formula())
        self.expect(")")
        return Call(word.value, tuple(arguments), word.span)

    def _step(self) -> Step:
        name = self.name("a feature")
        if not self.accept("["):
            return Step(name.value)
        low = self.whole("an instance number")
        high = self.whole("an instance number") if self.accept("..") else low
        self.expect("]")
        return Step(name.value, low, high)

    def whole(self, what: str) -> int:
        """The next word, which has to be a whole number."""
        word = self.take()
        if word.kind != "number" or not word.value.isdecimal():
            raise error(word.span, f"{what} is expected, not `{word.value}`")
        return int(word.value)


def _joined(operator: Token, left: Formula, right: Formula) -> Formula:
    """One operation; chains of ``&&`` and ``||`` stay flat, and ``1 < x < 5`` means both comparisons."""
    if operator.value in _FLAT and isinstance(left, Operation) and left.operator == operator.value:
        return Operation(operator.value, (*left.operands, right), left.span)
    if operator.value in COMPARISONS and isinstance(left, Operation) and left.operator in COMPARISONS:
        return Operation("&&", (left, Operation(operator.value, (left.operands[1], right), operator.span)), left.span)
    return Operation(operator.value, (left, right), operator.span)


def error(span: Span, message: str, code: Code = MALFORMED, hint: str = "") -> DiagnosticError:
    """One finding, ready to raise."""
    return DiagnosticError(Diagnostic(code, message, span, hint))
