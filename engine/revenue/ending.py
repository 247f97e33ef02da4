"""Ends: order lines end early, or are undone altogether."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine.diagnostics import Refusal
from engine.money import Money, allocate, total
from engine.revenue.contract import (
    ObligationAccount,
    RevenueContract,
    complete_now,
    earned_before,
    lines_before,
    unknown,
    without_lines,
)
from engine.revenue.modification import reestimate, replan, serving_until
from engine.revenue.schedule import line_on


def end_early(
    contract: RevenueContract, lines: Mapping[str, Money], *, on: date, decided: date | None = None
) -> RevenueContract | Refusal:
    """End order lines on a day that is no longer served; ``decided`` is when that was agreed (default: the same day).

    ``lines`` holds what of each is credited or will not be billed; the price falls by just that. An end is a change of
    scope whose remaining services are distinct, so it works forward (IFRS 15.21 a, ASC 606-10-25-13 a): what was earned
    when it was decided stays, and the rest of the price is earned with what is still to be given then, the days to the
    end of the lines that end included. Where nothing is left to give, a difference is revenue of the day of the end.
    """
    return _end(contract, lines, _How(on, min(decided or on, on), _ended))


def take_back(contract: RevenueContract, lines: Mapping[str, Money], *, on: date) -> RevenueContract | Refusal:
    """Undo order lines altogether: each is credited in full, and whatever was earned of it is taken back now.

    ``lines`` holds what is credited or will not be billed of each; the price falls by just that. Where something had
    been earned of them, it is as if they had never been promised: the others take what the allocation had moved, also
    where they are satisfied. Where nothing was given yet, less is still to be given, which works forward as an early
    end does.
    """
    return _end(contract, lines, _How(on, on, _undone))


@dataclass(frozen=True, slots=True)
class _How:
    """How lines end: on which day, decided on which, and what becomes of their accounts."""

    on: date
    decided: date
    ended: Callable[[ObligationAccount, date], ObligationAccount]


def _end(contract: RevenueContract, lines: Mapping[str, Money], how: _How) -> RevenueContract | Refusal:
    on, ended = how.on, how.ended
    strangers = [each for each in lines if contract.account_of_line(each) is None]
    if strangers:
        return Refusal(tuple(fault for each in strangers for fault in unknown(contract, each).faults))
    gone = {
        each.id
        for each in contract.accounts
        if (each.ended_on is None or on < each.ended_on or ended is _undone)
        and all(line in lines for line in each.obligation.order_lines)
    }
    told = [_releasing(each, lines) for each in contract.accounts]
    accounts = tuple(ended(each, on) if each.id in gone else without_lines(each, lines) for each in told)
    changed = replace(contract, accounts=accounts, version=contract.version + 1)
    wanted = contract.price - total(lines.values(), contract.currency)
    drift = wanted - changed.price
    if not drift.is_zero:
        forward = ended is _ended or all(each.earned(on).is_zero for each in contract.accounts if each.id in gone)
        done = _satisfied(contract, changed, on) if forward else set()
        open_now = _open(changed, gone, done, how.decided) if forward else {}
        if drift.minor_units + sum(open_now.values()) >= 0 and open_now:
            return complete_now(_forward(changed, open_now, since=how.decided, drift=drift), on=on)
        moved = _moved(changed, gone, done, on=on, drift=drift)
        if isinstance(moved, Refusal):
            return moved
        changed = moved
    return complete_now(changed, on=on)


def _releasing(account: ObligationAccount, lines: Mapping[str, Money]) -> ObligationAccount:
    """The account with what its lines will not bill added to what it lost so."""
    given_up = [lines[each] for each in account.obligation.order_lines if each in lines]
    if not given_up:
        return account
    before = () if account.released is None else (account.released,)
    return replace(account, released=total((*before, *given_up), account.price.currency))


def _open(contract: RevenueContract, gone: Collection[str], done: Collection[str], since: date) -> dict[str, int]:
    """What is still to be earned from a day on, in minor units by obligation: of those that go on, and of those that
    end for the days until then.
    """
    able = [
        each
        for each in contract.accounts
        if (each.id in gone or each.ended_on is None) and each.id not in done and not each.obligation.priced_as_billed
    ]
    left = {each.id: (each.price - earned_before(each, since)).minor_units for each in able}
    return {key: amount for key, amount in left.items() if amount > 0}


def _forward(contract: RevenueContract, left: Mapping[str, int], *, since: date, drift: Money) -> RevenueContract:
    """The difference goes to what is still to be given, in proportion, and is earned as that is."""
    shares = dict(zip(left, allocate(drift, list(left.values())), strict=True))
    accounts = tuple(
        replan(each, on=since, price_delta=shares[each.id]) if each.id in shares else each for each in contract.accounts
    )
    return replace(contract, accounts=accounts)


def _ended(account: ObligationAccount, on: date) -> ObligationAccount:
    kept, obligation = lines_before(account, on), account.obligation
    if obligation.service.start < on < obligation.service.end:
        obligation = serving_until(obligation, on)
    return replace(account, obligation=obligation, price=earned_before(account, on), lines=kept, ended_on=on)


def _undone(account: ObligationAccount, on: date) -> ObligationAccount:
    kept = tuple(each for each in account.lines if each.on <= on)
    earned = total((each.amount for each in kept), account.price.currency)
    back = () if earned.is_zero else (line_on(on, -earned),)
    return replace(account, price=Money.zero(account.price.currency), lines=(*kept, *back), ended_on=on)


def _satisfied(before: RevenueContract, contract: RevenueContract, on: date) -> set[str]:
    """The obligations with nothing left to do that kept all their lines: their revenue stays as it is."""
    return {
        each.id
        for old, each in zip(before.accounts, contract.accounts, strict=True)
        if each.obligation == old.obligation and each.earned(on) == each.scheduled == each.price
    }


def _moved(
    contract: RevenueContract, gone: set[str], done: set[str], *, on: date, drift: Money
) -> RevenueContract | Refusal:
    """A difference goes to what is still to be done, else to the lines that end, as far as their prices bear it."""
    running = [each for each in contract.accounts if each.ended_on is None and not each.obligation.priced_as_billed]
    open_now = [each for each in running if each.id not in done]
    if open_now:
        borne = max(drift, -total((each.price for each in open_now), contract.currency))
        taken = contract if borne.is_zero else reestimate(contract, on=on, price_delta=borne, without=done)
        if borne == drift or isinstance(taken, Refusal):
            return taken
        return _moved(taken, gone, {each.id for each in running}, on=on, drift=drift - borne)
    left = total((each.price for each in contract.accounts if each.id in gone), contract.currency) + drift
    if running and left < Money.zero(contract.currency):
        return reestimate(contract, on=on, price_delta=drift)
    return _settled_now(contract, gone, on, drift)


def _settled_now(contract: RevenueContract, gone: set[str], on: date, drift: Money) -> RevenueContract | Refusal:
    """Nobody is left to carry a difference: it is revenue of the lines that end, by the ratio of inception."""
    taking = [each for each in contract.accounts if each.id in gone]
    if not taking:
        return reestimate(contract, on=on, price_delta=drift)
    parts = allocate(drift, [each.obligation.allocated.minor_units for each in taking])
    shares = {each.id: part for each, part in zip(taking, parts, strict=True)}
    accounts = tuple(
        replace(each, price=each.price + shares[each.id], lines=(*each.lines, line_on(on, shares[each.id])))
        if each.id in shares and not shares[each.id].is_zero
        else each
        for each in contract.accounts
    )
    return replace(contract, accounts=accounts)
