"""Modifications: how a change of a contract is treated (IFRS 15.18-21), and what each treatment does.

The classifier is a pure function of stated facts; whether goods are distinct is a judgement that comes with the change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum

from engine.diagnostics import Code, Fault, Refusal
from engine.money import Money, Ratio, allocate, share_of, total
from engine.periods import Period, months_between
from engine.revenue.contract import ObligationAccount, RevenueContract, change_line, lines_before, slices_of, unknown
from engine.revenue.obligation import Obligation
from engine.revenue.policy import Timing
from engine.revenue.schedule import ScheduleLine, line_on, spread

ALREADY_ENDED = Code("REV031")
NOTHING_LEFT = Code("REV032")
CREDIT_TOO_LARGE = Code("REV033")


class Treatment(Enum):
    """How a change is accounted for."""

    NONE_YET = "no_modification_yet"
    SEPARATE_CONTRACT = "separate_contract"
    PROSPECTIVE = "prospective"
    CATCH_UP = "cumulative_catch_up"
    MIXED = "mixed"


class Remaining(Enum):
    """Whether the goods still owed are distinct from those transferred."""

    DISTINCT = "distinct"
    NOT_DISTINCT = "not_distinct"
    SOME_DISTINCT = "some_distinct"


@dataclass(frozen=True, slots=True)
class Change:
    """A change as the classifier sees it.

    ``at_stand_alone_price`` compares the change of price with the stand-alone price of what is added, less the costs
    that selling to a new customer would take.
    """

    approved: bool
    adds_distinct_goods: bool
    at_stand_alone_price: bool
    remaining: Remaining
    enforceable_without_approval: bool = False


def classify(change: Change) -> Treatment:
    """The treatment of a change."""
    if not change.approved and not change.enforceable_without_approval:
        return Treatment.NONE_YET
    if change.adds_distinct_goods and change.at_stand_alone_price:
        return Treatment.SEPARATE_CONTRACT
    match change.remaining:
        case Remaining.DISTINCT:
            return Treatment.PROSPECTIVE
        case Remaining.NOT_DISTINCT:
            return Treatment.CATCH_UP
        case Remaining.SOME_DISTINCT:
            return Treatment.MIXED


def change_prospectively(
    contract: RevenueContract, order_line: str, *, on: date, price_delta: Money, service_end: date | None = None
) -> RevenueContract | Refusal:
    """Terminate the old contract and create a new one: what is not earned before ``on`` plus the change of price is
    spread from there to ``service_end`` (default: the end as it was). Revenue earned before stays as it is.
    """

    def change(account: ObligationAccount) -> ObligationAccount:
        obligation = account.obligation if service_end is None else serving_until(account.obligation, service_end)
        return replan(replace(account, obligation=obligation), on=on, price_delta=price_delta)

    faults = open_faults(contract, order_line, on=on, service_end=service_end)
    return Refusal(faults) if faults else change_line(contract, order_line, change)


def serving_until(obligation: Obligation, end: date) -> Obligation:
    """An obligation whose service ends on another day, with a weight for each month that it then has.

    Weights of months that are no longer served are gone; a month that is added weighs what the last one does.
    """
    service, weights = Period(obligation.service.start, end), obligation.weights
    if weights:
        months = months_between(service.start.replace(day=1), service.last_day) + 1
        weights = (*weights[:months], *(weights[-1],) * (months - len(weights)))
    return replace(obligation, service=service, weights=weights)


def replan(account: ObligationAccount, *, on: date, price_delta: Money) -> ObligationAccount:
    """Spread what was not earned before a day, with a change of the price, over what is left of the service then."""
    kept = lines_before(account, on)
    earned = total((each.amount for each in kept), account.price.currency)
    price = account.price + price_delta
    lines = _rest(account.obligation, price - earned, kept=kept, on=on)
    return replace(account, price=price, lines=(*kept, *lines))


def catch_up(
    contract: RevenueContract, order_line: str, *, on: date, price_delta: Money, done: Ratio
) -> RevenueContract | Refusal:
    """One obligation partly done: the new price times the new progress, less revenue so far, is revenue now.

    An obligation that runs with time takes its elapsed share anew from ``done``; the rest of its schedule follows.
    """

    def change(account: ObligationAccount) -> ObligationAccount:
        kept = lines_before(account, on)
        price = account.price + price_delta
        target = share_of(price, done)
        difference = line_on(on, target - total((each.amount for each in kept), account.price.currency))
        now = () if difference.amount.is_zero else (difference,)
        later = _rest(account.obligation, price - target, kept=kept, on=on)
        return replace(account, price=price, lines=(*kept, *now, *later))

    faults = open_faults(contract, order_line, on=on, service_end=None)
    return Refusal(faults) if faults else change_line(contract, order_line, change)


def credit_past_fault(
    contract: RevenueContract, order_line: str, *, on: date, credit: Money
) -> RevenueContract | Refusal:
    """A credit for faults in what was already transferred reduces revenue now; it is never blended into the rest."""
    account = contract.account_of_line(order_line)
    if account is None:
        return unknown(contract, order_line)
    earned = account.earned(on)
    if credit > earned:
        message = f"the credit of {credit} is more than the {earned} earned so far"
        return Refusal((Fault(CREDIT_TOO_LARGE, "credit", message, "credit what is not earned by a change of price"),))
    changed = replace(account, price=account.price - credit, lines=(*account.lines, line_on(on, -credit)))
    return change_line(contract, order_line, lambda _: changed)


def reestimate(
    contract: RevenueContract, *, on: date, price_delta: Money, without: Collection[str] = ()
) -> RevenueContract | Refusal:
    """A change of estimate without a modification goes to the obligations by the ratio of inception.

    The part of what is already satisfied is revenue now; the rest follows the remaining schedule. Obligations named in
    ``without`` take no part. Where that would leave one with less than nothing, it goes by the prices as they stand.
    """
    running = [each for each in contract.accounts if each.ended_on is None and each.id not in without]
    fixed = [each for each in running if not each.obligation.priced_as_billed]
    taking = [each for each in fixed if not each.obligation.allocated.is_zero] or fixed
    if not taking:
        return Refusal((Fault(NOTHING_LEFT, "contract", f"contract `{contract.id}` has no obligation to re-estimate"),))
    parts = allocate(price_delta, [each.obligation.allocated.minor_units for each in taking])
    prices, nothing = [each.price for each in taking], Money.zero(contract.currency)
    lowest = min(price + part for price, part in zip(prices, parts, strict=True))
    if lowest < nothing <= min(prices) and total(prices, contract.currency) + price_delta >= nothing:
        parts = allocate(price_delta, [each.minor_units for each in prices])
    return with_shares(contract, {each.id: part for each, part in zip(taking, parts, strict=True)}, on=on)


def with_shares(contract: RevenueContract, shares: Mapping[str, Money], *, on: date) -> RevenueContract:
    """Each named obligation takes its share of a change of the price: the satisfied part now, the rest as earned."""
    accounts = tuple(
        _reestimated(each, on, shares[each.id]) if each.id in shares and not shares[each.id].is_zero else each
        for each in contract.accounts
    )
    return replace(contract, accounts=accounts, version=contract.version + 1)


def reestimate_line(
    contract: RevenueContract, order_line: str, *, on: date, price_delta: Money
) -> RevenueContract | Refusal:
    """The price of one line changes, and of its obligation alone (IFRS 15.89, ASC 606-10-32-44).

    The part of what is satisfied is revenue now, the rest follows its schedule. No obligation comes to less than
    nothing: the allocation may have moved price to the others, and what is left of the change goes there too.
    """
    account = contract.account_of_line(order_line)
    if account is None:
        return unknown(contract, order_line)
    others = [each for each in contract.accounts if each.ended_on is None and each.id != account.id]
    shared = any(not each.obligation.priced_as_billed for each in others)
    own = max(price_delta, -account.price) if shared and price_delta < Money.zero(contract.currency) else price_delta
    changed = change_line(contract, order_line, lambda account: _reestimated(account, on, own))
    if own == price_delta or isinstance(changed, Refusal):
        return changed
    return reestimate(changed, on=on, price_delta=price_delta - own, without={account.id})


def _reestimated(account: ObligationAccount, on: date, delta: Money) -> ObligationAccount:
    """The account with its share of the change: satisfied lines take theirs now, the others in proportion."""
    if account.price.is_zero:
        return replace(account, price=account.price + delta, lines=(*account.lines, line_on(on, delta)))
    satisfied = account.earned(on)
    now = share_of(delta, Ratio(abs(satisfied.minor_units), abs(account.price.minor_units)))
    later = [each for each in account.lines if each.on > on]
    parts = allocate(delta - now, [abs(each.amount.minor_units) for each in later]) if later else ()
    moved = [replace(each, amount=each.amount + part) for each, part in zip(later, parts, strict=True)]
    past = [each for each in account.lines if each.on <= on]
    line = () if now.is_zero else (line_on(on, now),)
    return replace(account, price=account.price + delta, lines=(*past, *line, *moved))


def variable_change_after_modification(
    change: Money, *, inception: Mapping[str, Money], satisfied: Sequence[str], remaining: Mapping[str, Decimal]
) -> tuple[dict[str, Money], dict[str, Money]]:
    """A variable amount promised before a prospective modification changes after it.

    It belongs to the obligations promised then, by their ratio at inception. The share of what is satisfied is revenue
    now; the share of the others is spread over everything still owed (``remaining``: stand-alone prices after the
    change). Returns what is recognised now and what the remaining obligations gain.
    """
    parts = allocate(change, [each.minor_units for each in inception.values()])
    shares = dict(zip(inception, parts, strict=True))
    now = {each: share for each, share in shares.items() if each in satisfied}
    nothing = Money.zero(change.currency)
    open_share = nothing
    for each, share in shares.items():
        if each not in satisfied:
            open_share += share
    later = allocate(open_share, list(remaining.values())) if remaining else ()
    return now, dict(zip(remaining, later, strict=True))


def open_faults(
    contract: RevenueContract, order_line: str, *, on: date, service_end: date | None = None
) -> tuple[Fault, ...]:
    """Why an obligation cannot be changed: unknown, ended, or nothing left to serve."""
    account = contract.account_of_line(order_line)
    if account is None:
        return unknown(contract, order_line).faults
    faults = []
    if account.ended_on is not None:
        faults.append(Fault(ALREADY_ENDED, "order_line", f"`{order_line}` ended on {account.ended_on.isoformat()}"))
    if service_end is not None and service_end <= on:
        faults.append(Fault(NOTHING_LEFT, "service_end", f"nothing is left to serve from {on.isoformat()} on"))
    return tuple(faults)


def _rest(obligation: Obligation, amount: Money, *, kept: Sequence[ScheduleLine], on: date) -> tuple[ScheduleLine, ...]:
    """What is left, over the service that no kept line covers; on the day of the change when all of it is covered.

    Work that is recognised by reports has no schedule: its rest waits for the next report.
    """
    if obligation.timing in (Timing.POINT_IN_TIME, Timing.USAGE, Timing.PROGRESS):
        return ()
    start = max([on, obligation.service.start, *(each.service.end for each in kept)])
    slices = slices_of(obligation, Period(start, obligation.service.end)) if start < obligation.service.end else ()
    if slices:
        return spread(amount, slices, obligation.rounding)
    return () if amount.is_zero else (line_on(on, amount),)
