"""Order rules on single units: discounts on chosen units, and buy X get Y with its own accounting of units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from engine.money import EXACT
from engine.pricing.effects import Amount, BuyGet, Percent, Select, SetPrice, UnitPick, UnitsOff
from engine.pricing.state import HUNDRED, ZERO
from engine.pricing.units import Picked, UnitLedger, UnitRun


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
    most = effect.sets_max if effect.repeat else 1
    while most is None or most > 0:
        formed, sets = _many(effect, percent, buy, get, ledger, most)
        if not sets:
            formed, sets = _form(effect, percent, buy, get, ledger), 1
        if not formed:
            break
        grants.extend(formed)
        most = None if most is None else most - sets
    return Sets(tuple(grants))


def _many(
    effect: BuyGet, percent: Decimal, buy: Sequence[int], get: Sequence[int], ledger: UnitLedger, most: int | None
) -> tuple[list[UnitGrant], int]:
    """As many equal sets at once as one run of units qualifies for and one run is got from; none at a seam of runs.

    While both runs last each set chooses them again, so a hundred thousand units take a few steps.
    """
    needed, wanted = _count(effect.buy), _count(effect.get)
    bought = ledger.choose(buy, needed, Select.DEAREST, unused=True)
    if len(bought) != 1 or bought[0].count < needed or not wanted:
        return [], 0
    source = bought[0].run
    source.count -= needed
    got = ledger.choose(get, wanted, effect.get.select, unused=True)
    source.count += needed
    if len(got) != 1 or got[0].count < wanted:
        return [], 0
    target = got[0].run
    sets = (
        source.count // (needed + wanted) if target is source else min(source.count // needed, target.count // wanted)
    )
    sets = sets if most is None else min(sets, most)
    if sets < 2:
        return [], 0
    taken = ledger.split(Picked(target, wanted * sets))
    ledger.split(Picked(source, needed * sets)).used = True
    taken.used = True
    return [_grant(taken, percent)], sets


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
        grants.append(_grant(run, percent))
    return grants


def _grant(run: UnitRun, percent: Decimal) -> UnitGrant:
    """A percent off all units of a run."""
    return UnitGrant(Picked(run, run.count), EXACT.divide(EXACT.multiply(run.value, percent), HUNDRED))


def _count(pick: UnitPick) -> int:
    return max(int(pick.quantity.to_integral_value(ROUND_FLOOR)), 0)
