"""An amendment in revenue: what it adds becomes obligations, and the rest of the price is blended where needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.money import EXACT, Money, allocate, total
from engine.revenue.contract import ObligationAccount, RevenueContract, earned_before
from engine.revenue.modification import Change, Remaining, Treatment, classify, replan
from engine.revenue.obligation import Obligation


def treatment_of(added: Sequence[Obligation], *, ends_lines: int) -> Treatment:
    """How an amendment of services and goods that are distinct is accounted for (IFRS 15.20-21, ASC 606-10-25-12, 13).

    What is only added, at what it sells for alone, is a contract of its own; a cent an obligation is rounding. Where
    lines end too, or the price differs, the old contract ends and a new one begins with all that is still to be given.
    """
    priced = [each for each in added if not each.priced_as_billed]
    alone = all(_is_at_stand_alone_price(each) for each in priced)
    change = Change(
        approved=True,
        adds_distinct_goods=bool(added) and not ends_lines,
        at_stand_alone_price=alone,
        remaining=Remaining.DISTINCT,
    )
    return classify(change)


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
    weights = [_weight(each, left[each.id], is_new=each.id in added) for each in able]
    if len(able) < 2 or not all(weight > 0 for weight in weights):
        return contract
    pool = total((left[each.id] for each in able), contract.currency)
    shares = dict(zip((each.id for each in able), allocate(pool, weights), strict=True))
    moved = {key: share - left[key] for key, share in shares.items()}
    if all(each.is_zero for each in moved.values()):
        return contract
    accounts = tuple(
        replan(each, on=on, price_delta=moved[each.id]) if each.id in moved else each for each in contract.accounts
    )
    return replace(contract, accounts=accounts, version=contract.version + 1)


def _is_at_stand_alone_price(obligation: Obligation) -> bool:
    stated, ssp = obligation.stated, obligation.ssp
    if ssp is None:
        return True
    cent = Decimal(1).scaleb(-stated.currency.exponent)
    return abs(EXACT.subtract(stated.decimal, ssp)) <= cent


def _takes_part(account: ObligationAccount) -> bool:
    return account.ended_on is None and not account.obligation.priced_as_billed and not account.reported


def _weight(account: ObligationAccount, left: Money, *, is_new: bool) -> Decimal:
    """The stand-alone price of what is left of an obligation."""
    ssp = account.obligation.ssp
    if ssp is None or ssp <= 0:
        return left.decimal
    if is_new or account.price.is_zero:
        return ssp
    return EXACT.divide(EXACT.multiply(ssp, left.decimal), account.price.decimal)
