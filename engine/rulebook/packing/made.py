"""Values that are more than their fields: packed as what they are made from, and made anew from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from itertools import islice
from types import FunctionType, MappingProxyType

from engine.language import Checked, Scope
from engine.language.builtins import FUNCTIONS, Signature
from engine.language.check import postponed
from engine.language.compiler import Deferred
from engine.language.scope import Analysis
from engine.language.tables.callable import TableRun
from engine.language.tree import Node, walk
from engine.pricing import PricePlan
from engine.pricing.expressions import expressions_of
from engine.pricing.index import MatchIndex
from engine.rulebook.packing.kinds import PackError, field_names

ANALYSED = tuple(each.name for each in fields(Analysis))
PLAN = tuple(name for name in field_names(PricePlan) if name not in ("functions", "bounds"))


class Parts:
    """Takes the values of one packed book apart."""

    def __init__(self, plan: PricePlan) -> None:
        known = {id(each): each for each in expressions_of(plan.rules)}
        self._asked = tuple(known[number] for number in plan.functions)
        self._checked = {id(plan.functions[id(each)]): each for each in self._asked}
        conditions = (each for rule in plan.rules.rules for each in rule.when)
        self._postponed = {id(each) for each in conditions if each.subject is None}
        self._nodes: dict[int, Mapping[int, Node]] = {}
        self._counts: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._apart: Mapping[type, tuple[str, Callable[[object], tuple[object, ...]]]] = {
            Scope: ("scope", _scope),
            TableRun: ("table", _table),
            Analysis: ("analysis", self._analysis),
            PricePlan: ("plan", self._plan),
            MatchIndex: ("index", _index),
            FunctionType: ("function", self._function),
            Deferred: ("function", self._function),
        }

    def of(self, value: object) -> tuple[str, tuple[object, ...]] | None:
        """How a value is made and from what; None for a value that is no more than its fields.

        The conditions of rules are most of a large book, and nobody looks at most of them: their trees are left out.
        """
        if isinstance(value, Checked):
            if id(value) in self._postponed:
                return "postponed", (value.text, value.scope, value.expected, value.origin)
            if id(value.analysis) not in self._nodes:
                self._nodes[id(value.analysis)] = _nodes(value)
        apart = self._apart.get(type(value))
        return None if apart is None else (apart[0], apart[1](value))

    def _analysis(self, value: object) -> tuple[object, ...]:
        """How much was learnt of each sort, about which nodes, and what; identities mean nothing elsewhere."""
        nodes = self._nodes[id(value)]
        about: list[Node] = []
        learnt: list[object] = []
        counts: list[int] = []
        for name in ANALYSED:
            found = [(nodes[number], each) for number, each in getattr(value, name).items() if number in nodes]
            about += [node for node, _ in found]
            learnt += [each for _, each in found]
            counts.append(len(found))
        return self._counts.setdefault(tuple(counts), tuple(counts)), tuple(about), tuple(learnt)

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


def _index(value: object) -> tuple[object, ...]:
    """What it keeps of requests is no part of a book, and every index made anew keeps its own."""
    assert isinstance(value, MatchIndex)
    return (value.everything, value.header, value.line)


def _make_analysis(counts: tuple[int, ...], about: tuple[Node, ...], learnt: tuple[object, ...]) -> Analysis:
    pairs = zip(map(id, about), learnt, strict=True)
    return Analysis(*[dict(islice(pairs, count)) for count in counts])  # type: ignore[arg-type]


def _make_plan(asked: tuple[Checked, ...], functions: tuple[Deferred, ...], *others: object) -> PricePlan:
    by_identity = {id(each): function for each, function in zip(asked, functions, strict=True)}
    return PricePlan(functions=by_identity, **dict(zip(PLAN, others, strict=True)))  # type: ignore[arg-type]


MAKERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "scope": Scope,
        "table": TableRun,
        "analysis": _make_analysis,
        "plan": _make_plan,
        "index": MatchIndex,
        "function": Deferred,
        "postponed": postponed,
    }
)
"""How values are made anew, by the name of their making."""


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
