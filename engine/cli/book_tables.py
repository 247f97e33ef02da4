"""Schedules, the journal and the trial balance as plain tables: a row a line, amounts in major units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from engine.cli.export import Cell
from engine.money import currency

SCHEDULE = ("contract", "obligation", "skus", "quote_lines", "timing", "month", "currency", "amount", "recognised")
JOURNAL = (
    *("entry", "key", "kind", "fact_date", "post_date", "account", "currency", "debit", "credit"),
    *("contract", "customer", "quote_line", "obligation", "invoice", "product"),
)
BALANCES = ("account", "currency", "debits", "credits", "balance")


def schedule_rows(contract: Any) -> Iterator[tuple[Cell, ...]]:
    """Every month of every obligation; what waits for a delivery or report has a row without a month."""
    unit, name = contract.currency_code, _bare(contract.contract)
    for each in contract.obligations:
        head = (name, each.id, " ".join(each.skus), " ".join(each.quote_lines), each.timing)
        for part in each.schedule:
            yield (*head, _day(part.month), unit, _major(part.amount, unit), _major(part.recognized, unit))
        waiting = each.price - sum(part.amount for part in each.schedule)
        if waiting:
            yield (*head, None, unit, _major(waiting, unit), _major(0, unit))


def journal_rows(entries: Iterable[Any]) -> Iterator[tuple[Cell, ...]]:
    """Every line of every entry, debits and credits apart."""
    for entry in entries:
        head = (_bare(entry.name), entry.key, entry.kind, _day(entry.fact_date), _day(entry.post_date))
        for line in entry.lines:
            unit = line.currency_code
            sides = (_major(max(line.amount, 0), unit), _major(max(-line.amount, 0), unit))
            places = (_bare(line.contract), _bare(line.customer), line.quote_line, line.obligation, _bare(line.invoice))
            yield (*head, line.account, unit, *sides, *places, line.product)


def balance_rows(balances: Any) -> Iterator[tuple[Cell, ...]]:
    """Every account in every currency."""
    for each in balances.balances:
        unit = each.currency_code
        yield (each.account, unit, *(_major(amount, unit) for amount in (each.debits, each.credits, each.balance)))


def _major(minor_units: int, code: str) -> Decimal:
    return Decimal(minor_units).scaleb(-currency(code).exponent)


def _bare(name: str) -> str:
    return name.rpartition("/")[2]


def _day(found: Any) -> date | None:
    return date(found.year, found.month, found.day) if found.year else None
