"""The slow twin of the order stage: whole cents, unit by unit, by fractions; it shares no code with the engine."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from engine.pricing.effects import (
    Amount,
    Basis,
    BuyGet,
    FirstNext,
    Gift,
    On,
    Percent,
    Select,
    SetPrice,
    Sign,
    Tiered,
    UnitPick,
    UnitsOff,
)
from engine.pricing.plan import Combine, Level, Pick, PricingRules, Rule, RuleGroup, Spread
from engine.pricing.settings import BudgetOverrun, RoundingOf
from tests.pricing.twin_lines import proportional
from tests.pricing.twin_order_lines import TwinOrder, Unit, admits, choose, spread, within


def price_order(rules: PricingRules, order: TwinOrder) -> None:
    """Work through the groups on the order."""
    groups = [group for group in rules.groups if group.level is Level.ORDER]
    names = [group.id for group in groups]
    members = [rule for rule in rules.rules if rule.group in names]
    members.sort(key=lambda rule: (names.index(rule.group), -rule.priority))
    alone = [rule for rule in members if rule.exclusive and _holds(rule, order) and _lines(rule, order)]
    if alone:
        highest = max(rule.priority for rule in alone)
        members = [next(rule for rule in alone if rule.priority == highest)]
    for group in groups:
        _Group(rules, group, order).work([rule for rule in members if rule.group == group.id])


def _holds(rule: Rule, order: TwinOrder) -> bool:
    """The conditions that these books use compare sums in euro, or what is left of a line, with a whole number."""
    sums = {"list": sum(order.listed), "net": sum(order.start), "running": sum(order.running)}
    for each in rule.when:
        name, _, bound = each.text.partition(" > ")
        most = max(order.running) if name.startswith("some") else sums[name.removeprefix("quote.")]
        if most <= 100 * int(bound):
            return False
    return True


def _lines(rule: Rule, order: TwinOrder) -> list[int]:
    """The discountable lines that a rule is for."""
    return [line for line in range(len(order.skus)) if order.discountable[line] and admits(order, line, rule.target)]


class _Group:
    """One group at work."""

    def __init__(self, rules: PricingRules, group: RuleGroup, order: TwinOrder) -> None:
        self.rules, self.group, self.order = rules, group, order
        self.entry = list(order.running)
        self.count = 0
        self.left: int | None = None
        cap = group.cap
        if cap is not None:
            limits = [] if cap.percent is None else [order.cents(sum(self.entry) * Fraction(cap.percent) / 100)]
            limits += [order.cents(Fraction(cap.amounts["EUR"]) * 100)] if "EUR" in cap.amounts else []
            self.left = max(min(limits), 0) if limits else None

    def work(self, members: Sequence[Rule]) -> None:
        if self.group.pick in (Pick.ALL, Pick.FIRST, Pick.BANDS):
            most = 1 if self.group.pick is Pick.FIRST else self.group.at_most
            for rule in members:
                if self.order.stopped or (most is not None and self.count >= most):
                    return
                if self._ready(rule):
                    self.give(rule)
            return
        left = [rule for rule in members if not self.order.stopped and self._ready(rule)]
        if self.order.one_by_one and self.group.pick is Pick.BEST:
            self._greedy(left)
            return
        chosen = self._best(left) if self.group.pick is Pick.BEST else []
        worths = [(self._worth(rule), rule) for rule in left]
        giving = [worth for worth, _ in worths if worth]
        if not chosen and giving:
            wanted = max(giving) if self.group.pick is Pick.BEST else min(giving)
            chosen = [rule for worth, rule in worths if worth == wanted][:1]
        for rule in chosen:
            self.give(rule)

    def _greedy(self, rules: Sequence[Rule]) -> None:
        """The best by itself, then of what is left the best as long as it takes something off."""
        left = list(rules)
        for _ in range(self.group.at_most or 1):
            left = [rule for rule in left if not self._clash(rule)]
            worths = [self._worth(rule) for rule in left]
            giving = [worth for worth in worths if worth > 0 or (worth and not self.count)]
            if not giving:
                return
            self.give(left.pop(worths.index(max(giving))))

    def _best(self, rules: Sequence[Rule]) -> list[Rule]:
        """Try each subset on a copy of the order; of equal ones the smallest, then the one of the earliest rules."""
        found: list[tuple[int, int, list[int]]] = [(0, 0, [])]
        for bits in range(1, 2 ** len(rules)):
            chosen = [index for index in range(len(rules)) if bits >> index & 1]
            names = {rules[index].id for index in chosen}
            if len(chosen) > (self.group.at_most or 1) or any(rules[index].not_with & names for index in chosen):
                continue
            trial = _Group(self.rules, self.group, self.order.copy())
            trial.entry, trial.left = self.entry, self.left
            before, gifts = sum(trial.order.running), len(trial.order.gifts)
            for index in chosen:
                trial.give(rules[index])
            worth = before - sum(trial.order.running) + len(trial.order.gifts) - gifts
            found.append((-worth, len(chosen), chosen))
        return [rules[index] for index in min(found)[2]]

    def _ready(self, rule: Rule) -> bool:
        return not self._clash(rule) and _holds(rule, self.order)

    def _clash(self, rule: Rule) -> bool:
        others = [each for each in self.rules.rules if each.id in self.order.applied]
        return any(each.id in rule.not_with or rule.id in each.not_with for each in others)

    def _worth(self, rule: Rule) -> int:
        effect = self.order.effect_of(rule)
        if isinstance(effect, Gift):
            return int(self._gift(effect) > 0)
        trial = _Group(self.rules, self.group, self.order.copy())
        trial.entry, trial.left = self.entry, self.left
        return sum(share for _, share in trial.shares(rule))

    def give(self, rule: Rule) -> None:
        if self.order.stopped:
            return
        effect = self.order.effect_of(rule)
        if isinstance(effect, Gift):
            count = self._gift(effect)
            if not count:
                return
            self.order.gifts.append((effect.sku, count))
        else:
            shares = self.shares(rule)
            if not any(share for _, share in shares):
                return
            self.order.spent[rule.id] = self.order.spent.get(rule.id, 0) + sum(share for _, share in shares)
            for line, share in shares:
                before = self.order.running[line]
                self.order.running[line] -= share
                if not isinstance(effect, UnitsOff | BuyGet) and before:
                    for unit in self.order.units:
                        if unit.line == line:
                            unit.value = unit.value * self.order.running[line] / before
            if self.left is not None:
                self.left = max(self.left - sum(share for _, share in shares), 0)
            self.order.gave.append(shares)
        self.order.applied.append(rule.id)
        self.count += 1
        self.order.stopped = self.order.stopped or rule.stop

    def _gift(self, effect: Gift) -> int:
        order, times = self.order, 1
        if effect.for_each is not None:
            counted = [each for line, each in enumerate(order.quantities) if admits(order, line, effect.for_each.where)]
            times = floor(sum(counted, Fraction(0)) / int(effect.for_each.quantity))
        return int(effect.quantity) * times

    def shares(self, rule: Rule) -> list[tuple[int, int]]:
        """What a rule takes off which line as far as its budget pays; units of a discount on units are revalued as they
        are taken.
        """
        limits = [] if self.left is None else [self.left]
        budget = rule.usage.budgets.get("EUR")
        if budget is not None:
            trial = _Group(self.rules, self.group, self.order.copy())
            trial.entry = self.entry
            wanted = sum(share for _, share in trial._limited(rule, limits))
            left = max(self.order.cents(Fraction(budget) * 100) - self.order.spent.get(rule.id, 0), 0)
            if wanted > left:
                limits = [*limits, left if self.rules.habits.budget_overrun is BudgetOverrun.CAP else 0]
        return self._limited(rule, limits)

    def _limited(self, rule: Rule, limits: list[int]) -> list[tuple[int, int]]:
        lines, effect = _lines(rule, self.order), self.order.effect_of(rule)
        limit = rule.limit.amounts.get("EUR")
        limits = limits + ([] if limit is None else [self.order.cents(Fraction(limit) * 100)])
        most = min(limits) if limits else None
        if not lines or most == 0 or effect is None:
            return []
        if isinstance(effect, UnitsOff | BuyGet):
            return self._units(effect, lines, most)
        assert not isinstance(effect, Gift | Tiered | FirstNext)
        if effect.on is On.ORDER:
            return self._whole(rule, effect, lines, most)
        return self._each(effect, lines, most)

    def _base(self) -> list[int]:
        return self.entry if self.group.combine is Combine.ADDITIVE else self.order.running

    def _whole(
        self, rule: Rule, effect: Percent | Amount | SetPrice, lines: list[int], most: int | None
    ) -> list[tuple[int, int]]:
        order, value = self.order, self.order.number(effect.value)
        running = sum(order.running[line] for line in lines)
        if isinstance(effect, SetPrice):
            total = max(running - order.cents(value * 100), 0)
        else:
            of_list = isinstance(effect, Percent) and effect.of is Basis.LIST
            counted = sum((order.listed if of_list else self._base())[line] for line in lines)
            total = order.cents(counted * value / 100 if isinstance(effect, Percent) else value * 100)
            total = -total if effect.sign is Sign.UP else min(total, max(running, 0)) if total > 0 else total
        total = total if most is None else min(total, most)
        weights: Sequence[int | Fraction] = {
            Spread.BY_NET: [self._base()[line] for line in lines],
            Spread.BY_GROSS: [self._base()[line] * (order.gross_of[line] if order.gross_of else 1) for line in lines],
            Spread.BY_QUANTITY: [order.quantities[line] for line in lines],
            Spread.EVEN: [1] * len(lines),
        }[rule.spread]
        if total < 0:
            shares = [-share for share in proportional(-total, weights)]
        else:
            shares = spread(total, weights, [order.room(line) for line in lines])
        return list(zip(lines, shares, strict=True))

    def _each(self, effect: Percent | Amount | SetPrice, lines: list[int], most: int | None) -> list[tuple[int, int]]:
        order, value = self.order, self.order.number(effect.value)
        found = []
        for line in lines:
            count = order.quantities[line] if effect.on is On.UNIT else Fraction(1)
            if isinstance(effect, Percent):
                of_list = effect.of is Basis.LIST
                share = order.cents((order.listed if of_list else self._base())[line] * value / 100)
            elif isinstance(effect, Amount):
                share = order.cents(value * 100 * count)
            else:
                share = order.cents(order.running[line] - value * 100 * count)
                share = share if effect.on is On.UNIT else max(share, 0)
            if not isinstance(effect, SetPrice) and effect.sign is Sign.UP:
                share = -share
            share = within(share, order.room(line))
            if most is not None:
                share = min(share, most)
                most -= max(share, 0)
            found.append((line, share))
        return found

    def _units(self, effect: UnitsOff | BuyGet, lines: list[int], most: int | None) -> list[tuple[int, int]]:
        units = [each for each in self.order.units if each.line in lines]
        taken: dict[int, Fraction] = {}
        lowered: list[tuple[Unit, Fraction]] = []
        if isinstance(effect, UnitsOff):
            units = [each for each in units if admits(self.order, each.line, effect.where)]
            whole = len(units) if effect.count is None else min(len(units), int(effect.count))
            select = effect.select
            if effect.group_of is not None:
                whole, select = len(units) // effect.group_of * effect.group_of, Select.LINE_ORDER
            for unit in choose(units, whole, select):
                off = self._off(effect, unit.value)
                taken[unit.line] = taken.get(unit.line, Fraction(0)) + off
                lowered.append((unit, off))
        else:
            for unit in self._sets(effect, units):
                off = unit.value * self.order.number(effect.percent_off) / 100
                taken[unit.line] = taken.get(unit.line, Fraction(0)) + off
        order = sorted(taken)
        if self.rules.rounding.of is not RoundingOf.PRICE:
            shares = [self.order.cents(taken[line]) for line in order]
            if most is not None and most < sum(shares):
                shares = proportional(most, shares)
        else:
            total = self.order.cents(sum(taken.values(), Fraction(0)))
            total = total if most is None else min(total, most)
            shares = proportional(total, [taken[line] for line in order])
        given = [(line, within(share, self.order.room(line))) for line, share in zip(order, shares, strict=True)]
        for unit, off in lowered if any(share for _, share in given) else ():
            unit.value -= off
        return given

    def _off(self, effect: UnitsOff, value: Fraction) -> Fraction:
        inner, operand = effect.effect, self.order.number(effect.effect.value)
        match inner:
            case Percent():
                off = value * operand / 100
            case Amount():
                off = operand * 100
            case SetPrice():
                off = max(value - operand * 100, Fraction(0))
        return min(off, value) if value > 0 else Fraction(0)

    def _sets(self, effect: BuyGet, units: list[Unit]) -> list[Unit]:
        """Form sets one by one: the dearest unused units qualify, then so many others are got."""

        def unused(pick: UnitPick, taken: Sequence[Unit]) -> list[Unit]:
            found = [each for each in units if not each.used and admits(self.order, each.line, pick.where)]
            return [each for each in found if not any(each is other for other in taken)]

        got: list[Unit] = []
        sets = 0
        while (effect.repeat or not sets) and (effect.sets_max is None or not effect.repeat or sets < effect.sets_max):
            buy = choose(unused(effect.buy, ()), int(effect.buy.quantity), Select.DEAREST)
            if len(buy) < int(effect.buy.quantity):
                break
            get = choose(unused(effect.get, buy), int(effect.get.quantity), effect.get.select)
            if not get or (len(get) < int(effect.get.quantity) and not effect.partial):
                break
            for each in (*buy, *get):
                each.used = True
            got += get
            sets += 1
        return got
