"""Adapters for metrics: stated aggregates go to the formula; single values and subscriptions through rows as well."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.metrics import METRICS, Metric, MetricRow
from engine.metrics.metric import figure_of, places_of, rounded
from engine.metrics.recurring import by_the_month, movements
from engine.money import Money, Ratio
from engine.periods import Period
from tests.conformance.adapters.revenue_case import Case, money, text, unit_of

START = date(2026, 1, 1)


def metric(case: Case) -> Any:
    """A metric whose input is a list is folded from rows; one whose input is aggregates is worked out from those."""
    given = {name: value for name, value in case["input"].items() if name != "metric"}
    wanted = METRICS[case["input"]["metric"]]
    lists = {name: values for name, values in given.items() if isinstance(values, list)}
    if lists:
        (values,) = lists.values()
        return {"value": _folded(case, wanted, values)}
    exact = wanted.formula({name: Decimal(value) for name, value in given.items()})
    return {"value": None if exact is None else str(rounded(exact, places_of(wanted.unit, unit_of(case))))}


def mrr_movements(case: Case) -> Any:
    opening, *reached = [money(case, each) for each in case["input"]["customer_mrr_by_step"]]
    path = [(START + timedelta(days=n), each) for n, each in enumerate(reached)]
    return {"movements": [[kind.value, text(amount)] for _, kind, amount in movements(opening, path)]}


def _folded(case: Case, wanted: Metric, values: list[Any]) -> str:
    """One row a value, for the measure that the metric has; pairs are amounts of periods of so many months."""
    part = next(iter(wanted.measures))
    rows = [MetricRow(f"rows/{n}", START, {part: _amount(case, each)}, unit_of(case)) for n, each in enumerate(values)]
    return str(figure_of(wanted, rows, Period(START, START + timedelta(days=1))).value)


def _amount(case: Case, value: Any) -> Decimal:
    if isinstance(value, list):
        amount, months = value
        return by_the_month(Money.exactly(Decimal(amount), unit_of(case)), Ratio.of(int(months))).decimal
    return Decimal(value)
