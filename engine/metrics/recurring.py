"""Recurring revenue from contract lines: what a month is worth on any day, how it moved, and what opening customers do.

The lines of a contract, with every signed change, hold the whole history: a number for last month is the same
whenever it is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from engine.catalog import ChargeKind
from engine.contracts import Contract
from engine.contracts.force import lines_in_force
from engine.ledger.accounts import CLEARING, COST_OF_SALES
from engine.metrics.facts import Facts
from engine.metrics.metric import MetricRow
from engine.money import WHOLE, Currency, Money, Ratio, share_of
from engine.periods import Period

EARNED = {"RevenueRecognised": "revenue", "RevenueReversed": "revenue"}
"""The entries whose clearing lines are revenue."""
Holder: TypeAlias = tuple[str, Currency]
"""A customer in one currency: recurring revenue never adds up across currencies."""


class Movement(Enum):
    """What a change of a customer's recurring revenue is."""

    NEW_BUSINESS = "new_business"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    REACTIVATION = "reactivation"


@dataclass(frozen=True, slots=True)
class RecurringLine:
    """A recurring contract line by the month, served from ``start`` to before ``end``; None: no agreed end."""

    id: str
    contract: str
    customer: str
    sku: str
    monthly: Money
    start: date
    end: date | None

    def serves(self, day: date) -> bool:
        """Whether it is served on a day."""
        return self.start <= day and (self.end is None or day < self.end)


def recurring_lines(contracts: Iterable[Contract]) -> Iterator[RecurringLine]:
    """Every recurring line of contracts; its amount over the months of its charge period, rounded once a line."""
    for contract in contracts:
        for each in lines_in_force(contract):
            line = each.line
            if line.charge.kind is ChargeKind.RECURRING and line.charge.period is not None and not each.was_taken_back:
                monthly = by_the_month(line.amount, line.charge.period.months)
                yield RecurringLine(line.id, contract.id, contract.customer, line.sku, monthly, line.start, each.end)


def by_the_month(amount: Money, months: Ratio) -> Money:
    """What an amount for so many months is for one."""
    return share_of(amount, WHOLE.over(months))


def moved(before: Money, after: Money, *, paid_ever: bool) -> Movement | None:
    """What one step is: the first above nothing is new, the last churn, a return reactivation; None: nothing moved."""
    if before == after:
        return None
    if before.is_zero:
        return Movement.REACTIVATION if paid_ever else Movement.NEW_BUSINESS
    if after.is_zero:
        return Movement.CHURN
    return Movement.EXPANSION if after > before else Movement.CONTRACTION


def movements(opening: Money, path: Iterable[tuple[date, Money]]) -> Iterator[tuple[date, Movement, Money]]:
    """The movements along a customer's recurring revenue, by their days; they add up to the last less the opening."""
    before, paid_ever = opening, not opening.is_zero
    for day, after in path:
        kind = moved(before, after, paid_ever=paid_ever)
        if kind is not None:
            yield day, kind, after - before
        before, paid_ever = after, paid_ever or not after.is_zero


def paths_of(lines: Iterable[RecurringLine]) -> Mapping[Holder, list[tuple[date, Money]]]:
    """Each customer's recurring revenue from every day on which it changes, in order of the days."""
    changes: dict[Holder, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        steps = changes[line.customer, line.monthly.currency]
        steps[line.start] += line.monthly.minor_units
        if line.end is not None:
            steps[line.end] -= line.monthly.minor_units
    paths: dict[Holder, list[tuple[date, Money]]] = {}
    for holder in sorted(changes, key=lambda each: (each[0], each[1].code)):
        reached, path = 0, []
        for day in sorted(changes[holder]):
            reached += changes[holder][day]
            path.append((day, Money(reached, holder[1])))
        paths[holder] = path
    return paths


def at(path: Sequence[tuple[date, Money]], day: date, unit: Currency) -> Money:
    """What a path has reached at the end of a day."""
    reached = [amount for on, amount in path if on <= day]
    return reached[-1] if reached else Money.zero(unit)


def line_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The recurring lines that are served on the last day."""
    for line in recurring_lines(facts.contracts):
        if line.serves(period.last_day):
            yield _row(line, period.last_day, "mrr")


def signed_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The recurring lines of each contract, as signed by the last day, that are served once all of them have begun."""
    for contract in facts.contracts:
        lines = [*recurring_lines(_signed_by(contract, period.last_day))]
        begun = max([period.last_day, *(each.start for each in lines)])
        for line in lines:
            if line.serves(begun):
                yield _row(line, period.last_day, "committed_mrr")


def _signed_by(contract: Contract, day: date) -> tuple[Contract, ...]:
    """A contract without the changes that were signed later; none when it was signed later itself."""
    if contract.signed_at.date() > day:
        return ()
    return (replace(contract, changes=tuple(each for each in contract.changes if each.at.date() <= day)),)


def movement_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """Every movement of a customer within the period, by its day."""
    for (customer, unit), path in paths_of(recurring_lines(facts.contracts)).items():
        for day, kind, change in movements(Money.zero(unit), path):
            if day in period:
                by = {"customer": customer, "movement": kind.value}
                yield MetricRow(f"customers/{customer}", day, {kind.value: change.decimal}, unit, by)


def churn_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """Opening recurring revenue of every customer, and every movement of the period as an amount above nothing."""
    for (customer, unit), path in paths_of(recurring_lines(facts.contracts)).items():
        opening = at(path, _day_before(period), unit)
        if not opening.is_zero:
            parts = {"start_mrr": opening.decimal}
            yield MetricRow(f"customers/{customer}", period.start, parts, unit, {"customer": customer})
    for row in movement_rows(facts, period):
        parts = {name: abs(amount) for name, amount in row.parts.items()}
        yield MetricRow(row.subject, row.on, parts, row.currency, row.by)


def retention_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The customers that paid on the day before the period: what they paid then, and what became of it at the end."""
    for (customer, unit), path in paths_of(recurring_lines(facts.contracts)).items():
        opening, closing = at(path, _day_before(period), unit), at(path, period.last_day, unit)
        if opening.is_zero:
            continue
        parts = {"start_mrr": opening.decimal, "opening_customers": Decimal(1)}
        kind = moved(opening, closing, paid_ever=True)
        if kind is not None:
            parts[kind.value] = abs((closing - opening).decimal)
        if kind is Movement.CHURN:
            parts["lost_customers"] = Decimal(1)
        yield MetricRow(f"customers/{customer}", period.last_day, parts, unit, {"customer": customer})


def lifetime_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """What customers pay by the month on the last day, whom the period lost of those before it, and its margin."""
    paying: set[Holder] = set()
    for row in line_rows(facts, period):
        assert row.currency is not None, "recurring revenue has a currency"
        holder = (row.by["customer"], row.currency)
        yield replace(row, parts=row.parts if holder in paying else {**row.parts, "customers": Decimal(1)})
        paying.add(holder)
    for row in retention_rows(facts, period):
        kept = {name: row.parts[name] for name in ("opening_customers", "lost_customers") if name in row.parts}
        yield replace(row, parts=kept)
    customers = {each.id: each.customer for each in facts.contracts}
    for line in facts.journal:
        part = EARNED.get(line.kind) if line.account == CLEARING else None
        if line.account == COST_OF_SALES:
            part = "cost_of_sales"
        if part is not None and line.on in period and line.contract in customers:
            amount = Money(line.amount_minor, line.currency).decimal
            by = {"customer": customers[line.contract]}
            yield MetricRow(f"journalEntries/{line.entry}", line.on, {part: amount}, line.currency, by)


def _row(line: RecurringLine, on: date, part: str) -> MetricRow:
    by = {"customer": line.customer, "sku": line.sku, "contract": line.contract}
    parts = {part: line.monthly.decimal}
    return MetricRow(f"contracts/{line.contract}", on, parts, line.monthly.currency, by)


def _day_before(period: Period) -> date:
    return period.start - timedelta(days=1)
