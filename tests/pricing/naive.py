"""The slow twin: prices small books rule by rule with fractions, sharing no code with the engine's pricing.

Conditions come as pairs of text and a Python predicate, so that neither parser nor compiler is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor

from engine.pricing.effects import Amount, Percent, SetPrice, Sign
from engine.pricing.plan import Combine, Pick, PricingRules, Rule, RuleGroup
from engine.pricing.request import PriceRequest


@dataclass
class Line:
    """What a predicate may look at."""

    sku: str
    family: str
    quantity: Fraction
    listed: Fraction
    unit: Fraction
    lowest: Fraction
    segment: str
    total_listed: Fraction = Fraction(0)
    discounted: bool = False
    applied: list[str] = field(default_factory=list)

    @property
    def running(self) -> Fraction:
        return self.unit * self.quantity


Predicate = Callable[[Line], bool]


def naive_lines(rules: PricingRules, request: PriceRequest, predicates: dict[str, Predicate]) -> list[Line]:
    """Every line after the line rules."""
    rules = replace(rules, rules=tuple(rule for rule in rules.rules if may_act(rule, request)))
    prices = {entry.match.value: Fraction(entry.price) for entry in rules.entries}  # type: ignore[arg-type]
    lines = []
    for each in request.lines:
        listed = prices[each.sku]
        lowest = max(Fraction(each.floor), Fraction(0)) if each.floor is not None else Fraction(0)
        lines.append(
            Line(
                str(each.sku),
                str(each.facts["family"]),
                Fraction(each.quantity),
                listed,
                listed,
                lowest,
                str(request.customer["segment"]),
            )
        )
    total = sum((Fraction(half_up(line.running * 100), 100) for line in lines), Fraction(0))
    for line in lines:
        line.total_listed = total
        _line(rules, line, predicates)
    return lines


def may_act(rule: Rule, request: PriceRequest) -> bool:
    """Whether its code was entered, if it has one, on a day from its first to the one before its end."""
    start, end = rule.window.start, rule.window.end
    opened = (start is None or start <= request.date) and (end is None or request.date < end)
    return opened and (not rule.code or rule.code in request.codes)


def _line(rules: PricingRules, line: Line, predicates: dict[str, Predicate]) -> None:
    matching = [rule for rule in rules.rules if _holds(rule, line, predicates)]
    exclusive = [rule for rule in _ordered(rules, matching) if rule.exclusive]
    if exclusive:
        best = max(rule.priority for rule in exclusive)
        winner = next(rule for rule in exclusive if rule.priority == best)
        for group in rules.groups:
            if group.id == winner.group:
                _group(group, [winner], line, predicates)
        return
    for group in rules.groups:
        _group(group, [rule for rule in _ordered(rules, rules.rules) if rule.group == group.id], line, predicates)


def _ordered(rules: PricingRules, members: Sequence[Rule]) -> list[Rule]:
    """By group, then priority, then as listed."""
    groups = [group.id for group in rules.groups]
    return sorted(members, key=lambda rule: (groups.index(rule.group), -rule.priority, rules.rules.index(rule)))


def _holds(rule: Rule, line: Line, predicates: dict[str, Predicate]) -> bool:
    return all(predicates[condition.text](line) for condition in rule.when)


def _group(group: RuleGroup, members: Sequence[Rule], line: Line, predicates: dict[str, Predicate]) -> None:
    entry = line.unit
    cap = None if group.cap is None or group.cap.percent is None else line.running * Fraction(group.cap.percent) / 100
    if group.pick in (Pick.BEST, Pick.WORST):
        members = [rule for rule in members if _holds(rule, line, predicates)]
        worths = [(_give(rule, line, entry, cap, dry=True), rule) for rule in members]
        worths = [(worth, rule) for worth, rule in worths if worth]
        if worths:
            pick = max if group.pick is Pick.BEST else min
            wanted = pick(worth for worth, _ in worths)
            _give(next(rule for worth, rule in worths if worth == wanted), line, entry, cap, dry=False)
        return
    count = 0
    for rule in members:
        if group.at_most is not None and count >= group.at_most:
            return
        if not _holds(rule, line, predicates):
            continue
        base = entry if group.combine is Combine.ADDITIVE else line.unit
        taken = _give(rule, line, base, cap, dry=False)
        if taken:
            count += 1
            cap = None if cap is None else max(cap - taken, Fraction(0))
            if group.pick is Pick.FIRST:
                return


def _give(rule: Rule, line: Line, base: Fraction, cap: Fraction | None, *, dry: bool) -> Fraction:
    """What a rule takes off the line, within floor and cap."""
    effect = rule.effects[""]
    assert isinstance(effect, Percent | Amount | SetPrice)
    value = Fraction(effect.value)  # type: ignore[arg-type]
    match effect:
        case Percent():
            off = base * value / 100
        case Amount():
            off = value
        case SetPrice():
            off = line.unit - value
    if not isinstance(effect, SetPrice) and effect.sign is Sign.UP:
        off = -off
    taken = off * line.quantity
    if cap is not None:
        taken = min(taken, cap)
    taken = min(taken, max(line.running - line.lowest * line.quantity, Fraction(0)))
    if taken and not dry:
        line.unit -= taken / line.quantity
        line.discounted = line.discounted or taken > 0
        line.applied.append(str(rule.id))
    return taken


def half_up(value: Fraction) -> int:
    """Round halves away from zero."""
    return -half_up(-value) if value < 0 else floor(value + Fraction(1, 2))


def naive_spread(total: int, weights: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Give an amount cent by cent in rounds: each round in proportion to the weights, to lines that still have room."""
    given = [0] * len(weights)
    left = total
    while left > 0:
        members = [index for index in range(len(weights)) if given[index] < rooms[index]]
        if not members:
            break
        whole = sum(weights[index] for index in members)
        shares = [
            Fraction(left * weights[index], whole) if whole else Fraction(left, len(members)) for index in members
        ]
        parts = [floor(share) for share in shares]
        order = sorted(range(len(members)), key=lambda each: (parts[each] - shares[each], each))
        for each in order[: left - sum(parts)]:
            parts[each] += 1
        for index, part in zip(members, parts, strict=True):
            taken = min(part, rooms[index] - given[index])
            given[index] += taken
            left -= taken
    return given
