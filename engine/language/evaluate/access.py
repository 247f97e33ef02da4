"""Prepares literals, names, properties and filters."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.diagnostics import did_you_mean
from engine.language import tree
from engine.language.builtins import FUNCTIONS
from engine.language.evaluate.calls import builtin_value
from engine.language.evaluate.environment import Environment, Preparer, Run, Step
from engine.language.values.fault import UndefinedError
from engine.language.values.kind import describe_kind
from engine.language.values.number import DECIMAL128, whole
from engine.language.values.property import property_of
from engine.language.values.reading import read_at_literal

_MISSING = object()
_NUMERIC_NODES = (tree.NumberLiteral, tree.Negation, tree.Arithmetic)
_LOGICAL_NODES = (tree.Comparison, tree.Logic, tree.In, tree.Between, tree.BooleanLiteral, tree.InstanceOf)


def constant(value: object) -> Step:
    """A step that always gives the same value."""
    return lambda _env: value


def literal(node: tree.NumberLiteral | tree.TextLiteral | tree.BooleanLiteral) -> Step:
    """A literal; a number is rounded to 34 digits."""
    value = node.value
    return constant(DECIMAL128.plus(value) if isinstance(value, Decimal) else value)


def at_literal(node: tree.AtLiteral) -> Step:
    """``@"..."``; a text that is no date, time or duration is null."""
    try:
        return constant(read_at_literal(node.text))
    except UndefinedError as error:
        message = str(error)
        return lambda env: env.run.note(node, message)


def name(node: tree.Name) -> Step:
    """A variable of the nearest scope that has it, else a built-in function, else null."""
    wanted = node.name
    known = builtin_value(wanted) if wanted in FUNCTIONS else None

    def run(env: Environment) -> object:
        found = env.values.get(wanted, _MISSING)
        if found is not _MISSING:
            return found
        scope = env.parent
        while scope is not None:
            if wanted in scope.values:
                return scope.values[wanted]
            scope = scope.parent
        return known if known is not None else _unknown(node, env)

    return run


def path(node: tree.Path, preparer: Preparer) -> Step:
    """``source.name``."""
    source, wanted = preparer.step(node.source), node.name

    def run(env: Environment) -> object:
        value = source(env)
        if type(value) is dict:
            found = value.get(wanted, _MISSING)
            if found is not _MISSING:
                return found
        if value is None:
            return env.run.note(node, f"null has no `{wanted}`")
        try:
            return property_of(value, wanted)
        except UndefinedError as error:
            return env.run.note(node, str(error))

    return run


def filtered(node: tree.Filter, preparer: Preparer) -> Step:
    """``source[condition]``: an item by position, or the items for which the condition is true."""
    source, condition = preparer.step(node.source), preparer.step(node.condition)
    if isinstance(node.condition, _NUMERIC_NODES):
        return _positioned(node, source, condition)
    return filtering(node, source, condition, logical=isinstance(node.condition, _LOGICAL_NODES))


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _positioned(node: tree.Node, source: Step, position: Step) -> Step:
    def run(env: Environment) -> object:
        value = source(env)
        if value is None:
            return None
        items = _listed(value)
        return _item(node, env, items, position(_outside(env, items)))

    return run


def filtering(node: tree.Node, source: Step, condition: Step, *, logical: bool) -> Step:
    """Return the step that keeps the items whose condition is true.

    A condition that is not ``logical`` by its form may turn out to be a position; of another kind it has no value.
    """

    def run(env: Environment) -> object:
        value = source(env)
        if value is None:
            return None
        items = _listed(value)
        if not logical:
            first = condition(_outside(env, items))
            if isinstance(first, Decimal):
                return _item(node, env, items, first)
        env.run.spend(len(items))
        kept = []
        for item in items:
            holds = condition(_item_scope(env, item))
            if holds is True:
                kept.append(item)
            elif holds is not False and holds is not None:
                return env.run.note(node, f"a filter is a condition or a position, not {describe_kind(holds)}")
        return tuple(kept)

    return run


def _outside(env: Environment, items: tuple[object, ...]) -> Environment:
    """The scope in which a position is computed: that of the first item, or a silent one when there is none."""
    if items:
        return _item_scope(env, items[0])
    return Environment({"item": None}, _silent(env), Run(env.run.moment))


def _silent(env: Environment) -> Environment:
    return Environment(env.values, env.parent, Run(env.run.moment))


def _item_scope(env: Environment, item: object) -> Environment:
    """The scope of one item: ``item``, and the entries of a context by their names."""
    inner = env.inner({"item": item})
    return inner.inner(item) if isinstance(item, Mapping) else inner


def _item(node: tree.Node, env: Environment, items: tuple[object, ...], position: object) -> object:
    if not isinstance(position, Decimal):
        return env.run.note(node, f"a position is a number, not {describe_kind(position)}")
    try:
        place = whole(position)
    except UndefinedError as error:
        return env.run.note(node, str(error))
    if not 1 <= abs(place) <= len(items):
        return env.run.note(node, f"the list of {len(items)} has no position {place}")
    return items[place - 1 if place > 0 else place]


def _unknown(node: tree.Name, env: Environment) -> object:
    return env.run.note_missing(node, f"variable `{node.name}`", lambda: did_you_mean(node.name, env.names()))
