"""Expressions over few values: worked out for every combination, and stated as clauses.

A part of a constraint that reads only attributes of slots with one entry, attributes of the bundle, and entries already
bound, has finitely many cases. Classes that agree on the attributes read are one case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations
from typing import TypeAlias

from engine.catalog import Value
from engine.configuration.products.judging import Judge, judge
from engine.configuration.products.logic import Logic
from engine.configuration.products.slots import Slot
from engine.configuration.products.space import (
    IMPLICIT,
    QUANTITY,
    AttributeRef,
    BoundRef,
    Env,
    SettingRef,
    Space,
    reads,
)
from engine.language.tree import Expression

CASES_MAX = 60_000

Outcome: TypeAlias = "bool | None"


@dataclass(frozen=True, slots=True)
class Case:
    """One distinguishable state of a slot or setting: the literal that it is so, and its part of the context."""

    literal: int
    path: str
    value: Value


@dataclass(frozen=True, slots=True)
class Finite:
    """An expression with the cases of everything it reads, and its fixed context."""

    judge: Judge
    axes: tuple[tuple[Case, ...], ...]
    context: Mapping[str, Value]

    @property
    def size(self) -> int:
        """How many combinations there are."""
        total = 1
        for axis in self.axes:
            total *= len(axis)
        return total


def finite(space: Space, logic: Logic, node: Expression, env: Env) -> Finite | None:
    """The cases of an expression, or None when it reads quantities, lists of entries, or more than 60 000 cases."""
    slots: dict[str, tuple[Slot, set[str]]] = {}
    settings: dict[str, SettingRef] = {}
    for ref in reads(space, node, env):
        match ref:
            case AttributeRef(slot, name) if slot.single and name != QUANTITY:
                slots.setdefault(slot.path, (slot, set()))[1].add(name)
            case SettingRef(setting):
                settings[setting.path] = ref
            case BoundRef(_, name) if name and name != QUANTITY:
                pass
            case _:
                return None
    axes = [tuple(_slot_cases(slot, names, logic)) for slot, names in slots.values()]
    for each in settings.values():
        pairs = zip(each.setting.literals, each.setting.values, strict=True)
        axes.append(tuple(Case(literal, each.setting.path, value) for literal, value in pairs))
    found = Finite(judge(space, node, env), tuple(axes), _bound_context(env))
    return found if found.size <= CASES_MAX else None


def outcomes(form: Finite, prefix: str) -> Iterator[tuple[tuple[Case, ...], Value]]:
    """Every combination of cases with the value of the expression; None where it is unknown."""
    for chosen in combinations(*form.axes):
        context: dict[str, Value] = dict(form.context)
        for case in chosen:
            _put(context, case.path.removeprefix(prefix), case.value)
        yield chosen, form.judge(context)


def literal_of(form: Finite, wanted: Callable[[Value], bool], logic: Logic, prefix: str) -> int:
    """A literal that holds exactly in the combinations whose value is wanted."""
    hits = [tuple(case.literal for case in chosen) for chosen, value in outcomes(form, prefix) if wanted(value)]
    return _join(hits, len(form.axes), logic)


def forbid(form: Finite, wanted: Callable[[Value], bool], logic: Logic, state: tuple[Sequence[int], int, str]) -> None:
    """State that no combination whose value is wanted holds; ``state`` is (unless, rule number, prefix)."""
    unless, rule, prefix = state
    rows: dict[tuple[int, ...], list[int]] = {}
    for chosen, value in outcomes(form, prefix):
        if wanted(value):
            literals = [case.literal for case in chosen]
            rows.setdefault(tuple(literals[:-1]), []).extend(literals[-1:])
    for lead, last in rows.items():
        tail = -logic.any_of(last) if form.axes else logic.false
        logic.clause((*unless, *(-each for each in lead), tail), rule)


def _join(hits: Sequence[tuple[int, ...]], depth: int, logic: Logic) -> int:
    """The disjunction of conjunctions, sharing the literals of equal tails."""
    if depth == 0:
        return logic.true if hits else logic.false
    if depth == 1:
        return logic.any_of(each[0] for each in hits)
    by_first: dict[int, list[tuple[int, ...]]] = {}
    for each in hits:
        by_first.setdefault(each[0], []).append(each[1:])
    by_tail: dict[int, list[int]] = {}
    for first, tails in by_first.items():
        by_tail.setdefault(_join(tails, depth - 1, logic), []).append(first)
    return logic.any_of(logic.all_of((logic.any_of(firsts), tail)) for tail, firsts in by_tail.items())


def _slot_cases(slot: Slot, names: set[str], logic: Logic) -> Iterator[Case]:
    ordered = sorted(names)
    groups: dict[tuple[object, ...], list[int]] = {}
    for at, each in enumerate(slot.classes):
        groups.setdefault(tuple(each.values.get(name) for name in ordered), []).append(at)
    for signature, members in groups.items():
        literal = logic.any_of(slot.variables[at].taken for at in members)
        values: dict[str, Value] = dict(zip(ordered, signature, strict=True))  # type: ignore[arg-type]
        yield Case(literal, slot.path, values)
    if slot.empty != logic.false:
        yield Case(slot.empty, slot.path, None)


def _bound_context(env: Env) -> dict[str, Value]:
    context: dict[str, Value] = {}
    for name, bound in env.items():
        if name == IMPLICIT:
            context.update(bound.values)
        else:
            context[name] = dict(bound.values)
    return context


def _put(context: dict[str, Value], path: str, value: Value) -> None:
    """Set a nested entry; ``storage.drives`` lies in the record ``storage``."""
    head, _, rest = path.partition(".")
    if not rest:
        above = context.get(head)
        merge = isinstance(above, dict) and isinstance(value, dict)
        context[head] = {**above, **value} if merge else value  # type: ignore[dict-item]
        return
    inner = context.get(head)
    inner = dict(inner) if isinstance(inner, Mapping) else {}
    _put(inner, rest, value)
    context[head] = inner
