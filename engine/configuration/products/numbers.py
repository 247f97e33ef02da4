"""Numbers of a constraint as linear forms: attributes become terms over classes, sums and counts terms over entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from engine.catalog import Value
from engine.configuration.products.finite import finite, outcomes
from engine.configuration.products.linear import Key, Linear
from engine.configuration.products.logic import Logic
from engine.configuration.products.slots import Place
from engine.configuration.products.space import (
    IMPLICIT,
    QUANTITY,
    AttributeRef,
    Env,
    ListRef,
    PlaceRef,
    Ref,
    SettingRef,
    Space,
    reads,
)
from engine.language.tree import (
    Arithmetic,
    ArithmeticOp,
    Call,
    Expression,
    Filter,
    For,
    If,
    Negation,
    Node,
    NumberLiteral,
    Path,
)


class Unsupported(Exception):
    """A part of a constraint that the solver cannot carry, with the reason for the author."""

    def __init__(self, node: Node, reason: str) -> None:
        super().__init__(reason)
        self.node, self.reason = node, reason


class Conditions(Protocol):
    """Literals for conditions; the translator gives them to the numbers, and the other way round."""

    space: Space
    logic: Logic

    def literal(self, node: Expression, env: Env, *, want: bool) -> int:
        """A literal that holds exactly when the condition is definitely ``want``."""

    def called(self, node: Call) -> tuple[str, tuple[Expression, ...]]:
        """The name of the built-in that a call means, and its arguments."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place as an iteration meets it: the environment of the body, and the literal that its entry takes part."""

    env: Env
    place: Place
    guard: int


class Numbers:
    """Turns numeric expressions into linear forms."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._space = conditions.space
        self._logic = conditions.logic

    def number(self, node: Expression, env: Env) -> Linear:
        """The linear form of a numeric expression; raises Unsupported for what is not linear."""
        match node:
            case NumberLiteral(value=value):
                return Linear(value)
            case Negation(operand=operand):
                return self.number(operand, env).times(Decimal(-1))
            case Arithmetic():
                return self._arithmetic(node, env)
            case If(condition=condition, consequence=yes, alternative=no):
                return self._either(condition, (yes, no), env)
            case Call():
                return self._call(node, env)
            case _:
                pass
        ref = self._space.resolve(node, env)
        if ref is not None:
            return self._read(ref, node, env)
        return self._cases(node, env)

    def entries(self, node: Expression, env: Env, *names: str) -> Iterator[Entry]:
        """The entries that a list goes over, each bound to ``names``; raises Unsupported for other lists."""
        if isinstance(node, Filter):
            for entry in self.entries(node.source, env, IMPLICIT, "item"):
                kept = self._conditions.literal(node.condition, entry.env, want=True)
                guard = self._logic.all_of((entry.guard, kept))
                if guard != self._logic.false:
                    yield Entry({**env, **dict.fromkeys(names, entry.place)}, entry.place, guard)
            return
        match self._space.resolve(node, env):
            case PlaceRef(place):
                places: tuple[Place, ...] = (place,)
            case ListRef(found, ""):
                places = found
            case _:
                raise Unsupported(node, "only option groups, maybe filtered, can be gone over here")
        for each in places:
            yield Entry({**env, **dict.fromkeys(names, each)}, each, -each.empty)

    def items(self, node: Expression, env: Env) -> Iterator[tuple[Entry, Linear]]:
        """The numbers of a list: ``for`` over entries, or an attribute of each entry."""
        match node:
            case For(iterations=(iteration,), result=result) if iteration.until is None:
                for entry in self.entries(iteration.source, env, iteration.name):
                    yield entry, self.number(result, entry.env)
                return
            case Path(source=source, name=name):
                for entry in self.entries(source, env):
                    yield entry, self._attribute(entry.place, name, node)
                return
            case _:
                pass
        raise Unsupported(node, "only `for … in group return …` and `group.attribute` make lists of numbers here")

    def _either(self, condition: Expression, branches: tuple[Expression, Expression], env: Env) -> Linear:
        """``if``: a condition that is not definitely true takes the second branch, as FEEL says."""
        literal = self._conditions.literal(condition, env, want=True)
        yes, no = (self.number(each, env) for each in branches)
        taken = self._only_if(yes, literal)
        return taken.plus(self._only_if(no, -literal))

    def _arithmetic(self, node: Arithmetic, env: Env) -> Linear:
        if node.op not in _LINEAR:
            return self._cases(node, env)
        left, right = self.number(node.left, env), self.number(node.right, env)
        match node.op:
            case ArithmeticOp.ADD:
                return left.plus(right)
            case ArithmeticOp.SUBTRACT:
                return left.plus(right, Decimal(-1))
            case ArithmeticOp.MULTIPLY:
                return self._product(left, right, node)
            case ArithmeticOp.DIVIDE if right.is_constant and right.constant:
                divided = {key: each / right.constant for key, each in left.terms.items()}
                return Linear(left.constant / right.constant, divided, left.unknown | right.unknown)
        return self._cases(node, env)

    def _product(self, left: Linear, right: Linear, node: Node) -> Linear:
        unknown = left.unknown | right.unknown
        if left.is_constant:
            return Linear(unknown=unknown).plus(right, left.constant)
        if right.is_constant:
            return Linear(unknown=unknown).plus(left, right.constant)
        if any(key.quantity is not None for key in left.terms):
            left, right = right, left
        if any(key.quantity is not None for key in left.terms):
            raise Unsupported(node, "two quantities are multiplied")
        found = right.times(left.constant)
        for key, coefficient in left.terms.items():
            found = found.plus(self._only_if(right, key.literal), coefficient)
        return Linear(found.constant, found.terms, unknown)

    def _call(self, node: Call, env: Env) -> Linear:
        name, arguments = self._conditions.called(node)
        if name == "count" and len(arguments) == 1:
            return self._added((entry, Linear(Decimal(1))) for entry in self.entries(arguments[0], env))
        if name == "sum" and len(arguments) == 1:
            return self._added(self.items(arguments[0], env))
        return self._cases(node, env)

    def _added(self, items: Iterator[tuple[Entry, Linear]]) -> Linear:
        """What the entries that take part add up to; unknown when one of them is."""
        found = Linear()
        for entry, body in items:
            found = found.plus(self._only_if(body, entry.guard))
        return found

    def _read(self, ref: Ref, node: Node, env: Env) -> Linear:
        match ref:
            case AttributeRef(place, name):
                return self._attribute(place, name, node)
            case PlaceRef() | ListRef():
                raise Unsupported(node, "this is a list; take its `sum`, `count`, `min` or `max`")
            case SettingRef():
                pass
        return self._cases(node, env)  # type: ignore[arg-type]

    def _attribute(self, place: Place, name: str, node: Node) -> Linear:
        if name == QUANTITY:
            if place.quantity is None:
                return Linear(Decimal(place.low), unknown=self._unknown([place.empty]))
            return Linear(Decimal(0), {Key(0, place.quantity): Decimal(1)}, self._unknown([place.empty]))
        by_value: dict[Value, list[int]] = {}
        for at, each in enumerate(place.classes):
            by_value.setdefault(each.values.get(name), []).append(place.taken[at])
        missing = [place.empty, self._logic.any_of(by_value.pop(None, []))]
        terms: dict[Key, Decimal] = {}
        constant = Decimal(0)
        for value, taken in by_value.items():
            literal = self._logic.any_of(taken)
            if literal == self._logic.true:
                constant = _decimal(value, node)
            elif value != 0:
                terms[Key(literal)] = _decimal(value, node)
        return Linear(constant, terms, self._unknown(missing))

    def _cases(self, node: Expression, env: Env) -> Linear:
        """A numeric expression over few cases: a term for each value it can have."""
        form = finite(self._space, self._logic, node, env)
        if form is None:
            raise Unsupported(node, _why(self._space, node, env))
        by_value: dict[Value, list[int]] = {}
        for chosen, value in outcomes(form):
            literal = self._logic.all_of(case.literal for case in chosen)
            by_value.setdefault(value, []).append(literal)
        missing = self._logic.any_of(by_value.pop(None, []))
        terms: Mapping[Key, Decimal] = {
            Key(self._logic.any_of(found)): _decimal(value, node) for value, found in by_value.items() if value != 0
        }
        constant = terms.get(Key(self._logic.true))
        if constant is not None:
            return Linear(constant)
        return Linear(Decimal(0), terms, self._unknown([missing]))

    def _unknown(self, literals: list[int]) -> frozenset[int]:
        return frozenset(literals) - {self._logic.false}

    def _only_if(self, form: Linear, literal: int) -> Linear:
        """The form when the literal holds, else 0; what can never hold is left out."""
        found = form.only_if(literal, self._both)
        terms: dict[Key, Decimal] = {}
        constant = Decimal(0)
        for key, each in found.terms.items():
            always = key.literal == self._logic.true
            if always and key.quantity is None:
                constant += each
            elif key.literal != self._logic.false:
                kept = Key(0, key.quantity) if always else key
                terms[kept] = terms.get(kept, Decimal(0)) + each
        unknown = self._unknown([self._both(literal, each) for each in form.unknown])
        return Linear(constant, terms, unknown)

    def _both(self, first: int, second: int) -> int:
        return self._logic.all_of((first, second))


_LINEAR = frozenset({ArithmeticOp.ADD, ArithmeticOp.SUBTRACT, ArithmeticOp.MULTIPLY, ArithmeticOp.DIVIDE})


def _decimal(value: Value, node: Node) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise Unsupported(node, "this is not a number")
    return Decimal(value)


def _why(space: Space, node: Expression, env: Env) -> str:
    for ref, _ in reads(space, node, env):
        match ref:
            case ListRef(places) if places:
                group = places[0].path.rpartition("[")[0]
                return f"the group `{group}` can be used in `sum`, `count`, `min`, `max`, `some` and `every` only"
            case PlaceRef(place):
                return f"the group `{place.path}` can be used in `sum`, `count`, `min`, `max`, `some` and `every` only"
            case AttributeRef(_, name) if name == QUANTITY:
                return "quantities can be added, compared and multiplied by known numbers only"
    return "this part reads too many combinations of values; split the rule"
