"""The slow twin of the line stage: every way of picking, combining and capping, by fractions and brute force.

It shares no code with the engine. Conditions come as Python predicates by the text of the condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor, trunc

from engine.money import Rounding
from engine.pricing.effects import Amount, Basis, FirstNext, On, Percent, SetPrice, Sign, Tiered
from engine.pricing.plan import Across, CapScope, Combine, Level, Mode, Pick, PricingRules, Rule, RuleGroup, UnitsBase
from engine.pricing.plan import Within as Inside
from engine.pricing.settings import BudgetOverrun, RoundingOf, RoundingPoint

ZERO = Fraction(0)
Predicate = Callable[["TwinLine"], bool]


def rounded(value: Fraction, mode: Rounding) -> int:
    """A whole number by a mode, from the two neighbours."""
    low, high = floor(value), ceil(value)
    near, far = (low, high) if value >= 0 else (high, low)  # towards zero, and away from it
    match mode:
        case Rounding.FLOOR:
            return low
        case Rounding.CEILING:
            return high
        case Rounding.DOWN:
            return near
        case Rounding.UP:
            return far
    over = abs(value - near) * 2
    if over != 1:
        return far if over > 1 else near
    if mode is Rounding.HALF_EVEN:
        return near if near % 2 == 0 else far
    return far if mode is Rounding.HALF_UP else near


@dataclass
class TwinLine:
    """A line with its exact running unit price."""

    sku: str
    quantity: Fraction
    listed: Fraction
    unit: Fraction
    lowest: Fraction
    granted: Fraction = ZERO
    discounted: bool = False
    stopped: bool = False
    applied: list[str] = field(default_factory=list)
    by_group: dict[str, Fraction] = field(default_factory=dict)
    entries: dict[str, Fraction] = field(default_factory=dict)
    moves: list[tuple[Fraction, Fraction, bool]] = field(default_factory=list)
    spent: dict[str, Fraction] = field(default_factory=dict)

    @property
    def running(self) -> Fraction:
        return self.unit * self.quantity

    @property
    def room(self) -> Fraction:
        return max(self.running - self.lowest * self.quantity, ZERO)

    def copy(self) -> TwinLine:
        made = TwinLine(self.sku, self.quantity, self.listed, self.unit, self.lowest, self.granted, self.discounted)
        made.applied, made.spent = list(self.applied), dict(self.spent)
        return made


def price_lines(rules: PricingRules, lines: Sequence[TwinLine], predicates: Mapping[str, Predicate]) -> None:
    """Take every line through its groups, then give back what a cap over the quote does not allow; lines share what
    budgets pay.
    """
    spent: dict[str, Fraction] = {}
    groups = [group for group in rules.groups if group.level is Level.LINE]
    for line in lines:
        line.spent = spent
        members = _members(rules, groups, line, predicates)
        for group in groups:
            chosen = [rule for rule in members if rule.group == group.id]
            line.entries[group.id] = line.running
            _Group(rules, group, line, predicates).work(chosen)
    for group in groups:
        cap = group.cap
        if cap is None or cap.scope is not CapScope.QUOTE:
            continue
        limits = [Fraction(cap.amounts["EUR"])] if "EUR" in cap.amounts else []
        if cap.percent is not None:
            limits.append(sum(line.entries[group.id] for line in lines) * Fraction(cap.percent) / 100)
        if limits:
            _give_back(rules, lines, group.id, max(min(limits), ZERO))


def _members(
    rules: PricingRules, groups: Sequence[RuleGroup], line: TwinLine, predicates: Mapping[str, Predicate]
) -> list[Rule]:
    """All line rules in working order, or the exclusive one alone."""
    order = [group.id for group in groups]
    found = [rule for rule in rules.rules if rule.group in order]
    found.sort(key=lambda rule: (order.index(rule.group), -rule.priority))
    alone = [rule for rule in found if rule.exclusive and holds(rule, line, predicates)]
    if alone:
        highest = max(rule.priority for rule in alone)
        return [next(rule for rule in alone if rule.priority == highest)]
    return found


def holds(rule: Rule, line: TwinLine, predicates: Mapping[str, Predicate]) -> bool:
    return all(predicates[condition.text](line) for condition in rule.when)


class _Group:
    """One group on one line."""

    def __init__(
        self, rules: PricingRules, group: RuleGroup, line: TwinLine, predicates: Mapping[str, Predicate]
    ) -> None:
        self.rules, self.group, self.line, self.predicates = rules, group, line, predicates
        self.entry = line.unit
        self.left = self._cap()
        self.pays_all = False

    def work(self, members: Sequence[Rule]) -> None:
        if self.line.stopped:
            return
        match self.group.pick:
            case Pick.ALL | Pick.FIRST:
                most = 1 if self.group.pick is Pick.FIRST else self.group.at_most
                self._in_turn(members, most)
            case Pick.BEST:
                self._best(self._ready(members))
            case Pick.WORST:
                ready = self._ready(members)
                worths = [(self._try([rule]), -index) for index, rule in enumerate(ready)]
                giving = [(worth, -place) for worth, place in worths if worth]
                if giving:
                    self.give(ready[min(giving)[1]])
            case Pick.BANDS:
                self._bands([rule for rule in members if holds(rule, self.line, self.predicates)])

    def _in_turn(self, members: Sequence[Rule], most: int | None) -> None:
        count = 0
        for rule in members:
            if most is not None and count >= most:
                return
            if holds(rule, self.line, self.predicates) and self.give(rule):
                count += 1

    def _ready(self, members: Sequence[Rule]) -> list[Rule]:
        return [rule for rule in members if holds(rule, self.line, self.predicates) and not self._clash(rule)]

    def _best(self, members: Sequence[Rule]) -> None:
        """Try every set; of equal ones the first without a rule that takes nothing off by itself. Where no rule takes
        anything off, the one that adds least.
        """
        alone = [self._try([rule]) for rule in members]
        useful = [self._try([rule], pays_all=True) > 0 for rule in members]
        best: tuple[int, ...] = ()
        worth = greatest = ZERO
        for chosen in _sets(len(members), self.group.at_most or 1):
            found = self._try([members[index] for index in chosen])
            greatest = max(greatest, found)
            if all(useful[index] for index in chosen) and found > worth:
                best, worth = chosen, found
        assert worth == greatest, "a set with a useless rule is better than any without"
        if not best:
            best = tuple(index for index, found in enumerate(alone) if found and found == max(filter(None, alone)))[:1]
        for index in best:
            self.give(members[index])

    def _bands(self, members: list[Rule]) -> None:
        gave = False
        while members:
            priority = members[0].priority
            band = [rule for rule in members if rule.priority == priority]
            members = members[len(band) :]
            if gave and self.group.across is Across.STOP:
                return
            options = [[rule] for rule in band]
            if self.group.within is Inside.COMPOUND_VS_BEST:
                stacked = [rule for rule in band if rule.mode is Mode.COMPOUND]
                options = ([stacked] if stacked else []) + [[rule] for rule in band if rule.mode is Mode.BEST_PRICE]
            best: list[Rule] = []
            worth: Fraction | None = None
            for option in options:
                found = self._try(option)
                if found and (worth is None or found > worth):
                    best, worth = option, found
            before = len(self.line.applied)
            for rule in band:
                if rule in best:
                    self.give(rule)
            gave = gave or len(self.line.applied) > before

    def _try(self, members: Sequence[Rule], *, pays_all: bool = False) -> Fraction:
        """What rules take off together, on a copy; ``pays_all`` when budgets have no end."""
        trial = _Group(self.rules, self.group, self.line.copy(), self.predicates)
        trial.entry, trial.left, trial.pays_all = self.entry, self.left, pays_all
        for rule in members:
            trial.give(rule)
        return trial.line.granted - self.line.granted

    def give(self, rule: Rule) -> bool:
        """Apply a rule; False when it takes nothing."""
        line = self.line
        if line.stopped or self._clash(rule):
            return False
        base = self.entry if self.group.combine is Combine.ADDITIVE else line.unit
        taken = discount_of(rule, line, base)
        if self.left is not None:
            taken = min(taken, self.left)
        taken = min(self._as_rounded(self._paid(rule, taken)), line.room)
        if not taken:
            return False
        effect = rule.effects[""]
        of_list = isinstance(effect, Percent) and effect.of is Basis.LIST and rule.limit.units_max is None
        line.moves.append((line.running, line.running - taken, of_list))
        line.unit -= taken / line.quantity
        if self._rounds(RoundingOf.PRICE):
            line.unit = self._of_unit(line.unit)
        line.granted += taken
        line.spent[rule.id] = line.spent.get(rule.id, ZERO) + taken
        line.discounted = line.discounted or taken > 0
        line.applied.append(rule.id)
        line.by_group[self.group.id] = line.by_group.get(self.group.id, ZERO) + taken
        if self.left is not None:
            self.left = max(self.left - taken, ZERO)
        line.stopped = line.stopped or rule.stop
        return True

    def _rounds(self, of: RoundingOf) -> bool:
        return RoundingPoint.RULE in self.rules.rounding.points and self.rules.rounding.of is of

    def _of_unit(self, value: Fraction) -> Fraction:
        """Rounded to as many decimals as a unit price keeps."""
        places = self.rules.rounding.unit_exponent
        scale = 10 ** (2 if places is None else places)
        return Fraction(rounded(value * scale, self.rules.rounding.mode), scale)

    def _paid(self, rule: Rule, taken: Fraction) -> Fraction:
        """What the rule's budget pays of a discount that the line has room for: all, a part, or nothing."""
        budget = rule.usage.budgets.get("EUR")
        if budget is None or self.pays_all:
            return taken
        left = max(Fraction(budget) - self.line.spent.get(rule.id, ZERO), ZERO)
        if min(taken, self.line.room) <= left or taken <= 0:
            return taken
        return left if self.rules.habits.budget_overrun is BudgetOverrun.CAP else ZERO

    def _as_rounded(self, taken: Fraction) -> Fraction:
        """A discount as it is rounded after every rule: on the line, or on each unit."""
        if self._rounds(RoundingOf.DISCOUNT):
            return Fraction(rounded(taken * 100, self.rules.rounding.mode), 100)
        if self._rounds(RoundingOf.DISCOUNT_UNIT):
            return self._of_unit(taken / self.line.quantity) * self.line.quantity
        return taken

    def _clash(self, rule: Rule) -> bool:
        others = [each for each in self.rules.rules if each.id in self.line.applied]
        return any(each.id in rule.not_with or rule.id in each.not_with for each in others)

    def _cap(self) -> Fraction | None:
        cap = self.group.cap
        if cap is None or cap.scope is not CapScope.LINE:
            return None
        limits = []
        if cap.percent is not None:
            limits.append(self.line.running * Fraction(cap.percent) / 100)
        if "EUR" in cap.amounts:
            limits.append(Fraction(cap.amounts["EUR"]))
        return max(min(limits), ZERO) if limits else None


def _sets(count: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every set of at most so many, those with earlier members first."""

    def below(start: int, taken: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        for index in range(start, count):
            chosen = (*taken, index)
            yield chosen
            if len(chosen) < most:
                yield from below(index + 1, chosen)

    yield from below(0, ())


def discount_of(rule: Rule, line: TwinLine, base: Fraction) -> Fraction:
    """What a rule takes off a line before caps and floors."""
    effect: object = rule.effects[""]
    if isinstance(effect, Tiered):
        reached = [tier.effect for tier in effect.steps if Fraction(tier.start) <= line.quantity]
        effect = reached[-1] if reached else None
    most = rule.limit.units_max
    units = line.quantity if most is None else min(Fraction(most), line.quantity)
    worth = line.unit * units
    if rule.limit.units_base is UnitsBase.ORIGINAL_LESS_GRANTED:
        worth = max(line.listed * units - line.granted, ZERO)
    taken = ZERO
    match effect:
        case Percent(value, _, sign, of):
            whole = line.listed * line.quantity if of is Basis.LIST else base * line.quantity
            whole = whole if most is None else worth
            taken = whole * Fraction(value) / 100 * (1 if sign is Sign.OFF else -1)  # type: ignore[arg-type]
        case Amount(value, on, sign):
            single = Fraction(value) * (1 if sign is Sign.OFF else -1)  # type: ignore[arg-type]
            taken = single * units if on is On.UNIT else single
            taken = taken if most is None else min(taken, worth)
        case SetPrice(value, on):
            wanted = Fraction(value)  # type: ignore[arg-type]
            taken = line.running - wanted * line.quantity if on is On.UNIT else max(line.running - wanted, ZERO)
        case FirstNext(first, following):
            one = min(units, Fraction(1))
            taken = Fraction(first) * one + Fraction(following) * (units - one)  # type: ignore[arg-type]
    limit = rule.limit.amounts.get("EUR")
    return taken if limit is None else min(taken, Fraction(limit))


def _give_back(rules: PricingRules, lines: Sequence[TwinLine], group: str, most: Fraction) -> None:
    """What a group gave all lines together beyond its cap goes back in proportion, cent by cent."""
    mode = rules.rounding.mode
    given = [rounded(line.by_group.get(group, ZERO) * 100, mode) for line in lines]
    excess = sum(given) - rounded(most * 100, mode)
    if excess <= 0:
        return
    shares = proportional(excess, [max(each, 0) for each in given])
    for line, share in zip(lines, shares, strict=True):
        line.unit += Fraction(share, 100) / line.quantity


def proportional(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Largest remainder, ties to the earlier; a line of negative weight takes a negative share. Weights that cancel out
    count by size, and without any the shares are even.
    """
    if not sum(weights):
        weights = [abs(each) for each in weights] if any(weights) else [1] * len(weights)
    exact = [Fraction(total) * weight / sum(weights) for weight in weights]
    parts = [trunc(each) for each in exact]
    left = total - sum(parts)
    sign = 1 if left > 0 else -1
    order = sorted(range(len(parts)), key=lambda each: (sign * (parts[each] - exact[each]), each))
    for each in order[: abs(left)]:
        parts[each] += sign
    return parts
