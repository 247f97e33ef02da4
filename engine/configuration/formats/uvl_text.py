"""The text of a UVL file: tokens with places, indentation, and expressions with their precedence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

MALFORMED = Code("MDL050")
DEPTH_MAX = 200

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'[^'\n]*')|(?P<quoted>"[^"\n]+")|(?P<number>\d+(?:\.\d+)?)"""
    r"""|(?P<symbol><=>|=>|==|!=|<=|>=|\.\.|[()\[\]{}!&|<>+\-*/,.])|(?P<name>[^\s()\[\]{}!&|<>=+*/,."']+)"""
    r"""|(?P<comment>//.*))"""
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the file; ``kind`` is text, name (quoted or not), number or symbol."""

    kind: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to a feature or attribute, dotted parts apart."""

    parts: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Number:
    """A number, exact."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Text:
    """A text between single quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function such as ``sum`` over references."""

    function: str
    arguments: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator over its operands (one for ``!`` and the sign)."""

    operator: str
    operands: tuple[Expression, ...]
    span: Span


Expression: TypeAlias = Name | Number | Text | Call | Operation

_LEVELS: tuple[tuple[str, ...], ...] = (
    ("<=>",),
    ("=>",),
    ("|",),
    ("&",),
    ("==", "!=", "<", ">", "<=", ">="),
    ("+", "-"),
    ("*", "/"),
)
_STRENGTH = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_FLAT = ("&", "|", "+")


def tokens(line: str, span: Span) -> list[Token]:
    """The words of one line; ``span`` is the place of its first character."""
    found: list[Token] = []
    at = 0
    while line[at:].strip():
        match = _TOKEN.match(line, at)
        if not match or match.lastgroup is None:
            odd = at + len(line[at:]) - len(line[at:].lstrip())
            hint = "names stand between double quotes, texts between single ones, each on one line"
            raise error(span.within(odd, odd + 1), f"unexpected character `{line[odd]}`", hint=hint)
        kind, value = match.lastgroup, match.group(match.lastgroup)
        place = span.within(match.start(kind), match.end(kind))
        at = match.end()
        if kind in ("text", "quoted"):
            kind, value = ("text" if kind == "text" else "name"), value[1:-1]
        if kind != "comment":
            found.append(Token(kind, value, place))
    return found


class Parser:
    """Reads one expression from the words of a line."""

    def __init__(self, words: Sequence[Token], end: Span) -> None:
        self._words = words
        self._at = 0
        self._end = end
        self._depth = 0

    def expression(self) -> Expression:
        """The whole line as one expression."""
        found = self._binary(0)
        if self._at < len(self._words):
            raise error(self._here(), f"unexpected `{self._words[self._at].value}`")
        return found

    def _binary(self, weakest: int) -> Expression:
        """Operators at least that strong, by precedence climbing; chains of one operator become one flat operation."""
        self._deeper()
        left = self._unary()
        chain = ""
        while (operator := self._operator(weakest)) is not None:
            right = self._binary(_STRENGTH[operator.value] + 1)
            if operator.value in _FLAT and operator.value == chain and isinstance(left, Operation):
                left = Operation(chain, (*left.operands, right), left.span)
            else:
                left, chain = Operation(operator.value, (left, right), operator.span), operator.value
        self._depth -= 1
        return left

    def _deeper(self) -> None:
        """One level further in; a fault ends the reading, so nothing counts back then."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise error(self._here(), f"the expression is nested deeper than {DEPTH_MAX}")

    def _operator(self, weakest: int) -> Token | None:
        if self._at < len(self._words):
            word = self._words[self._at]
            if word.kind == "symbol" and _STRENGTH.get(word.value, -1) >= weakest:
                self._at += 1
                return word
        return None

    def _unary(self) -> Expression:
        sign = self._symbol("!", "-")
        if sign is not None:
            self._deeper()
            found: Expression = Operation(sign.value, (self._unary(),), sign.span)
            self._depth -= 1
            return found
        if self._symbol("("):
            inside = self._binary(0)
            self._expect(")")
            return inside
        return self._atom()

    def _atom(self) -> Expression:
        if self._at >= len(self._words):
            raise error(self._end, "the expression ends too early")
        word = self._words[self._at]
        self._at += 1
        if word.kind == "number":
            return Number(Fraction(word.value))
        if word.kind == "text":
            return Text(word.value)
        if word.kind != "name":
            raise error(word.span, f"unexpected `{word.value}`")
        if self._symbol("("):
            return Call(word.value, tuple(self._arguments()), word.span)
        parts = [word.value]
        while self._symbol("."):
            parts.append(self._name())
        return Name(tuple(parts), word.span)

    def _arguments(self) -> list[Expression]:
        found = [self._binary(0)]
        while self._symbol(","):
            found.append(self._binary(0))
        self._expect(")")
        return found

    def _name(self) -> str:
        if self._at < len(self._words) and self._words[self._at].kind in ("name", "number"):
            self._at += 1
            return self._words[self._at - 1].value
        raise error(self._here(), "a name is expected after the dot")

    def _symbol(self, *symbols: str) -> Token | None:
        if self._at < len(self._words):
            word = self._words[self._at]
            if word.kind == "symbol" and word.value in symbols:
                self._at += 1
                return word
        return None

    def _expect(self, symbol: str) -> None:
        if self._symbol(symbol) is None:
            raise error(self._here(), f"`{symbol}` is expected")

    def _here(self) -> Span:
        return self._words[self._at].span if self._at < len(self._words) else self._end


def error(span: Span, message: str, code: Code = MALFORMED, hint: str = "") -> DiagnosticError:
    """One finding, ready to raise."""
    return DiagnosticError(Diagnostic(code, message, span, hint))
