"""Progressive billing: usage of a running period is billed once what it comes to crosses a threshold of its contract.

The period goes on, and its end bills what it comes to as a whole less what was billed of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.billing.line import BillLine
from engine.billing.policy import BillingPolicy
from engine.billing.service import Service
from engine.billing.usage import Rated, line_of_period, rated, running_period
from engine.catalog import ChargeKind
from engine.contracts import Contract, UsageRecord, lines_in_force, usage_line_on
from engine.money import Money, Ratio, total
from engine.periods import Piece
from engine.pricing.models import Billed, PriceModel, Usage

NO_SHARE = Ratio(0, 1)
"""While a period runs nothing is committed to yet."""


@dataclass(frozen=True, slots=True)
class RunningPeriod:
    """The period that runs of a usage line, and what was billed of it."""

    service: Service
    piece: Piece
    billed: tuple[BillLine, ...]


def running_periods(
    contract: Contract, existing: Sequence[BillLine], on: date, policy: BillingPolicy
) -> tuple[RunningPeriod, ...]:
    """The periods that run on a day of the usage lines of a contract, but of those that are billed at their end."""
    found = []
    for state in lines_in_force(contract):
        if state.line.charge.kind is not ChargeKind.USAGE or _waits(policy.models.get(state.line.usage_model)):
            continue
        service = Service(contract, state, on, policy.rounding)
        own = [each for each in existing if each.contract == contract.id and each.subscription == state.line.id]
        piece = running_period(service, own)
        if piece is not None:
            billed = tuple(each for each in own if each.service is not None and each.service.start == piece.part.start)
            found.append(RunningPeriod(service, piece, billed))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Used:
    """What was used in a period that runs, and what that costs."""

    period: RunningPeriod
    used: Decimal
    whole: Rated


def crossed_usage(
    contract: Contract,
    periods: Sequence[RunningPeriod],
    usage: Sequence[UsageRecord],
    on: date,
    policy: BillingPolicy,
) -> tuple[BillLine, ...]:
    """The usage of running periods up to a day, once all that they come to crosses a threshold that what was billed of
    them had not; else nothing.

    ``usage`` is that of the periods; what is dated before them counts for nothing. A minimum, and what its model bills
    with the last line of a period, wait for the end.
    """
    thresholds = policy.thresholds.get(contract.currency.code)
    if thresholds is None:
        return ()
    used = _used(contract, periods, usage, on, policy)
    billed = total((line.amount for each in periods for line in each.billed), contract.currency)
    comes_to = total((each.whole.net for each in used), contract.currency)
    if thresholds.passed(comes_to.decimal) <= thresholds.passed(billed.decimal):
        return ()
    lines = (
        line_of_period(each.period.service, each.period.piece, each.used, each.whole, each.period.billed, due_on=on)
        for each in used
    )
    return tuple(each for each in lines if each is not None and each.amount > Money.zero(contract.currency))


def _used(
    contract: Contract,
    periods: Sequence[RunningPeriod],
    usage: Sequence[UsageRecord],
    on: date,
    policy: BillingPolicy,
) -> list[_Used]:
    line_on = usage_line_on(contract)
    records = {each.id: each for each in usage if each.on <= on}
    counted = [(line_on(each.line, each.on), each) for each in records.values()]
    found = []
    for period in periods:
        line, start = period.service.state.line.id, period.piece.part.start
        own = (each.quantity for counts, each in counted if counts == line and start <= each.on)
        used = sum(own, Decimal(0))
        found.append(_Used(period, used, rated(period.service, period.piece, used, policy, commits=NO_SHARE)))
    return found


def _waits(model: PriceModel | None) -> bool:
    return isinstance(model, Usage) and model.billed is Billed.AT_PERIOD_END
