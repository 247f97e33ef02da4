"""A decision table ready to run: cells prepared once, matching rules found by an index where cells are constant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.language import tree
from engine.language.evaluate import Environment, Step, Test
from engine.language.tables.hits import Hits, Row
from engine.language.tables.index import Index
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
    """A prepared table; ``decide`` gives its result in a scope."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    hits: Hits
    policy: HitPolicy
    defaults: tuple[Step, ...] = ()
    index: Index | None = None

    def decide(self, env: Environment) -> object:
        """Return the result of the matching rules; null, with its reason noted, where the policy is violated."""
        subjects = [column.value(env) for column in self.columns]
        for column, value in zip(self.columns, subjects, strict=True):
            if column.allowed is not None and column.allowed(env, value) is not True:
                return env.run.note(_NOWHERE, f"the input `{column.label}` is not one of its allowed values")
        try:
            return self._result(env, self._matching(env, subjects))
        except UndefinedError as error:
            return env.run.note(_NOWHERE, str(error))

    def _result(self, env: Environment, matching: Iterable[int]) -> object:
        rows: list[Row] = []
        for number in matching:
            rows.append(tuple(step(env) for step in self.lines[number].outputs))
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
