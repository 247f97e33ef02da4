"""Numbers of a constraint as linear forms: attributes become terms over classes, sums and counts terms over entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from engine.catalog import Value
from engine.configuration.products.finite import finite, outcomes
from engine.configuration.products.linear import UNIT, Key, Linear, from_terms
from engine.configuration.products.logic import Logic
from engine.configuration.products.slots import ClassVariables, Slot
from engine.configuration.products.space import (
    IMPLICIT,
    QUANTITY,
    AttributeRef,
    Bound,
    BoundRef,
    Env,
    Ref,
    SlotRef,
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

    def member(self, slot: Slot, classes: Sequence[int]) -> int:
        """A literal that holds exactly when one of these classes of the slot is taken."""

    def both(self, first: int, second: int) -> int:
        """A literal that holds exactly when both do."""

    def called(self, node: Call) -> tuple[str, tuple[Expression, ...]]:
        """The name of the built-in that a call means, and its arguments."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One class of a slot as an iteration meets it: the environment of the body, and the literal that it takes part."""

    env: Env
    bound: Bound
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
                literal = self._conditions.literal(condition, env, want=True)
                taken = self._only_if(self.number(yes, env), literal)
                return taken.plus(self._only_if(self.number(no, env), -literal))
            case Call():
                return self._call(node, env)
            case _:
                pass
        ref = self._space.resolve(node, env)
        if ref is not None:
            return self._read(ref, node)
        return self._cases(node, env)

    def entries(self, node: Expression, env: Env, *names: str) -> Iterator[Entry]:
        """The classes that a list of entries goes over, each bound to ``names``; raises Unsupported for other lists."""
        if isinstance(node, Filter):
            for entry in self.entries(node.source, env, IMPLICIT, "item"):
                kept = self._conditions.literal(node.condition, entry.env, want=True)
                guard = self._logic.all_of((entry.guard, kept))
                if guard != self._logic.false:
                    yield Entry({**env, **dict.fromkeys(names, entry.bound)}, entry.bound, guard)
            return
        ref = self._space.resolve(node, env)
        if not isinstance(ref, SlotRef):
            raise Unsupported(node, "only option groups, maybe filtered, can be gone over here")
        for at, variables in enumerate(ref.slot.variables):
            bound = Bound(ref.slot, at)
            yield Entry({**env, **dict.fromkeys(names, bound)}, bound, variables.taken)

    def items(self, node: Expression, env: Env) -> Iterator[tuple[Entry, Linear]]:
        """The numbers of a list: ``for`` over entries, or an attribute of each entry."""
        match node:
            case For(iterations=(iteration,), result=result) if iteration.until is None:
                for entry in self.entries(iteration.source, env, iteration.name):
                    yield entry, self.number(result, entry.env)
                return
            case Path(source=source, name=name):
                for entry in self.entries(source, env):
                    yield entry, self._bound(entry.bound, name, node)
                return
            case _:
                pass
        raise Unsupported(node, "only `for … in group return …` and `group.attribute` make lists of numbers here")

    def _arithmetic(self, node: Arithmetic, env: Env) -> Linear:
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
        if left.is_constant:
            return Linear(unknown=left.unknown).plus(right, left.constant)
        if right.is_constant:
            return Linear(unknown=right.unknown).plus(left, right.constant)
        if any(key.quantity is not None for key in left.terms):
            left, right = right, left
        if any(key.quantity is not None for key in left.terms):
            raise Unsupported(node, "two quantities are multiplied")
        found = right.times(left.constant)
        for key, coefficient in left.terms.items():
            found = found.plus(self._only_if(right, key.literal), coefficient)
        return Linear(found.constant, found.terms, left.unknown | right.unknown)

    def _call(self, node: Call, env: Env) -> Linear:
        name, arguments = self._conditions.called(node)
        if name == "count" and len(arguments) == 1:
            found = Linear()
            for entry in self.entries(arguments[0], env):
                found = found.plus(self._per_entry(entry, Linear(Decimal(1)), node))
            return found
        if name == "sum" and len(arguments) == 1:
            found = Linear()
            for entry, body in self.items(arguments[0], env):
                found = found.plus(self._per_entry(entry, body, node))
            return found
        return self._cases(node, env)

    def _per_entry(self, entry: Entry, body: Linear, node: Node) -> Linear:
        """What the entries of one class add to a sum: the constant an entry, the unit part a unit."""
        slot = entry.bound.slot
        variables = slot.variables[entry.bound.at]
        self._conditions.member(slot, [entry.bound.at])
        unknown = frozenset({entry.guard}) if self._logic.true in body.unknown else body.unknown
        if set(body.terms) <= {UNIT}:
            per_unit = body.terms.get(UNIT, Decimal(0))
            terms = from_terms(variables.entries).times(body.constant).plus(from_terms(variables.units), per_unit)
            if entry.guard != variables.taken:
                terms = self._only_if(terms, entry.guard)
            return Linear(terms.constant, terms.terms, unknown)
        if len(variables.entries) == 1 and UNIT not in body.terms:
            found = self._only_if(body, entry.guard)
            return Linear(found.constant, found.terms, unknown)
        raise Unsupported(node, "what an entry adds may depend on its own attributes and quantity only")

    def _read(self, ref: Ref, node: Node) -> Linear:
        match ref:
            case AttributeRef(slot, name) if slot.single:
                return self._attribute(slot, name, node)
            case BoundRef(bound, name) if name:
                return self._bound(bound, name, node)
        raise Unsupported(node, "this is a list; take its `sum`, `count`, `min` or `max`")

    def _attribute(self, slot: Slot, name: str, node: Node) -> Linear:
        if name == QUANTITY:
            for at in range(len(slot.classes)):
                self._conditions.member(slot, [at])
            units = [term for each in slot.variables for term in each.units]
            return Linear(Decimal(0), from_terms(units).terms, self._unknown(slot.empty))
        terms: dict[Key, Decimal] = {}
        by_value: dict[Value, list[int]] = {}
        for at, each in enumerate(slot.classes):
            by_value.setdefault(each.values.get(name), []).append(at)
        missing = [slot.empty, *(slot.variables[at].taken for at in by_value.pop(None, []))]
        constant = Decimal(0)
        for value, classes in by_value.items():
            literal = self._conditions.member(slot, classes)
            if literal == self._logic.true:
                constant = _decimal(value, node)
            elif value != 0:
                terms[Key(literal)] = _decimal(value, node)
        return Linear(constant, terms, self._unknown(self._logic.any_of(missing)))

    def _bound(self, bound: Bound, name: str, node: Node) -> Linear:
        if name == QUANTITY:
            return Linear(Decimal(0), {UNIT: Decimal(1)})
        value = bound.values.get(name)
        return Linear(unknown=frozenset({self._logic.true})) if value is None else Linear(_decimal(value, node))

    def _cases(self, node: Expression, env: Env) -> Linear:
        """A numeric expression over few cases: a term for each value it can have."""
        form = finite(self._space, self._logic, node, env)
        if form is None:
            raise Unsupported(node, _why(self._space, node, env))
        by_value: dict[Value, list[int]] = {}
        for chosen, value in outcomes(form, self._space.prefix):
            literal = self._logic.all_of(case.literal for case in chosen)
            by_value.setdefault(value, []).append(literal)
        missing = self._logic.any_of(by_value.pop(None, []))
        terms: Mapping[Key, Decimal] = {
            Key(self._logic.any_of(found)): _decimal(value, node) for value, found in by_value.items() if value != 0
        }
        constant = terms.get(Key(self._logic.true))
        if constant is not None:
            return Linear(constant)
        return Linear(Decimal(0), terms, self._unknown(missing))

    def _unknown(self, literal: int) -> frozenset[int]:
        return frozenset() if literal == self._logic.false else frozenset({literal})

    def _only_if(self, form: Linear, literal: int) -> Linear:
        """The form when the literal holds, else 0; what can never hold is left out."""
        found = form.only_if(literal, self._conditions.both)
        terms = {key: each for key, each in found.terms.items() if key.literal != self._logic.false}
        always = Key(self._logic.true)
        constant = terms.pop(always, Decimal(0))
        return Linear(found.constant + constant, terms, found.unknown)


def units_of(variables: ClassVariables, form: Linear, node: Node) -> Linear:
    """A form about one entry with its units resolved; raises Unsupported when entries share their units."""
    if UNIT not in form.terms:
        return form
    if len(variables.entries) > 1:
        raise Unsupported(node, "the quantity of single entries cannot be compared here; sum it over the group")
    rest = {key: coefficient for key, coefficient in form.terms.items() if key != UNIT}
    return Linear(form.constant, rest, form.unknown).plus(from_terms(variables.units), form.terms[UNIT])


def _decimal(value: Value, node: Node) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise Unsupported(node, "this is not a number")
    return Decimal(value)


def _why(space: Space, node: Expression, env: Env) -> str:
    for ref in reads(space, node, env):
        if isinstance(ref, SlotRef):
            return f"the group `{ref.slot.path}` can be used in `sum`, `count`, `min`, `max`, `some` and `every` only"
        if isinstance(ref, AttributeRef) and ref.name == QUANTITY:
            return "quantities can be added, compared and multiplied by known numbers only"
    return "this part reads too many combinations of values; split the rule"
