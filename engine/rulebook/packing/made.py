"""Values that are more than their fields: packed as what they are made from, and made anew from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import FunctionType, MappingProxyType

from engine.language import Checked, Scope
from engine.language.builtins import FUNCTIONS, Signature
from engine.language.compiler import Deferred
from engine.language.scope import Analysis
from engine.language.tables.callable import TableRun
from engine.language.tree import Node, walk
from engine.pricing import PricePlan
from engine.pricing.expressions import expressions_of
from engine.rulebook.packing.kinds import PackError, field_names

ANALYSED = tuple(each.name for each in fields(Analysis))
PLAN = tuple(name for name in field_names(PricePlan) if name != "functions")


class Parts:
    """Takes the values of one packed book apart."""

    def __init__(self, plan: PricePlan) -> None:
        known = {id(each): each for each in expressions_of(plan.rules)}
        self._asked = tuple(known[number] for number in plan.functions)
        self._checked = {id(plan.functions[id(each)]): each for each in self._asked}
        self._nodes: dict[int, Mapping[int, Node]] = {}
        self._apart: Mapping[type, Callable[[object], tuple[object, ...]]] = {
            Scope: _scope,
            TableRun: _table,
            Analysis: self._analysis,
            PricePlan: self._plan,
            FunctionType: self._function,
            Deferred: self._function,
        }

    def of(self, value: object) -> tuple[object, ...] | None:
        """What a value is made from; None for a value that is no more than its fields."""
        apart = self._apart.get(type(value))
        if isinstance(value, Checked) and id(value.analysis) not in self._nodes:
            self._nodes[id(value.analysis)] = _nodes(value)
        return None if apart is None else apart(value)

    def _analysis(self, value: object) -> tuple[object, ...]:
        """The nodes of the tree with what was learnt about each: identities mean nothing elsewhere."""
        nodes = self._nodes[id(value)]
        found: list[object] = []
        for name in ANALYSED:
            learnt = {number: each for number, each in getattr(value, name).items() if number in nodes}
            found += (tuple(nodes[number] for number in learnt), tuple(learnt.values()))
        return tuple(found)

    def _plan(self, value: object) -> tuple[object, ...]:
        assert isinstance(value, PricePlan)
        functions = tuple(value.functions[id(each)] for each in self._asked)
        return (self._asked, functions, *(getattr(value, name) for name in PLAN))

    def _function(self, value: object) -> tuple[object, ...]:
        checked = value.checked if isinstance(value, Deferred) else self._checked.get(id(value))
        if checked is None:
            raise PackError(f"the function `{value}` belongs to no formula of the book")
        return (checked,)


def _nodes(checked: Checked) -> Mapping[int, Node]:
    found = {id(each): each for each in walk(checked.tree)}
    if checked.subject is not None:
        found.update((id(each), each) for each in walk(checked.subject))
    return found


def _scope(value: object) -> tuple[object, ...]:
    assert isinstance(value, Scope)
    return (value.roots, value.tables)


def _table(value: object) -> tuple[object, ...]:
    assert isinstance(value, TableRun)
    return (value.table, value.parameters, value.origin)


def _make_analysis(*columns: object) -> Analysis:
    made: list[dict[int, object]] = []
    for place in range(0, len(columns), 2):
        nodes, learnt = columns[place], columns[place + 1]
        assert isinstance(nodes, tuple) and isinstance(learnt, tuple)
        made.append({id(node): each for node, each in zip(nodes, learnt, strict=True)})
    return Analysis(*made)  # type: ignore[arg-type]


def _make_plan(asked: tuple[Checked, ...], functions: tuple[Deferred, ...], *others: object) -> PricePlan:
    by_identity = {id(each): function for each, function in zip(asked, functions, strict=True)}
    return PricePlan(functions=by_identity, **dict(zip(PLAN, others, strict=True)))  # type: ignore[arg-type]


MAKERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "scope": Scope,
        "table": TableRun,
        "analysis": _make_analysis,
        "plan": _make_plan,
        "function": Deferred,
    }
)
"""How values are made anew, by the name of their making."""

NAMES: Mapping[type, str] = MappingProxyType(
    {
        Scope: "scope",
        TableRun: "table",
        Analysis: "analysis",
        PricePlan: "plan",
        FunctionType: "function",
        Deferred: "function",
    }
)


def signatures() -> dict[int, str]:
    """The ways to call built-ins, by identity: their implementations are code and stay where they are."""
    return {
        id(each): f"{name}#{number}"
        for name, builtin in FUNCTIONS.items()
        for number, each in enumerate(builtin.signatures)
    }


def signature_named(name: str) -> Signature:
    """The way to call a built-in of a name."""
    function, _, number = name.rpartition("#")
    return FUNCTIONS[function].signatures[int(number)]
