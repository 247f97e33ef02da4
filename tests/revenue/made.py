"""Revenue contracts in a few words, for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.diagnostics import Refusal
from engine.money import Money, currency
from engine.periods import Period
from engine.revenue.contract import RevenueContract, open_contract
from engine.revenue.obligation import Obligation, Promise, obligations_of
from engine.revenue.policy import RecognitionPolicy, Timing

EUR = currency("EUR")


YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


EVEN = RecognitionPolicy("even", Timing.MONTHLY_EVEN, series=True, category="saas")


DAILY = RecognitionPolicy("daily", Timing.DAILY, series=True)


DELIVERY = RecognitionPolicy("delivery", Timing.POINT_IN_TIME)


def eur(units: int) -> Money:
    return Money(units, EUR)


def promise(
    line: str, units: int, policy: RecognitionPolicy, *, service: Period = YEAR, ssp: int | None = None
) -> Promise:
    value = Decimal(ssp if ssp is not None else units).scaleb(-2)
    return Promise(line, line.upper(), eur(units), service, policy, ssp=value)


def ok(outcome: RevenueContract | tuple[Obligation, ...] | Refusal) -> RevenueContract:
    assert isinstance(outcome, RevenueContract), str(outcome)
    return outcome


def made(*promises: Promise) -> RevenueContract:
    obligations = obligations_of(promises)
    assert not isinstance(obligations, Refusal), str(obligations)
    return open_contract("c", customer="acme", inception=date(2026, 1, 1), obligations=obligations, currency=EUR)


def codes(outcome: object) -> list[str]:
    assert isinstance(outcome, Refusal), outcome
    return [each.code for each in outcome.faults]
