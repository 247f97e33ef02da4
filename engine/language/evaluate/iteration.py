"""Prepares ``for``, ``some``, ``every``, lists and contexts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.language import tree
from engine.language.evaluate.environment import Environment, Preparer, Step
from engine.language.values.arithmetic import next_step
from engine.language.values.fault import UndefinedError, bounded_count
from engine.language.values.interval import RangeValue
from engine.language.values.kind import Kind, describe_kind, kind_of
from engine.language.values.relation import compare

_COUNTABLE = (Kind.NUMBER, Kind.DATE)
_PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Source:
    """What one name of an iteration runs over, prepared; with ``until`` it counts."""

    name: str
    source: Step
    until: Step | None = None

    def items(self, env: Environment) -> Iterable[object]:
        """Return the items; raises ``UndefinedError`` when there is nothing to run over."""
        value = self.source(env)
        if self.until is not None:
            return _count(env, value, self.until(env))
        match value:
            case None:
                raise UndefinedError(f"`{self.name}` has nothing to run over")
            case RangeValue():
                return _interval_items(env, value)
            case tuple() | list():
                if any(isinstance(each, RangeValue) for each in value) and len(value) == 1:
                    return _interval_items(env, value[0])
                return value
            case _:
                return (value,)


def _interval_items(env: Environment, interval: RangeValue) -> Iterator[object]:
    if not (interval.low_given and interval.high_given):
        raise UndefinedError("a range without an end cannot be counted through")
    _countable(interval.low, interval.high)
    order = compare(interval.low, interval.high)
    if order is None or order > 0:
        raise UndefinedError("the ends of the range are not in order")
    items = _count(env, interval.low, interval.high)
    return (
        item
        for item in items
        if (interval.low_included or compare(item, interval.low) != 0)
        and (interval.high_included or compare(item, interval.high) != 0)
    )


def _countable(low: object, high: object) -> None:
    if kind_of(low) is not kind_of(high) or kind_of(low) not in _COUNTABLE:
        raise UndefinedError(f"one cannot count from {describe_kind(low)} to {describe_kind(high)}")


def _count(env: Environment, low: object, high: object) -> Iterator[object]:
    """Count up or down between two numbers or dates, both included."""
    _countable(low, high)
    down = compare(low, high) == 1
    return _counted(env, low, high, down=down)


def _counted(env: Environment, low: object, high: object, *, down: bool) -> Iterator[object]:
    past = -1 if down else 1
    current = low
    while compare(current, high) != past:
        env.run.spend()
        yield current
        current = next_step(current, down=down)


def _combinations(sources: tuple[Source, ...], env: Environment) -> Iterator[Environment]:
    """Yield a scope for each combination of items; a later source may use the names of the earlier ones."""
    first, *rest = sources
    for item in first.items(env):
        env.run.spend()
        inner = env.inner({first.name: item})
        if rest:
            yield from _combinations(tuple(rest), inner)
        else:
            yield inner


def _sources(iterations: tuple[tree.Iteration, ...], preparer: Preparer) -> tuple[Source, ...]:
    return tuple(
        Source(each.name, preparer.step(each.source), preparer.step(each.until) if each.until is not None else None)
        for each in iterations
    )


def for_each(node: tree.For, preparer: Preparer) -> Step:
    """``for a in x, b in y return result``; ``partial`` is the list of results so far."""
    partial = any(isinstance(each, tree.Name) and each.name == _PARTIAL for each in tree.walk(node.result))
    return looping(node, _sources(node.iterations, preparer), preparer.step(node.result), partial=partial)


def looping(node: tree.Node, sources: tuple[Source, ...], result: Step, *, partial: bool) -> Step:
    """Return the step that lists the results over all combinations; ``partial`` says that they read the list so far."""

    def run(env: Environment) -> object:
        results: list[object] = []
        try:
            for scope in _combinations(sources, env):
                bounded_count(len(results) + 1)
                if partial:
                    env.run.spend(len(results) // 64)
                    scope = scope.inner({_PARTIAL: tuple(results)})
                results.append(result(scope))
        except UndefinedError as error:
            return env.run.note(node, str(error))
        return tuple(results)

    return run


def quantified(node: tree.Quantified, preparer: Preparer) -> Step:
    """``some`` and ``every``: three-valued, stopping at the combination that decides."""
    deciding = node.quantifier is tree.Quantifier.SOME
    return testing(node, _sources(node.iterations, preparer), preparer.step(node.condition), deciding=deciding)


def testing(node: tree.Node, sources: tuple[Source, ...], condition: Step, *, deciding: bool) -> Step:
    """Return the step that is ``deciding`` as soon as one combination's condition is."""

    def run(env: Environment) -> object:
        unknown = False
        try:
            for scope in _combinations(sources, env):
                value = condition(scope)
                if value is deciding:
                    return deciding
                unknown = unknown or value is not (not deciding)
        except UndefinedError as error:
            return env.run.note(node, str(error))
        return None if unknown else not deciding

    return run


def list_literal(node: tree.ListLiteral, preparer: Preparer) -> Step:
    """``[a, b]``."""
    steps = tuple(preparer.step(each) for each in node.items)
    return lambda env: tuple([step(env) for step in steps])


def context_literal(node: tree.ContextLiteral, preparer: Preparer) -> Step:
    """``{a: 1, b: a + 1}``: an entry sees the entries before it, and a function all of them."""
    entries = tuple((each.name, preparer.step(each.value)) for each in node.entries)
    repeated = len({name for name, _ in entries}) != len(entries)

    def run(env: Environment) -> object:
        if repeated:
            return env.run.note(node, "a name is given twice")
        values: dict[str, object] = {}
        inner = env.inner(values)
        for name, step in entries:
            values[name] = step(inner)
        return values

    return run
