"""An amendment in revenue: what it adds becomes obligations, and the rest of the price is blended where needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.diagnostics import Refusal
from engine.money import EXACT, Money, Ratio, allocate, total
from engine.periods import Period
from engine.revenue.contract import ObligationAccount, RevenueContract, earned_before
from engine.revenue.modification import Change, Remaining, Treatment, catch_up, classify, replan
from engine.revenue.obligation import Obligation
from engine.revenue.policy import Timing
from engine.revenue.stated import VariableAmount


def treatment_of(added: Sequence[Obligation], *, ends_lines: int, joined: int = 0) -> Treatment:
    """How an amendment is accounted for (IFRS 15.20-21, ASC 606-10-25-12, 13).

    What is only added, at what it sells for alone, is a contract of its own; a cent an obligation is rounding. Where
    lines end too, or the price differs, the old contract ends and a new one begins with all that is still to be given.
    ``joined`` obligations are not distinct from work in progress: they catch up.
    """
    if joined:
        others = Remaining.SOME_DISTINCT if added or ends_lines else Remaining.NOT_DISTINCT
        return classify(Change(approved=True, adds_distinct_goods=False, at_stand_alone_price=False, remaining=others))
    priced = [each for each in added if not each.priced_as_billed]
    alone = all(_is_at_stand_alone_price(each) for each in priced)
    change = Change(
        approved=True,
        adds_distinct_goods=bool(added) and not ends_lines,
        at_stand_alone_price=alone,
        remaining=Remaining.DISTINCT,
    )
    return classify(change)


def is_part_of(contract: RevenueContract, obligation: Obligation) -> ObligationAccount | None:
    """The work in progress that an added obligation is no distinct part of: both carry the same merge key.

    One measure of progress serves an obligation, so only what is recognised by progress goes on as one.
    """
    account = contract.account(obligation.id)
    by_progress = obligation.timing is Timing.PROGRESS and not obligation.priced_as_billed
    if account is None or not by_progress or account.obligation.timing is not Timing.PROGRESS:
        return None
    return account if account.ended_on is None else None


def join(contract: RevenueContract, obligation: Obligation, *, on: date) -> RevenueContract | Refusal:
    """Add to work in progress: its price and lines grow, and what was done of it before is done of the whole (15.21 b).

    How far the larger work has come is reported next; until then the progress reported last holds.
    """
    account = is_part_of(contract, obligation)
    assert account is not None, "what joins nothing is added as it is"
    before = account.obligation
    latest = account.reported[-1] if account.reported else None
    done = Ratio(latest.part, latest.whole) if latest is not None else Ratio(0, 1)
    changed = catch_up(contract, before.order_lines[0], on=on, price_delta=obligation.allocated, done=done)
    if isinstance(changed, Refusal):
        return changed
    whole = replace(
        before,
        order_lines=(*before.order_lines, *obligation.order_lines),
        products=tuple(dict.fromkeys((*before.products, *obligation.products))),
        stated=before.stated + obligation.stated,
        allocated=before.allocated + obligation.allocated,
        service=Period(before.service.start, max(before.service.end, obligation.service.end)),
        ssp=None if before.ssp is None or obligation.ssp is None else EXACT.add(before.ssp, obligation.ssp),
    )
    accounts = tuple(replace(each, obligation=whole) if each.id == account.id else each for each in changed.accounts)
    return replace(changed, accounts=accounts)


def named_apart(contract: RevenueContract, obligations: Sequence[Obligation]) -> tuple[Obligation, ...]:
    """Obligations under ids that the contract does not have: promises that merge do so among those of one signing."""
    known = {each.id for each in contract.accounts}
    found = []
    for each in obligations:
        name, number = each.id, 1
        while name in known:
            number += 1
            name = f"{each.id}.{number}"
        known.add(name)
        found.append(replace(each, id=name))
    return tuple(found)


def blend(contract: RevenueContract, *, on: date, added: Collection[str]) -> RevenueContract:
    """Allocate what was not earned before a day to all that is still to be given, by stand-alone prices then.

    ``added`` names the obligations that came with the change. What has begun by reports keeps its price: its progress
    was measured on it. Revenue earned before the day stays as it is.
    """
    left = {each.id: each.price - earned_before(each, on) for each in contract.accounts}
    able = [each for each in contract.accounts if _takes_part(each) and left[each.id] > Money.zero(contract.currency)]
    weights = [stand_alone_left(each, left[each.id], is_new=each.id in added) for each in able]
    if len(able) < 2 or not all(weight > 0 for weight in weights):
        return contract
    pool = total((left[each.id] for each in able), contract.currency)
    shares = dict(zip((each.id for each in able), allocate(pool, weights), strict=True))
    moved = {key: share - left[key] for key, share in shares.items()}
    stated = tuple(
        replace(each, blended=True) if isinstance(each, VariableAmount) else each for each in contract.stated
    )
    if all(each.is_zero for each in moved.values()) and stated == contract.stated:
        return contract
    accounts = tuple(
        replan(each, on=on, price_delta=moved[each.id]) if each.id in moved else each for each in contract.accounts
    )
    return replace(contract, accounts=accounts, stated=stated, version=contract.version + 1)


def _is_at_stand_alone_price(obligation: Obligation) -> bool:
    stated, ssp = obligation.stated, obligation.ssp
    if ssp is None:
        return True
    cent = Decimal(1).scaleb(-stated.currency.exponent)
    return abs(EXACT.subtract(stated.decimal, ssp)) <= cent


def _takes_part(account: ObligationAccount) -> bool:
    return account.ended_on is None and not account.obligation.priced_as_billed and not account.reported


def stand_alone_left(account: ObligationAccount, left: Money, *, is_new: bool = False) -> Decimal:
    """The stand-alone price of what is left of an obligation."""
    ssp = account.obligation.ssp
    if ssp is None or ssp <= 0:
        return left.decimal
    if is_new or account.price.is_zero:
        return ssp
    return EXACT.divide(EXACT.multiply(ssp, left.decimal), account.price.decimal)
