"""Feeds arbitrary text to the rule language: ``python -m benchmarks.fuzz.language SECONDS``; needs atheris.

Whatever the text, the answer is a finding, a fault or a value; printing what was read and reading it again gives the
same tree; and an evaluation takes bounded time. The first bytes choose the way in: full FEEL, a formula of a rule
book, a cell or a message.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import atheris  # type: ignore[import-not-found]

from benchmarks.fuzz.running import fuzz, within

with atheris.instrument_imports(include=["engine.language"]):
    from engine.diagnostics import DiagnosticError
    from engine.language import (
        BOOLEAN,
        DATE,
        NUMBER,
        TEXT,
        ContextType,
        EnumType,
        EvaluationFault,
        ListType,
        MoneyType,
        Scope,
        check_expression,
        check_template,
        check_unary_tests,
        compile_one,
        compile_template,
        optional,
        parse_expression,
    )
    from engine.language.evaluate import prepare
    from engine.language.printer import print_expression

LONGEST_SECONDS = 5.0
WORDS = (
    "line lines qty sku weight quote date net in and or not if then else for return some every satisfies between "
    'null true false sum( count( max( sort( function( "x" @"P1D" 1 2 0 1e6 .. ( ) [ ] { } < > = != + - * / ** . , : ?'
).split()

LINE = ContextType(
    {"sku": TEXT, "qty": NUMBER, "net": MoneyType("EUR"), "weight": optional(NUMBER), "open": BOOLEAN}, "line"
)
ROOTS = {
    "line": LINE,
    "lines": ListType(LINE),
    "quote": ContextType({"date": DATE, "region": EnumType("region", ("DE", "AT"))}, "quote"),
}
RECORD = {"sku": "A", "qty": Decimal(2), "net": Decimal("9.90"), "weight": None, "open": True}
RECORDS = (RECORD, (RECORD, RECORD), {"date": date(2026, 3, 1), "region": "DE"})
CONTEXT = dict(zip(ROOTS, RECORDS, strict=True))


def text_of(data: bytes) -> tuple[int, str]:
    """A way in, and a text: of bytes as they are, or of words of the language so that deep forms are reached."""
    provider = atheris.FuzzedDataProvider(data)
    way = provider.ConsumeIntInRange(0, 3)
    if provider.ConsumeBool():
        return way, provider.ConsumeUnicodeNoSurrogates(400)
    count = provider.ConsumeIntInRange(0, 60)
    return way, " ".join(WORDS[provider.ConsumeIntInRange(0, len(WORDS) - 1)] for _ in range(count))


def full(text: str) -> None:
    """All of FEEL, tolerant of null."""
    tree = parse_expression(text)
    assert parse_expression(print_expression(tree)) == tree
    prepare(tree)(CONTEXT)


def formula(text: str) -> None:
    """A formula of a rule book."""
    checked = check_expression(text, scope=Scope(ROOTS))
    compile_one(checked)(*RECORDS)


def cell(text: str) -> None:
    """A cell of a decision table."""
    for column in ("line.qty", "line.sku", "quote.date", "quote.region", "line.weight"):
        try:
            compile_one(check_unary_tests(text, subject=column, scope=Scope(ROOTS)))(*RECORDS)
        except (DiagnosticError, EvaluationFault):
            continue


def message(text: str) -> None:
    """An author's message."""
    compile_template(check_template(text, scope=Scope(ROOTS))).fill(*RECORDS)


WAYS = (full, formula, cell, message)


def one_input(data: bytes) -> None:
    """Run one text through one way in."""
    way, text = text_of(data)
    within(LONGEST_SECONDS, partial(WAYS[way], text), (DiagnosticError, EvaluationFault), text)


if __name__ == "__main__":
    fuzz(one_input, longest=600)
