"""Phases of a term: stretches of days in which the same lines are charged, as the segments of a ramp follow each other.

The sum over all lines of a quote is nothing that anybody pays where segments never meet; what is paid is what a phase
costs each charge period.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.catalog import ChargeKind
from engine.money import Money, currency
from engine.periods import add_months
from engine.pricing import PricePlan
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.result import Priced
from engine.pricing.taxes import tax_of
from engine.pricing.work import Work
from engine.quotes.request import QuoteRequest

ONCE = 0


@dataclass(frozen=True, slots=True)
class Phase:
    """What is charged from ``start`` until ``end`` (no longer served; None: open), every so many months.

    A ``length`` below zero is in days; 0: it is charged once.
    """

    start: date
    end: date | None
    length: int
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """What the customer pays each time."""
        return self.net + self.tax


def phases_of(request: QuoteRequest, asked: PriceRequest, priced: Priced, plan: PricePlan) -> tuple[Phase, ...]:
    """The phases of a quote with a ramp; what is charged once comes before them."""
    summing = _Summing(Work(plan, asked, currency(asked.currency)), priced)
    spans = _spans(request, asked.lines)
    whole = (min(start for start, _ in spans.values()), None)
    once = [n for n, each in enumerate(asked.lines) if each.charge.kind is ChargeKind.ONE_TIME]
    found = [summing.phase(whole, ONCE, once, gifts=True)] if once or priced.gifts else []
    for days, members in stretches(spans):
        for period in sorted({_period(asked.lines[n]) for n in members}):
            found.append(summing.phase(days, period, [n for n in members if _period(asked.lines[n]) == period]))
    return tuple(found)


def _spans(request: QuoteRequest, lines: Sequence[RequestLine]) -> Mapping[int, tuple[date, date | None]]:
    """The first day and the first day no longer served of each recurring line, by its place."""
    stated = {each.id: each for each in request.lines}
    spans: dict[int, tuple[date, date | None]] = {}
    for n, line in enumerate(lines):
        if line.charge.kind is not ChargeKind.RECURRING:
            continue
        own = stated[line.id]
        start = own.start or request.start or request.date
        months = own.term_months or request.term_months
        spans[n] = (start, own.end or (add_months(start, months) if months else None))
    return spans


def stretches(spans: Mapping[int, tuple[date, date | None]]) -> Iterator[tuple[tuple[date, date | None], list[int]]]:
    """The stretches between the days on which a line begins or ends, with the lines that run in each."""
    edges = sorted({day for span in spans.values() for day in span if day is not None})
    running: list[list[int]] = [[] for _ in edges]
    for n, (start, end) in spans.items():
        for at in range(bisect_left(edges, start), len(edges) if end is None else bisect_left(edges, end)):
            running[at].append(n)
    for at, members in enumerate(running):
        if members:
            yield (edges[at], edges[at + 1] if at + 1 < len(edges) else None), members


class _Summing:
    """Sums lines of one quote with the tax that a document over just these would bear."""

    def __init__(self, work: Work, priced: Priced) -> None:
        self._work, self._priced = work, priced

    def phase(
        self, days: tuple[date, date | None], period: int, members: Sequence[int], *, gifts: bool = False
    ) -> Phase:
        lines, priced = self._work.request.lines, self._priced
        own = [priced.lines[n] for n in members]
        amounts = [each.amount for each in own]
        tax = sum(tax_of(self._work, [lines[n] for n in members], amounts))
        net = sum(amounts) - tax if self._includes_tax else sum(amounts)
        if gifts:
            net += sum(each.net for each in priced.gifts)
            tax += sum(each.tax for each in priced.gifts)
        return Phase(*days, period, priced.money(net), priced.money(tax))

    @property
    def _includes_tax(self) -> bool:
        settings = self._work.plan.rules.tax
        return settings is not None and settings.inclusive


def _period(line: RequestLine) -> int:
    assert line.charge.period is not None, "a recurring charge has a period"
    return line.charge.period.length
