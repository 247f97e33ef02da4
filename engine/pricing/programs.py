"""Small programs for lines whose rules are plain: constants on the unit price, picked and combined without a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from engine.money import EXACT, step
from engine.pricing.effects import Amount, Basis, Effect, On, Percent, SetPrice, Sign
from engine.pricing.plan import NO_LIMIT, Combine, Pick, Rule, RuleGroup
from engine.pricing.result import TraceRow
from engine.pricing.ruleplan import Op, RulePlan
from engine.pricing.state import HUNDRED, ZERO

SHARE, SHARE_OF_LIST, LESS, SET = range(4)


class Stage(NamedTuple):
    """The matching rules of one group, in working order."""

    pick: Pick
    additive: bool
    ops: Sequence[Op]


Program: TypeAlias = tuple[Stage, ...]
Result: TypeAlias = tuple[Decimal, tuple[int, ...], tuple[TraceRow, ...]]
"""A unit price after rules, the numbers of those that gave something, and a row for each."""


def program_for(
    groups: Sequence[Stage | None], rules: Sequence[RulePlan], numbers: Sequence[int], code: str
) -> Program | None:
    """The program of these rules in a currency, or None when a line with them needs the full treatment.

    ``groups`` are the empty stages of the plain groups, None for the others.
    """
    stages: list[Stage] = []
    current = -1
    ops: list[Op] = []
    for number in numbers:
        rule = rules[number]
        op = rule.ops[code] if code in rule.ops else rule.ops.get("")
        if op is None:
            return None
        if rule.group != current:
            current = rule.group
            empty = groups[current]
            if empty is None:
                return None
            ops = []
            stages.append(Stage(empty.pick, empty.additive, ops))
        ops.append(op)
    return tuple(stages)


def stage_of(group: RuleGroup) -> Stage | None:
    """The empty stage of a plain group, None for one that caps or searches."""
    if group.cap is not None or group.pick not in (Pick.ALL, Pick.FIRST, Pick.BEST):
        return None
    if group.at_most is not None and not (group.pick is Pick.BEST and group.at_most == 1):
        return None
    return Stage(group.pick, group.combine is Combine.ADDITIVE, ())


def ops_of(number: int, rule: Rule, *, is_live: bool) -> dict[str, Op | None]:
    """What a rule does to a unit price in each currency, where that is plain."""
    tied = is_live or rule.exclusive or rule.stop or rule.not_with or rule.usage.budgets
    if tied or rule.limit != NO_LIMIT:
        return {}
    return {code: _op(number, effect) for code, effect in rule.effects.items()}


def _op(number: int, effect: Effect) -> Op | None:
    match effect:
        case Percent(value=Decimal() as value, on=On.UNIT | On.LINE):
            share = EXACT.divide(value, HUNDRED)
            kind = SHARE_OF_LIST if effect.of is Basis.LIST else SHARE
            return (number, kind, share if effect.sign is Sign.OFF else -share)
        case Amount(value=Decimal() as value, on=On.UNIT):
            return (number, LESS, value if effect.sign is Sign.OFF else -value)
        case SetPrice(value=Decimal() as value, on=On.UNIT):
            return (number, SET, value)
        case _:
            return None


def run(program: Program, unit: Decimal, lowest: Decimal) -> Result:
    """Take a unit price through a program; nothing takes it below ``lowest``; what gives nothing leaves no row."""
    if len(program) == 1 and len(program[0].ops) == 1:
        return alone(program[0].ops[0], unit, lowest)
    listed = unit
    trace: list[TraceRow] = []
    for pick, additive, ops in program:
        entry = unit
        if pick is Pick.BEST and len(ops) > 1:
            best = _best(ops, unit, listed, lowest)
            ops = () if best is None else (best,)
        for number, kind, operand in ops:
            after = _after(kind, operand, unit, entry if additive else unit, listed)
            if after < lowest and after < unit:
                after = lowest if lowest < unit else unit
            if after == unit:
                continue
            trace.append((number, unit, after))
            unit = after
            if pick is not Pick.ALL:
                break
    return unit, tuple([row[0] for row in trace]), tuple(trace)


def lone_ops(groups: Sequence[Stage | None], rules: Sequence[RulePlan]) -> Mapping[str, Sequence[Op | None]]:
    """What each rule does that matches by itself, without a program, by currency and "" for any other; None when there
    is more to it.
    """
    codes = {"", *(code for rule in rules for code in rule.ops)}
    return {code: tuple([_lone_op(groups, rule, code) for rule in rules]) for code in codes}


def _lone_op(groups: Sequence[Stage | None], rule: RulePlan, code: str) -> Op | None:
    if rule.fixed or groups[rule.group] is None:
        return None
    return rule.ops[code] if code in rule.ops else rule.ops.get("")


def alone(op: Op, unit: Decimal, lowest: Decimal) -> Result:
    """One rule by itself, as most lines have it."""
    number, kind, operand = op
    after = _after(kind, operand, unit, unit, unit)
    if after < lowest and after < unit:
        after = lowest if lowest < unit else unit
    return (unit, (), ()) if after == unit else (after, (number,), ((number, unit, after),))


def _after(kind: int, operand: Decimal, unit: Decimal, base: Decimal, listed: Decimal) -> Decimal:
    if kind == SHARE:
        return step(EXACT.subtract(unit, EXACT.multiply(base, operand)))
    if kind == LESS:
        return step(EXACT.subtract(unit, operand))
    if kind == SET:
        return step(EXACT.subtract(unit, EXACT.subtract(unit, operand)))
    return step(EXACT.subtract(unit, EXACT.multiply(listed, operand)))


def _best(ops: Sequence[Op], unit: Decimal, listed: Decimal, lowest: Decimal) -> Op | None:
    """The rule that takes most off, the earlier of equals."""
    best = None
    most = ZERO
    for op in ops:
        after = max(_after(op[1], op[2], unit, unit, listed), min(lowest, unit))
        gone = EXACT.subtract(unit, after)
        if gone and (best is None or gone > most):
            best, most = op, gone
    return best
