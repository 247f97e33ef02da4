"""Expressions over few values: worked out for every combination, and stated as clauses.

A part of a constraint that reads only attributes of single entries and of the bundle has finitely many cases. Classes
that agree on the attributes read are one case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations
from typing import TypeAlias

from engine.catalog import Value
from engine.configuration.products.judging import Judge, judge
from engine.configuration.products.logic import Logic
from engine.configuration.products.slots import Place, Setting
from engine.configuration.products.space import QUANTITY, AttributeRef, Env, SettingRef, Space, reads
from engine.language.tree import Expression

CASES_MAX = 60_000

Names: TypeAlias = tuple[str, ...]
"""How an expression names what it reads: the steps of a path."""


@dataclass(frozen=True, slots=True)
class Case:
    """One distinguishable state of a place or setting: the literal that it is so, and the values read of it."""

    literal: int
    values: tuple[tuple[Names, Value], ...]


@dataclass(frozen=True, slots=True)
class Finite:
    """An expression with the cases of everything it reads."""

    judge: Judge
    axes: tuple[tuple[Case, ...], ...]

    @property
    def size(self) -> int:
        """How many combinations there are."""
        total = 1
        for axis in self.axes:
            total *= len(axis)
        return total


def finite(space: Space, logic: Logic, node: Expression, env: Env) -> Finite | None:
    """The cases of an expression, or None when it reads quantities, lists of entries, or more than 60 000 cases."""
    places: dict[str, tuple[Place, dict[Names, str]]] = {}
    settings: dict[str, tuple[Setting, list[Names]]] = {}
    for ref, names in reads(space, node, env):
        match ref:
            case AttributeRef(place, name) if name != QUANTITY:
                places.setdefault(place.path, (place, {}))[1][names] = name
            case SettingRef(setting):
                settings.setdefault(setting.path, (setting, []))[1].append(names)
            case _:
                return None
    axes = [tuple(_place_cases(place, read, logic)) for place, read in places.values()]
    for setting, read_as in settings.values():
        axes.append(tuple(_setting_cases(setting, read_as, logic)))
    found = Finite(judge(space, node, env), tuple(axes))
    return found if found.size <= CASES_MAX else None


def outcomes(form: Finite) -> Iterator[tuple[tuple[Case, ...], Value]]:
    """Every combination of cases with the value of the expression; None where it is unknown."""
    for chosen in combinations(*form.axes):
        context: dict[str, Value] = {}
        for case in chosen:
            for names, value in case.values:
                _put(context, names, value)
        yield chosen, form.judge(context)


def literal_of(form: Finite, wanted: Callable[[Value], bool], logic: Logic) -> int:
    """A literal that holds exactly in the combinations whose value is wanted."""
    hits = [tuple(case.literal for case in chosen) for chosen, value in outcomes(form) if wanted(value)]
    return _join(hits, len(form.axes), logic)


def forbid(form: Finite, wanted: Callable[[Value], bool], logic: Logic, state: tuple[Sequence[int], int]) -> None:
    """State that no combination whose value is wanted holds; ``state`` is (unless, rule number)."""
    unless, rule = state
    rows: dict[tuple[int, ...], list[int]] = {}
    for chosen, value in outcomes(form):
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


def _place_cases(place: Place, read: Mapping[Names, str], logic: Logic) -> Iterator[Case]:
    groups: dict[tuple[Value, ...], list[int]] = {}
    for at, each in enumerate(place.classes):
        groups.setdefault(tuple(each.values.get(name) for name in read.values()), []).append(at)
    for signature, members in groups.items():
        literal = logic.any_of(place.taken[at] for at in members)
        yield Case(literal, tuple(zip(read, signature, strict=True)))
    if place.empty != logic.false:
        yield Case(place.empty, tuple((names, None) for names in read))


def _setting_cases(setting: Setting, read_as: Sequence[Names], logic: Logic) -> Iterator[Case]:
    for literal, value in zip(setting.literals, setting.values, strict=True):
        yield Case(literal, tuple((names, value) for names in read_as))
    if setting.absent != logic.false:
        yield Case(setting.absent, tuple((names, None) for names in read_as))


def _put(context: dict[str, Value], names: Names, value: Value) -> None:
    """Set a nested entry; ``storage.drives`` lies in the record ``storage``."""
    for name in names[:-1]:
        inner = context.setdefault(name, {})
        assert isinstance(inner, dict), "a name is a record or a value, not both"
        context = inner
    context[names[-1]] = value
