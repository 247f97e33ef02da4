"""Small programs for lines whose rules are plain: constants on the unit price, picked and combined without a search."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from engine.money import EXACT, step
from engine.pricing.compiled import PricePlan
from engine.pricing.effects import Amount, Basis, Effect, On, Percent, SetPrice, Sign
from engine.pricing.plan import NO_LIMIT, Combine, Pick, RuleGroup
from engine.pricing.result import TraceRow
from engine.pricing.ruleplan import RulePlan
from engine.pricing.state import HUNDRED, ZERO

SHARE, SHARE_OF_LIST, LESS, SET = range(4)

Op: TypeAlias = tuple[int, int, Decimal]
"""Rule number, what it does, and the share or amount."""


class Stage(NamedTuple):
    """The matching rules of one group, in working order."""

    pick: Pick
    additive: bool
    ops: tuple[Op, ...]


Program: TypeAlias = tuple[Stage, ...]


def program_for(plan: PricePlan, numbers: Sequence[int], code: str) -> Program | None:
    """The program of these rules in a currency, or None when a line with them needs the full treatment."""
    stages = []
    position = 0
    for group in plan.line_groups:
        ops = []
        while position < len(numbers) and numbers[position] < group.end_no:
            op = _op(plan.line_rules[numbers[position]], code)
            if op is None:
                return None
            ops.append(op)
            position += 1
        if ops:
            if not _is_plain(group.group):
                return None
            additive = group.group.combine is Combine.ADDITIVE
            stages.append(Stage(group.group.pick, additive, tuple(ops)))
    return tuple(stages)


def _is_plain(group: RuleGroup) -> bool:
    if group.cap is not None or group.pick not in (Pick.ALL, Pick.FIRST, Pick.BEST):
        return False
    return group.at_most is None or (group.pick is Pick.BEST and group.at_most == 1)


def _op(plan: RulePlan, code: str) -> Op | None:
    rule = plan.rule
    if plan.live or rule.exclusive or rule.stop or rule.not_with or rule.limit is not NO_LIMIT or rule.usage.budgets:
        return None
    effect: Effect | None = rule.effects.get(code, rule.effects.get(""))
    match effect:
        case Percent(value=Decimal() as value, on=On.UNIT | On.LINE):
            share = EXACT.divide(value, HUNDRED)
            kind = SHARE_OF_LIST if effect.of is Basis.LIST else SHARE
            return (plan.no, kind, share if effect.sign is Sign.OFF else -share)
        case Amount(value=Decimal() as value, on=On.UNIT):
            return (plan.no, LESS, value if effect.sign is Sign.OFF else -value)
        case SetPrice(value=Decimal() as value, on=On.UNIT):
            return (plan.no, SET, value)
        case _:
            return None


def run(program: Program, unit: Decimal, lowest: Decimal) -> tuple[Decimal, tuple[int, ...], tuple[TraceRow, ...]]:
    """Take a unit price through a program; nothing takes it below ``lowest``; what gives nothing leaves no row."""
    listed = unit
    trace: list[TraceRow] = []
    for pick, additive, ops in program:
        entry = unit
        if pick is Pick.BEST:
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
