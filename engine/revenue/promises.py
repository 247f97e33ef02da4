"""From an accepted offer to promises: each line with its policy, its service and its stand-alone price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from engine.catalog import ChargeKind
from engine.diagnostics import Fault, Refusal, did_you_mean
from engine.money import EXACT, Money
from engine.periods import Cycle, Period, add_months, month_share, months_by_periods
from engine.quotes.accepted import AcceptedLine, AcceptedQuote
from engine.revenue.allocation import ObservableBundle
from engine.revenue.obligation import UNKNOWN_POLICY, Promise
from engine.revenue.policy import RecognitionPolicy, RevenuePolicies, SspBook, SspEntry, Timing


def promises_of(
    accepted: AcceptedQuote, policies: RevenuePolicies, *, header: Mapping[str, str] = MappingProxyType({})
) -> tuple[Promise, ...] | Refusal:
    """The promises of an accepted offer in the order of its lines.

    ``header`` holds region, segment and channel for the ranges of stand-alone prices. Without an entry the price
    of the line before discounts stands for its stand-alone price. A line that neither costs nor is worth anything
    promises nothing (the head of a bundle whose parts carry the price). Usage, and a service without an agreed end,
    promises one charge period after the other, each at its price when it is billed.
    """
    faults: list[Fault] = []
    promises = []
    for n, line in enumerate(accepted.lines):
        policy = policy_of(line, policies)
        if policy is None:
            hint = did_you_mean(line.recognition, policies.policies)
            message = f"unknown recognition policy `{line.recognition}`"
            faults.append(Fault(UNKNOWN_POLICY, f"lines[{n}].recognition", message, hint))
            continue
        entry = policies.ssp.find(line.sku, accepted.currency.code, on=accepted.start, header=header)
        if line.term_total.is_zero and line.full_total.is_zero and entry is None:
            continue
        promises.append(_promise(line, policy, entry))
    return Refusal(tuple(faults)) if faults else tuple(promises)


def bundles_of(promises: Sequence[Promise], book: SspBook) -> tuple[ObservableBundle, ...]:
    """The observable bundles of the book that these promises hold whole, at the price of as many as were sold.

    A bundle counts when each of its products is promised once, in one quantity; its price is for the units of a sale,
    so that recurring products are not bundled by it.
    """
    found = []
    by_product: dict[str, list[Promise]] = {}
    for each in promises:
        by_product.setdefault(each.product, []).append(each)
    for bundle in book.bundles:
        lines = [line for member in bundle.members for line in by_product.get(member, ())]
        quantities = {each.quantity for each in lines}
        one_currency = all(each.stated.currency.code == bundle.currency_code for each in lines)
        if len(lines) == len(bundle.members) and len(quantities) == 1 and one_currency:
            (quantity,) = quantities
            found.append(ObservableBundle(bundle.members, EXACT.multiply(bundle.price, quantity)))
    return tuple(found)


def policy_of(line: AcceptedLine, policies: RevenuePolicies) -> RecognitionPolicy | None:
    """The policy of a line; None when it names one that the rule book does not have. Usage is recognised as used."""
    if line.recognition:
        found = policies.policies.get(line.recognition)
    else:
        found = policies.default_one_time if line.charge.kind is ChargeKind.ONE_TIME else policies.default
    if found is not None and line.charge.kind is ChargeKind.USAGE and found.timing is not Timing.USAGE:
        return replace(found, timing=Timing.USAGE)
    return found


def service_of(line: AcceptedLine) -> Period:
    """The days a line is for: its term, one charge period when it has none, or the day of its start."""
    months = line.term_months
    if line.last_end is not None:
        return Period(line.start, line.last_end)
    if line.charge.kind is not ChargeKind.ONE_TIME and months is None and line.charge.period is not None:
        return Period(line.start, Cycle.anchored(line.start, line.charge.period.recurrence).boundary(1))
    if months is None:
        return Period(line.start, line.start + timedelta(days=1))
    return Period(line.start, add_months(line.start, months))


def _promise(line: AcceptedLine, policy: RecognitionPolicy, entry: SspEntry | None) -> Promise:
    periods = _periods(line)
    whole = EXACT.multiply(line.quantity, periods)
    as_billed = line.has_no_agreed_price
    return Promise(
        order_line=line.id,
        product=line.sku,
        stated=Money.zero(line.term_total.currency) if as_billed else line.term_total,
        service=service_of(line),
        policy=policy,
        quantity=line.quantity,
        ssp=EXACT.multiply(line.full_total.decimal, periods) if entry is None else None,
        range=None if entry is None else _scaled(entry, whole),
        priced_as_billed=as_billed,
    )


def _periods(line: AcceptedLine) -> Decimal:
    """How many charge periods the term has; 1 for what is charged once."""
    if line.charge.kind is ChargeKind.ONE_TIME or line.charge.period is None:
        return Decimal(1)
    period = line.charge.period
    if line.last_end is None:
        return Decimal(1)
    if period.days:
        return EXACT.divide(Decimal(service_of(line).days), Decimal(period.days))
    if line.end is not None:
        service = Period(line.start, line.end)
        share = (
            month_share(service)
            if line.anchor is None
            else months_by_periods(service, anchor=line.anchor, recurrence=period.recurrence)
        )
        return EXACT.divide(Decimal(share.part), Decimal(share.whole * period.length))
    return EXACT.divide(Decimal(line.term_months or 0), Decimal(period.length))


def _scaled(entry: SspEntry, factor: Decimal) -> SspEntry:
    return replace(
        entry,
        low=EXACT.multiply(entry.low, factor),
        mid=EXACT.multiply(entry.mid, factor),
        high=EXACT.multiply(entry.high, factor),
    )
