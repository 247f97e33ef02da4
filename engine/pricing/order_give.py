"""What one order rule takes off which line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.adjust import reached
from engine.pricing.effects import Amount, Basis, BuyGet, On, Operand, Percent, SetPrice, Sign, UnitsOff
from engine.pricing.order_state import OrderState
from engine.pricing.order_units import UnitGrant, buy_and_get, chosen_units, unit_discount
from engine.pricing.plan import Spread
from engine.pricing.ruleplan import RulePlan
from engine.pricing.settings import RoundingOf
from engine.pricing.spread import proportional, whole_numbers
from engine.pricing.state import HUNDRED, ZERO, major, minor_units
from engine.pricing.taxes import rate_of
from engine.pricing.units import Picked, UnitLedger


@dataclass(frozen=True, slots=True)
class OrderTake:
    """What an order rule gives in all and per line; ``whole_lines`` when it was not about single units."""

    amount: int
    split: tuple[tuple[int, int], ...]
    not_given: int = 0
    whole_lines: bool = True


NOTHING = OrderTake(0, ())


class OrderGiver:
    """Measures one rule on the order: ``base`` are the line amounts it counts from, ``most`` what its group has."""

    def __init__(self, state: OrderState, rule: RulePlan, base: Sequence[int], most: int | None) -> None:
        self.state = state
        self.rule = rule
        self.base = base
        self.work = state.work
        self.mode = state.work.plan.rules.rounding.mode
        self.most = self._most(most)

    def measure(self, *, dry: bool, on_trial: bool = False) -> OrderTake:
        """What the rule gives now as far as its budget pays; a dry run uses no unit, a trial spends no money."""
        if not self.rule.rule.usage.budgets:
            return self._measured(dry=dry)
        on_trial = dry or on_trial
        wanted = major(self._measured(dry=True).amount, self.work.currency)
        paid = self.work.within_budget(self.rule.no, self.rule.rule, wanted, on_trial=on_trial)
        if paid != wanted:
            self.most = minor_units(paid, self.work.currency, self.mode)
        take = self._measured(dry=dry)
        if take.amount and not on_trial:
            self.work.spend(self.rule.no, major(take.amount, self.work.currency))
        return take

    def _measured(self, *, dry: bool) -> OrderTake:
        effect = self.state.effect(self.rule)
        if effect is None or self.most == 0:
            return NOTHING
        effect = reached(effect, self.value)
        lines = self.state.taking_part(self.rule)
        if not lines:
            return NOTHING
        if isinstance(effect, UnitsOff | BuyGet):
            return self._units(effect, lines, dry=dry)
        if isinstance(effect, Percent | Amount | SetPrice):
            if effect.on is On.ORDER:
                return self._whole(effect, lines)
            return self._each(effect, lines)
        return NOTHING

    def units_missing(self) -> str:
        """Which units a rule on single units would need and does not find; "" when it finds them."""
        given, ledger = self.state.effect(self.rule), self.state.ledger.copy()
        effect = None if given is None else reached(given, self.value)
        if not isinstance(effect, UnitsOff | BuyGet):
            return ""
        if any(self._grants(effect, phase, ledger) for phase in self._phases(self.state.taking_part(self.rule))):
            return ""
        if isinstance(effect, UnitsOff):
            return "there are no units that it is for"
        buy, get = effect.buy.quantity, effect.get.quantity
        return f"there are too few unused units for a set: it takes {buy:f} that are bought and {get:f} that are got"

    def value(self, operand: Operand) -> Decimal:
        """A constant, or the value of a formula about the order as it is now."""
        if not isinstance(operand, Decimal):
            self.state.show()
        return self.work.order_number(operand)

    def _most(self, group_left: int | None) -> int | None:
        limit = self.rule.rule.limit.amounts.get(self.work.currency.code)
        limits = [] if group_left is None else [group_left]
        if limit is not None:
            limits.append(minor_units(limit, self.work.currency, self.mode))
        return min(limits) if limits else None

    def _whole(self, effect: Percent | Amount | SetPrice, lines: Sequence[int]) -> OrderTake:
        """An amount for the whole order, spread over the lines."""
        base = sum(_of(self.base, lines))
        total = self._total(effect, base, lines)
        if self.most is not None:
            total = min(total, self.most)
        if not total:
            return NOTHING
        shares, left = self.state.spread(total, self._weights(lines), lines)
        return OrderTake(total - left, tuple(zip(lines, shares, strict=True)), left)

    def _total(self, effect: Percent | Amount | SetPrice, base: int, lines: Sequence[int]) -> int:
        operand = self.value(effect.value)
        match effect:
            case Percent():
                counted = base
                if effect.of is Basis.LIST:
                    counted = sum(_of(self.state.list_amounts, lines))
                exact = EXACT.divide(EXACT.multiply(Decimal(counted), operand), HUNDRED)
                total = int(exact.to_integral_value(self.mode.decimal))
            case Amount():
                total = minor_units(operand, self.work.currency, self.mode)
            case SetPrice():
                running = sum(_of(self.state.running, lines))
                return max(running - minor_units(operand, self.work.currency, self.mode), 0)
        if effect.sign is Sign.UP:
            return -total
        running = sum(_of(self.state.running, lines))
        return min(total, max(running, 0))

    def _weights(self, lines: Sequence[int]) -> Sequence[int]:
        match self.rule.rule.spread:
            case Spread.BY_NET:
                return _of(self.base, lines)
            case Spread.EVEN:
                return [1] * len(lines)
            case Spread.BY_QUANTITY:
                return whole_numbers([self.state.lines[index].quantity for index in lines])
            case Spread.BY_GROSS:
                return whole_numbers([self._gross(index) for index in lines])

    def _gross(self, index: int) -> Decimal:
        amount = Decimal(self.base[index])
        tax = self.work.plan.rules.tax
        if tax is None or tax.inclusive:
            return amount
        rate = rate_of(self.state, index)
        return EXACT.multiply(amount, EXACT.add(HUNDRED, ZERO if rate is None else rate.percent))

    def _each(self, effect: Percent | Amount | SetPrice, lines: Sequence[int]) -> OrderTake:
        """The same effect on every line on its own."""
        operand = self.value(effect.value)
        split = []
        left = self.most
        for index in lines:
            share = self._line_share(effect, operand, index)
            room = self.state.room(index)
            share = share if room is None else min(share, room)
            if left is not None:
                share = min(share, left)
                left -= max(share, 0)
            split.append((index, share))
        return OrderTake(sum(share for _, share in split), tuple(split))

    def _line_share(self, effect: Percent | Amount | SetPrice, operand: Decimal, index: int) -> int:
        quantity = self.state.lines[index].quantity if effect.on is On.UNIT else Decimal(1)
        amount = major(self.base[index], self.work.currency)
        match effect:
            case Percent():
                if effect.of is Basis.LIST:
                    amount = major(self.state.list_amounts[index], self.work.currency)
                exact = EXACT.divide(EXACT.multiply(amount, operand), HUNDRED)
            case Amount():
                exact = EXACT.multiply(operand, quantity)
            case SetPrice():
                running = major(self.state.running[index], self.work.currency)
                wanted = EXACT.multiply(operand, quantity)
                exact = EXACT.subtract(running, wanted)
                exact = exact if effect.on is On.UNIT else max(exact, ZERO)
        share = minor_units(exact, self.work.currency, self.mode)
        return -share if not isinstance(effect, SetPrice) and effect.sign is Sign.UP else share

    def _units(self, effect: UnitsOff | BuyGet, lines: Sequence[int], *, dry: bool) -> OrderTake:
        ledger = self.state.ledger.copy() if dry else self.state.ledger
        grants = [grant for phase in self._phases(lines) for grant in self._grants(effect, phase, ledger)]
        exact: dict[int, Decimal] = {}
        for grant in grants:
            line = grant.picked.run.line
            exact[line] = EXACT.add(exact.get(line, ZERO), grant.amount)
        take = self._settle_units(exact)
        if not dry and take.amount and isinstance(effect, UnitsOff):
            for grant in grants:
                run = ledger.split(grant.picked)
                ledger.reprice(run, EXACT.subtract(run.value, grant.each))
        return take

    def _phases(self, lines: Sequence[int]) -> Iterable[Sequence[int]]:
        """The lines that run beside each other: units of one segment of a ramp are never bought with those of another.
        What is in no segment runs beside the first.
        """
        found: dict[int, list[int]] = {}
        for index in lines:
            found.setdefault(max(self.state.lines[index].segment, 1), []).append(index)
        return found.values()

    def _grants(self, effect: UnitsOff | BuyGet, lines: Sequence[int], ledger: UnitLedger) -> Sequence[UnitGrant]:
        if isinstance(effect, BuyGet):
            buy = self._among(lines, self.state.matching(self.state.wheres(effect.buy.where)))
            get = self._among(lines, self.state.matching(self.state.wheres(effect.get.where)))
            return buy_and_get(effect, self.value(effect.percent_off), buy, get, ledger).grants
        among = self._among(lines, self.state.matching(self.state.wheres(effect.where)))
        operand = self.value(effect.effect.value)
        return [
            UnitGrant(Picked(each.run, each.count), unit_discount(effect.effect, operand, each.run.value))
            for each in chosen_units(effect, among, ledger)
        ]

    def _among(self, lines: Sequence[int], found: list[int]) -> list[int]:
        taking_part = set(lines)
        return [index for index in found if index in taking_part]

    def _settle_units(self, exact: dict[int, Decimal]) -> OrderTake:
        """Whole minor units: the total is rounded and split, or each line when discounts are rounded one by one."""
        lines = sorted(exact)
        if self.work.plan.rules.rounding.of is RoundingOf.PRICE:
            whole = minor_units(sum(exact.values(), ZERO), self.work.currency, self.mode)
            whole = whole if self.most is None else min(whole, self.most)
            shares = proportional(whole, whole_numbers([exact[line] for line in lines]))
        else:
            shares = [minor_units(exact[line], self.work.currency, self.mode) for line in lines]
            if self.most is not None and sum(shares) > self.most:
                shares = proportional(self.most, shares)
        kept = []
        for line, share in zip(lines, shares, strict=True):
            room = self.state.room(line)
            kept.append((line, share if room is None else min(share, room)))
        total = sum(share for _, share in kept)
        return OrderTake(total, tuple(kept), sum(shares) - total, whole_lines=False)


def _of(amounts: Sequence[int], lines: Sequence[int]) -> Sequence[int]:
    """The amounts of some lines, ascending; most discounts are for all of them."""
    return amounts if len(lines) == len(amounts) else [amounts[index] for index in lines]
