"""Turns checked expressions into Python functions: one generated module for a whole batch.

This is the only place that runs generated text. The text holds numbered names, operators and ASCII-escaped literals;
all other values are bound as globals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import FunctionType, MappingProxyType
from typing import TypeAlias

from engine.language import emit_lists, emit_tests, emit_values, runtime
from engine.language.emitter import Constants, Emitter, resolve_marks
from engine.language.faults import SITES, TROUBLE, EvaluationFault, Site, fault
from engine.language.problems import Origin
from engine.language.scope import MOST_REMEMBERED, Checked
from engine.language.tree import (
    Arithmetic,
    AtLiteral,
    Between,
    BooleanLiteral,
    Call,
    Comparison,
    ContextLiteral,
    Expression,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Logic,
    Name,
    Negation,
    NullLiteral,
    NumberLiteral,
    OperatorTest,
    Path,
    Quantified,
    Range,
    Subject,
    TextLiteral,
)
from engine.language.types import BOOLEAN, OptionalType, required
from engine.language.values.interval import FunctionValue, RangeValue
from engine.language.values.number import DECIMAL128, power
from engine.language.values.property import property_of

Compiled: TypeAlias = Callable[..., object]
"""Called with the roots of the scope by position; raises ``EvaluationFault``."""

_RULES: Mapping[type, Callable[[Emitter, Expression], str]] = MappingProxyType(
    {
        NumberLiteral: emit_values.literal,
        TextLiteral: emit_values.literal,
        BooleanLiteral: emit_values.literal,
        NullLiteral: emit_values.literal,
        AtLiteral: emit_values.literal,
        Subject: emit_values.subject,
        Name: emit_values.name,
        Path: emit_values.path,
        Filter: emit_lists.filtered,
        Call: emit_lists.call,
        Negation: emit_values.negation,
        Arithmetic: emit_values.arithmetic,
        Comparison: emit_tests.comparison,
        Logic: emit_values.logic,
        Between: emit_tests.between,
        In: emit_tests.membership,
        Range: emit_tests.interval,
        OperatorTest: emit_tests.operator_value,
        ListLiteral: emit_values.list_literal,
        ContextLiteral: emit_values.context_literal,
        If: emit_values.branch,
        For: emit_lists.loop,
        Quantified: emit_lists.quantified,
    }
)

_GLOBALS: Mapping[str, object] = MappingProxyType(
    {
        "__builtins__": {"len": len, "min": min, "max": max, "any": any, "all": all, "tuple": tuple},
        "_add": DECIMAL128.add,
        "_subtract": DECIMAL128.subtract,
        "_multiply": DECIMAL128.multiply,
        "_minus": DECIMAL128.minus,
        "_divide": runtime.divide,
        "_power": power,
        "_Decimal": Decimal,
        "_RangeValue": RangeValue,
        "_FunctionValue": FunctionValue,
        "_property": property_of,
        "_lift": runtime.lift,
        "_entry": runtime.entry,
        "_single": runtime.single,
        "_ordered": runtime.ordered,
        "_same": runtime.same,
        "_member": runtime.member,
        "_inside": runtime.inside,
        "_all_hold": runtime.all_hold,
        "_one_holds": runtime.one_holds,
        "_some_of": runtime.some_of,
        "_every_of": runtime.every_of,
        "_negated": runtime.negated,
        "_at": runtime.at,
        "_total": runtime.total,
        "_counting": runtime.counting,
        "_across": runtime.across,
        "_present": runtime.present,
        "_Steps": runtime.Steps,
        "_TROUBLE": TROUBLE,
        "_fault": fault,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class _Template:
    """The function of one tree at its first place, from which those for other places are made; keeps the tree alive."""

    tree: Expression
    origin: Origin
    first: FunctionType
    bindings: dict[str, object]
    lines: Mapping[int, tuple[int, int]]

    def at(self, checked: Checked) -> FunctionType:
        """The function for a place in a file: faults are told there."""
        if checked.origin == self.origin:
            return self.first
        sites = self.bindings[SITES]
        assert isinstance(sites, dict)
        name = f"f{len(sites)}"
        sites[name] = Site(checked.text, checked.origin, self.lines)
        return FunctionType(self.first.__code__.replace(co_name=name), self.bindings, name)


def compile_all(checked: Sequence[Checked]) -> tuple[Compiled, ...]:
    """Return a function for each checked expression, called with the scope's roots by position.

    A condition whose answer is absent (an optional attribute was missing) does not hold; a formula that must have a
    value raises a fault then. Functions of texts compiled before in the same scope are remembered.
    """
    fresh: dict[int, Checked] = {}
    for each in checked:
        if id(each.tree) not in each.scope.functions:
            fresh.setdefault(id(each.tree), each)
    made = _generate(list(fresh.values()))
    return tuple(_function(each, made) for each in checked)


def compile_one(checked: Checked) -> Compiled:
    """Compile a single expression; for many, ``compile_all`` is several times faster."""
    return compile_all((checked,))[0]


class Deferred:
    """The function of an expression that is compiled when it is first called: most rules of a large book never are."""

    __slots__ = ("_function", "checked")

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self._function: Compiled | None = None

    def __call__(self, *roots: object) -> object:
        """Compile it if need be, and ask it."""
        if self._function is None:
            self._function = compile_one(self.checked)
        return self._function(*roots)


def _function(checked: Checked, made: Mapping[int, _Template]) -> Compiled:
    remembered = checked.scope.functions
    place = (id(checked.tree), checked.origin)
    found = remembered.get(place)
    if isinstance(found, FunctionType):
        return found
    template = made.get(id(checked.tree)) or remembered[id(checked.tree)]
    assert isinstance(template, _Template)
    function = template.at(checked)
    if len(remembered) < MOST_REMEMBERED:
        remembered[id(checked.tree)] = template
        remembered[place] = function
    return function


def _generate(expressions: Sequence[Checked]) -> dict[int, _Template]:
    """Generate, compile and run the module that defines a function for each expression."""
    constants = Constants()
    chunks: list[str] = []
    tables: list[dict[int, tuple[int, int]]] = []
    line = 1
    for number, each in enumerate(expressions):
        text, lines = _definition(number, each, constants, line)
        chunks.append(text)
        tables.append(lines)
        line += text.count("\n")
    sites = {f"f{number}": Site(each.text, each.origin, tables[number]) for number, each in enumerate(expressions)}
    bindings: dict[str, object] = {**_GLOBALS, **constants.values, SITES: sites}
    exec(compile("".join(chunks), "<rules>", "exec"), bindings)  # noqa: S102  generated here, nothing of it is foreign
    found: dict[int, _Template] = {}
    for number, each in enumerate(expressions):
        function = bindings.pop(f"f{number}")
        assert isinstance(function, FunctionType)
        found[id(each.tree)] = _Template(each.tree, each.origin, function, bindings, tables[number])
    return found


def _definition(
    number: int, checked: Checked, constants: Constants, first_line: int
) -> tuple[str, dict[int, tuple[int, int]]]:
    emitter = Emitter(checked, constants, _RULES)
    value = emitter.code(checked.tree)
    if emitter.maybe(checked.tree):
        if required(checked.type) == BOOLEAN and not isinstance(checked.expected, OptionalType):
            value = f"({value} is True)"
        elif checked.expected is not None and not isinstance(checked.expected, OptionalType):
            value = f"{emitter.mark(checked.tree)}_present({value})"
    roots = ", ".join(f"r{place}" for place in range(len(checked.scope.roots)))
    steps = " s = _Steps()\n" if emitter.counts_steps else ""
    head = f"def f{number}({roots}):\n{steps} try:\n  return ("
    body, lines = resolve_marks(value, first_line + head.count("\n"))
    return f"{head}{body})\n except _TROUBLE as error:\n  raise _fault(error) from None\n", lines


__all__ = ["Compiled", "Deferred", "EvaluationFault", "compile_all", "compile_one"]
