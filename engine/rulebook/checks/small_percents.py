"""Percents in conditions that were probably meant to be a hundred times as much: ``quote.discount_pct > 0.15``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from engine.diagnostics import Diagnostic
from engine.language import Checked
from engine.language.tree import Comparison, Expression, In, Name, NumberLiteral, OperatorTest, Path, Subject, walk
from engine.language.types import PERCENT, required
from engine.pricing.expressions import expressions_of
from engine.rulebook.book import RuleBook
from engine.rulebook.compared import place_of
from engine.rulebook.fractions import fractions

_PERCENTS = ("discount_pct", "margin_pct")


def small_percents(book: RuleBook) -> Iterator[Diagnostic]:
    """A warning for each percent of a line or a quote that is compared with what looks like a fraction."""
    policies = chain.from_iterable(each.conditions for each in book.approval_policies)
    for checked in chain(expressions_of(book.pricing), policies):
        if not any(read.rpartition(".")[2] in _PERCENTS for read in checked.reads) and "0." not in checked.text:
            continue
        for number in _compared(checked):
            yield from fractions(number.value, place_of(checked, number))


def _compared(checked: Checked) -> Iterator[NumberLiteral]:
    for node in walk(checked.tree):
        match node:
            case Comparison(left=left, right=NumberLiteral() as right) if _is_percent(checked, left):
                yield right
            case Comparison(left=NumberLiteral() as left, right=right) if _is_percent(checked, right):
                yield left
            case In(value=value, tests=tests) if _is_percent(checked, value):
                yield from (
                    each.operand
                    for each in tests
                    if isinstance(each, OperatorTest) and isinstance(each.operand, NumberLiteral)
                )


def _is_percent(checked: Checked, node: Expression) -> bool:
    match node:
        case Subject() if checked.subject is not None and not isinstance(checked.subject, Subject):
            return _is_percent(checked, checked.subject)
        case Path(name=name) | Name(name=name) if name in _PERCENTS:
            return True
        case Path() | Name():
            return required(checked.type_of(node)) is PERCENT
        case _:
            return False
