"""Order rules on single units: discounts on chosen units, and buy X get Y with its own accounting of units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from engine.money import EXACT
from engine.pricing.effects import Amount, BuyGet, Percent, Select, SetPrice, UnitPick, UnitsOff
from engine.pricing.state import HUNDRED, ZERO
from engine.pricing.units import Picked, UnitLedger


@dataclass(frozen=True, slots=True)
class UnitGrant:
    """What a rule takes off some units of a line."""

    picked: Picked
    each: Decimal

    @property
    def amount(self) -> Decimal:
        """The discount on all of them."""
        return EXACT.multiply(self.each, self.picked.count)


def chosen_units(effect: UnitsOff, lines: Sequence[int], ledger: UnitLedger) -> list[Picked]:
    """The units that a discount on single units is for."""
    if effect.group_of is not None:
        whole = ledger.available(lines, unused=False) // effect.group_of * effect.group_of
        return ledger.choose(lines, whole, Select.LINE_ORDER, unused=False)
    count = ledger.available(lines, unused=False)
    if effect.count is not None:
        count = min(count, int(effect.count.to_integral_value(ROUND_FLOOR)))
    return ledger.choose(lines, count, effect.select, unused=False)


def unit_discount(effect: Percent | Amount | SetPrice, operand: Decimal, value: Decimal) -> Decimal:
    """What comes off a unit of a value; never more than the value."""
    match effect:
        case Percent():
            found = EXACT.divide(EXACT.multiply(value, operand), HUNDRED)
        case Amount():
            found = operand
        case SetPrice():
            found = max(EXACT.subtract(value, operand), ZERO)
    return min(found, value) if value > 0 else ZERO


@dataclass(frozen=True, slots=True)
class Sets:
    """The sets of a buy-and-get rule: what each unit got is discounted by, and all units that are used up."""

    grants: tuple[UnitGrant, ...]


def buy_and_get(effect: BuyGet, percent: Decimal, buy: Sequence[int], get: Sequence[int], ledger: UnitLedger) -> Sets:
    """Form sets and mark their units as used: the dearest qualify, then so many are got, and no unit counts twice.

    A set that is short is not formed, unless ``partial`` lets it get fewer (but at least one).
    """
    grants: list[UnitGrant] = []
    sets = 0
    most = effect.sets_max if effect.repeat else 1
    while most is None or sets < most:
        formed = _form(effect, percent, buy, get, ledger)
        if not formed:
            break
        grants.extend(formed)
        sets += 1
    return Sets(tuple(grants))


def _form(
    effect: BuyGet, percent: Decimal, buy: Sequence[int], get: Sequence[int], ledger: UnitLedger
) -> list[UnitGrant]:
    """One set, or nothing when there are not enough unused units."""
    needed = _count(effect.buy)
    bought = ledger.choose(buy, needed, Select.DEAREST, unused=True)
    if sum(each.count for each in bought) < needed:
        return []
    marked = [ledger.split(each) for each in bought]
    for run in marked:
        run.used = True
    wanted = _count(effect.get)
    got = ledger.choose(get, wanted, effect.get.select, unused=True)
    found = sum(each.count for each in got)
    if not found or (found < wanted and not effect.partial):
        for run in marked:
            run.used = False
        return []
    grants = []
    for each in got:
        run = ledger.split(each)
        run.used = True
        share = EXACT.divide(EXACT.multiply(run.value, percent), HUNDRED)
        grants.append(UnitGrant(Picked(run, run.count), share))
    return grants


def _count(pick: UnitPick) -> int:
    return max(int(pick.quantity.to_integral_value(ROUND_FLOOR)), 0)
