"""The functional currency of a position and its rates: from proto to domain."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cpq.v1 import revenue_pb2

from engine.application.positions import Functional
from engine.money import MoneyError, currency
from engine.wire.basics import Faults, need_date, need_decimal

MOST_RATES = 1_000


def read_functional(request: revenue_pb2.GetRevenuePositionRequest, faults: Faults) -> Functional | None:
    """What a position is translated into; None where it is not."""
    if len(request.rates) > MOST_RATES:
        faults.invalid("rates", f"{len(request.rates)} rates; {MOST_RATES} are allowed")
    rates: dict[date, Fraction] = {}
    for n, each in enumerate(request.rates[:MOST_RATES]):
        at = faults.at(f"rates[{n}]")
        since, rate = need_date(each.since, "since", at), need_decimal(each.rate, "rate", at)
        if rate <= 0:
            at.invalid("rate", f"{each.rate[:40]} is not above zero")
        elif since in rates:
            at.invalid("since", f"{since.isoformat()} has two rates")
        else:
            rates[since] = Fraction(rate)
    if not request.functional_currency_code:
        if request.rates:
            faults.required("functional_currency_code")
        return None
    try:
        return Functional(currency(request.functional_currency_code), rates)
    except MoneyError:
        faults.invalid("functional_currency_code", f"`{request.functional_currency_code[:10]}` is no ISO 4217 currency")
        return None
