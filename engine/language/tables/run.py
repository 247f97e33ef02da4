"""A decision table ready to run: cells prepared once, matching rules found by an index where cells are constant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from engine.language import tree
from engine.language.evaluate import Environment, Step, Test
from engine.language.tables.grouping import Finder
from engine.language.tables.hits import Hits, Row
from engine.language.tables.model import HitPolicy
from engine.language.values.fault import UndefinedError

SMALLEST_INDEXED = 16
_NOWHERE = tree.NullLiteral(0, 0)

Check = Callable[[Environment, object], object]
"""Brings an input value to its type; null where it is not one."""


@dataclass(frozen=True, slots=True)
class Column:
    """A prepared input column: its value, the bringing to its type, and the test of its allowed values."""

    value: Step
    allowed: Test | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A prepared rule: its tests in the order of the columns and its outputs."""

    tests: tuple[Test, ...]
    outputs: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A prepared table; ``decide`` gives its result in a scope. ``checks`` are the columns with allowed values."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    hits: Hits
    policy: HitPolicy
    defaults: tuple[Step, ...] = ()
    index: Finder | None = None
    checks: tuple[tuple[int, Test], ...] = field(init=False)

    def __post_init__(self) -> None:
        checks = tuple((place, each.allowed) for place, each in enumerate(self.columns) if each.allowed is not None)
        object.__setattr__(self, "checks", checks)

    def decide(self, env: Environment) -> object:
        """Return the result of the matching rules; null, with its reason noted, where the policy is violated."""
        subjects = [column.value(env) for column in self.columns]
        for place, allowed in self.checks:
            if allowed(env, subjects[place]) is not True:
                label = self.columns[place].label
                return env.run.note(_NOWHERE, f"the input `{label}` is not one of its allowed values")
        try:
            return self._result(env, self._matching(env, subjects))
        except UndefinedError as error:
            return env.run.note(_NOWHERE, str(error))

    def _result(self, env: Environment, matching: Iterable[int]) -> object:
        rows: list[Row] = []
        for number in matching:
            outputs = self.lines[number].outputs
            rows.append((outputs[0](env),) if len(outputs) == 1 else tuple([step(env) for step in outputs]))
            if self.policy is HitPolicy.FIRST:
                break
        if rows:
            return self.hits.result(rows)
        if self.defaults:
            return self.hits.shaped(tuple(step(env) for step in self.defaults))
        return self.hits.nothing()

    def _matching(self, env: Environment, subjects: Sequence[object]) -> Iterable[int]:
        found = self.index.candidates(subjects) if self.index is not None else None
        if found is None:
            return self._tested(env, subjects, range(len(self.lines)), range(len(self.columns)))
        numbers, unsure = found
        return self._tested(env, subjects, numbers, unsure) if unsure else numbers

    def _tested(
        self, env: Environment, subjects: Sequence[object], numbers: Iterable[int], places: Sequence[int]
    ) -> Iterable[int]:
        for number in numbers:
            tests = self.lines[number].tests
            if all(tests[place](env, subjects[place]) is True for place in places):
                yield number
