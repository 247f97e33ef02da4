"""Cells of decision tables as conditions: bare words become texts, the tests of a cell one condition on its column."""

from __future__ import annotations

import re

from engine.language.builtins import FUNCTIONS
from engine.language.checker import Checker
from engine.language.problems import MISLEADING_CELL, NOT_A_CONDITION
from engine.language.relations import is_condition, is_numeric, is_text
from engine.language.rules_comparisons import membership
from engine.language.scope import ResolvedCall, Scope
from engine.language.tree import (
    Arithmetic,
    ArithmeticOp,
    Between,
    Call,
    Comparison,
    Expression,
    In,
    ListLiteral,
    Logic,
    LogicOp,
    Name,
    NumberLiteral,
    Quantified,
    Subject,
    TextLiteral,
    UnaryTests,
    walk,
)
from engine.language.types import BOOLEAN, OptionalType, Type, optional, required
from engine.language.wording import a, shown

_NOT = re.compile(r"\s*not\s*\((?P<inner>.*)\)\s*", re.DOTALL)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORD = re.compile(r"[^\s\"'|,()\[\]<>=!?{}@;][^\"|,()\[\]<>=!?{};]*")


def read_bare_words(text: str, subject: Type, scope: Scope) -> UnaryTests | None:
    """Read ``DE | AT`` or ``not(US)`` in a column of texts; None when the cell is written as FEEL.

    A word with a dot whose first part is a root of the scope is an attribute, not a text.
    """
    if not is_text(subject):
        return None
    negated = _NOT.fullmatch(text)
    inner, shift = (negated["inner"], negated.start("inner")) if negated else (text, 0)
    tests: list[Expression] = []
    for piece in inner.split("|"):
        word = piece.strip()
        if not _WORD.fullmatch(word) or word in ("null", "-") or word.split(".")[0] in scope.roots:
            return None
        start = shift + len(piece) - len(piece.lstrip())
        tests.append(TextLiteral(start, start + len(word), word))
        shift += len(piece) + 1
    return UnaryTests(0, len(text), tuple(tests), negated is not None)


def _suspect(checker: Checker, cell: UnaryTests) -> None:
    """Report cells that read otherwise than they look: ``5 - 9`` is minus four, ``1,500`` is one or five hundred."""
    for each in cell.tests:
        listed = each.items if isinstance(each, ListLiteral) else (each,)
        for item in listed:
            if isinstance(item, Arithmetic) and item.op is ArithmeticOp.SUBTRACT:
                _suspect_range(checker, item, each)
                _suspect_date(checker, item)
    text = checker.findings.text
    if _THOUSANDS.fullmatch(text.strip()):
        plain, parted = text.strip().replace(",", ""), text.strip().replace(",", ", ")
        message = f"`{text.strip()}` means one of several numbers"
        hint = f"write `{plain}` for one number, or `{parted}` with spaces for several"
        checker.findings.error(MISLEADING_CELL, message, cell.start, cell.end, hint=hint)


def _suspect_range(checker: Checker, item: Arithmetic, test: Expression) -> None:
    """Report ``5 - 9`` and ``[5-9]``, which name one number where a range was meant."""
    ends = item.left, item.right
    if all(isinstance(end, NumberLiteral) for end in ends):
        low, high = (checker.source(end) for end in ends)
        inside = "" if item is test else f", and `{checker.source(test)}` a list with its result"
        message = f"`{low} - {high}` is a subtraction{inside}"
        checker.findings.error(MISLEADING_CELL, message, test.start, test.end, hint=f"write `[{low}..{high}]`")


def _suspect_date(checker: Checker, item: Arithmetic) -> None:
    """Report ``2026-10-19`` in a column of numbers, which is 1997: spreadsheets make a date of ``10-19``."""
    source = checker.source(item)
    if checker.subject_type is not None and is_numeric(required(checker.subject_type)) and _DAY.fullmatch(source):
        hint = "write a range as `[10..19]`; a spreadsheet makes a date of `10-19`"
        checker.findings.error(
            MISLEADING_CELL, f"`{source}` is a date, and the column has numbers", item.start, item.end, hint=hint
        )


def combine(checker: Checker, cell: UnaryTests) -> Expression:
    """Return the condition a cell means, checked: the subject passes a plain test, or one of its conditions holds."""
    _suspect(checker, cell)
    plain = [each for each in cell.tests if not _is_condition(checker, each)]
    conditions = [each for each in cell.tests if _is_condition(checker, each)]
    parts: list[Expression] = []
    kinds: list[Type] = []
    if plain:
        test = In(cell.start, cell.end, Subject(cell.start, cell.end), tuple(plain))
        parts.append(test)
        kinds.append(_typed(checker, test, membership(checker, test)))
    for each in conditions:
        found = checker.check(each)
        if not is_condition(found):
            message = f"a test with `?` is a condition, but {shown(checker.source(each))} is {a(found)}"
            checker.findings.error(NOT_A_CONDITION, message, each.start, each.end, hint="write for example `? > 5`")
        parts.append(each)
        kinds.append(found)
    maybe = any(isinstance(each, OptionalType) for each in kinds)
    whole = parts[0]
    if len(parts) > 1:
        whole = Logic(cell.start, cell.end, LogicOp.OR, tuple(parts))
        _typed(checker, whole, optional(BOOLEAN) if maybe else BOOLEAN)
    if cell.negated:
        inner = whole
        whole = Call(cell.start, cell.end, Name(cell.start, cell.start + 3, "not"), (inner,))
        checker.analysis.calls[id(whole)] = ResolvedCall("not", (inner,), FUNCTIONS["not"].signatures[0])
        _typed(checker, whole, optional(BOOLEAN) if maybe else BOOLEAN)
    return whole


def _typed(checker: Checker, node: Expression, kind: Type) -> Type:
    checker.analysis.types[id(node)] = kind
    return kind


def _is_condition(checker: Checker, node: Expression) -> bool:
    """Whether a test is the condition itself rather than a value to compare the column with."""
    if any(isinstance(each, Subject) for each in walk(node)):
        return True
    if checker.subject_type is not None and required(checker.subject_type) == BOOLEAN:
        return False
    match node:
        case Comparison() | Logic() | Between() | In() | Quantified():
            return True
        case Call(function=Name(name=name)) if name in FUNCTIONS:
            return FUNCTIONS[name].signatures[0].result == BOOLEAN
        case _:
            return False
