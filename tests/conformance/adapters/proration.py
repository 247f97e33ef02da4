"""Kind ``proration``: a service cut at its bill days and priced by shares."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from engine.billing.proration import period_ratio
from engine.contracts import ContractTerms
from engine.money import HALF_UP, Money, Ratio, UnitPrice, currency, settle, total
from engine.periods import Cycle, Piece, Recurrence, cut
from tests.conformance.adapters.conventions import day_count, same


def check(case: dict[str, Any]) -> None:
    given, expect = case["given"], case["expect"]
    unit = currency(case["currency"])
    count = day_count(case["convention"])
    recurrence = Recurrence.parse(given["period"])
    price = UnitPrice(Decimal(given["price"]), unit)
    lines = [
        (piece, ratio, settle(price, quantity=Decimal(given.get("quantity", "1")), rounding=HALF_UP, share=ratio))
        for piece in _billed(given, recurrence)
        for ratio in [
            period_ratio(piece.part, piece.whole, recurrence=recurrence, terms=ContractTerms(day_count=count))
        ]
    ]
    if "cycles" in expect:
        together = sum((ratio for _, ratio, _ in lines), Ratio(0, 1))
        assert together == Ratio.of(Decimal(expect["cycles"])), str(together.decimal(9))
    if "total" in expect:
        assert total((amount for *_, amount in lines), unit) == _money(expect["total"], case)
    if "lines" in expect:
        assert len(lines) == len(expect["lines"])
        for (piece, ratio, amount), wanted in zip(lines, expect["lines"], strict=True):
            assert (str(piece.part.start), str(piece.part.end)) == (wanted["start"], wanted["end"])
            assert amount == _money(wanted["amount"], case)
            if "ratio" in wanted:
                assert same(wanted["ratio"], ratio.decimal(9))
            if "ratio_numerator" in wanted:
                assert ratio == Ratio(wanted["ratio_numerator"], wanted["ratio_denominator"])


def _billed(given: dict[str, Any], recurrence: Recurrence) -> Iterator[Piece]:
    start, target = date.fromisoformat(given["start"]), date.fromisoformat(given["target"])
    end = date.fromisoformat(given["end"]) if given.get("end") else None
    cycle = Cycle.on_day(start, recurrence, int(given.get("bill_cycle_day") or start.day))
    for piece in cut(start, end, cycle=cycle, until=target):
        if given.get("billing_mode", "in_advance") == "in_advance" or piece.part.end <= target:
            yield piece


def _money(text: str, case: dict[str, Any]) -> Money:
    return Money.exactly(Decimal(text), currency(case["currency"]))
