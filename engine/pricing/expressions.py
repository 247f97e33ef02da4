"""All expressions of a rule book's pricing rules, and their compiled functions by identity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from engine.language import compile_all
from engine.language.scope import Checked
from engine.pricing.effects import (
    Amount,
    BuyGet,
    Effect,
    FirstNext,
    Gift,
    Operand,
    Percent,
    SetPrice,
    Tiered,
    UnitsOff,
)
from engine.pricing.plan import Level, PricingRules, Rule
from engine.pricing.ruleplan import Test


def expressions_of(rules: PricingRules) -> Iterator[Checked]:
    """Every condition and formula, in the order of the rule book."""
    for entry in rules.entries:
        yield from entry.when
        yield from _operands((entry.price,))
    for contract in rules.contracted:
        yield from contract.when
        yield from _operands((contract.price, contract.percent_off))
    for use in rules.models:
        yield from use.pool_where
    for percent in rules.percent_of:
        yield from percent.of
        yield from _operands((percent.percent,))
    for rule in rules.rules:
        yield from rule_expressions(rule)
    for bundle in rules.bundle_prices:
        yield from bundle.when
        yield from _operands((bundle.price,))
    for guard in rules.guards:
        yield from guard.when
        yield from _operands((guard.floor, guard.ceiling, guard.margin_percent_min))
    if rules.tax is not None:
        for rate in rules.tax.rates:
            yield from rate.when


def line_expressions(rules: PricingRules) -> Iterator[Checked]:
    """Everything that is asked before the order stage: all but the order rules."""
    order_groups = {group.id for group in rules.groups if group.level is Level.ORDER}
    kept = tuple(rule for rule in rules.rules if rule.group not in order_groups)
    yield from expressions_of(replace(rules, rules=kept))


def rule_expressions(rule: Rule) -> Iterator[Checked]:
    """The conditions and formulas of one rule."""
    yield from rule.when
    yield from given_expressions(rule)


def given_expressions(rule: Rule) -> Iterator[Checked]:
    """What a rule asks beside its own conditions: which lines it is for, and what it gives."""
    yield from rule.target
    for effect in rule.effects.values():
        yield from effect_expressions(effect)


def effect_expressions(effect: Effect) -> Iterator[Checked]:
    """The conditions and formulas inside an effect."""
    match effect:
        case Percent() | Amount() | SetPrice():
            yield from _operands((effect.value,))
        case FirstNext():
            yield from _operands((effect.first, effect.following))
        case Tiered():
            yield effect.measure
            for tier in effect.steps:
                yield from effect_expressions(tier.effect)
        case BuyGet():
            yield from (*effect.buy.where, *effect.get.where)
            yield from _operands((effect.percent_off,))
        case UnitsOff():
            yield from effect.where
            yield from effect_expressions(effect.effect)
        case Gift():
            yield from effect.for_each.where if effect.for_each is not None else ()


def _operands(operands: Sequence[Operand | None]) -> Iterator[Checked]:
    for operand in operands:
        if operand is not None and not isinstance(operand, Decimal):
            yield operand


def compile_expressions(expressions: Iterator[Checked]) -> dict[int, Test]:
    """Compile all expressions into one generated module; the functions by identity of the expression."""
    unique = list({id(each): each for each in expressions}.values())
    compiled: Sequence[Test] = compile_all(unique)
    return {id(each): function for each, function in zip(unique, compiled, strict=True)}


def reads(conditions: Iterable[Checked], *names: str) -> bool:
    """Whether any of these reads one of the paths, what is below it, or a record that holds it as a whole."""
    return any(
        f"{path}.".startswith(f"{name}.") or name.startswith(f"{path}.")
        for each in conditions
        for path in each.reads
        for name in names
    )
