"""Conditions of a constraint as literals and clauses of the solver problem.

A condition has three outcomes: definitely true, definitely false, unknown. Unknown comes from blanks in the catalog and
from empty slots. So a condition becomes two literals, one for each definite outcome, and a rule is stated by forbidding
the definite outcome that would break it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import TypeVar

from engine.configuration.products.finite import Finite, finite, forbid, literal_of
from engine.configuration.products.linear import Linear
from engine.configuration.products.logic import Logic
from engine.configuration.products.numbers import Entry, Numbers, Unsupported
from engine.configuration.products.rewrite import as_comparisons
from engine.configuration.products.space import Env, Space
from engine.configuration.products.sums import Inexact, Sums
from engine.language.scope import Checked
from engine.language.tree import (
    Between,
    BooleanLiteral,
    Call,
    Comparison,
    ComparisonOp,
    Expression,
    If,
    In,
    LogicOp,
    Name,
    Node,
    Quantified,
    Quantifier,
)
from engine.language.tree import Logic as LogicNode

SMALL_AXES = 2
OPPOSITE = {
    ComparisonOp.LESS: ComparisonOp.AT_LEAST,
    ComparisonOp.AT_LEAST: ComparisonOp.LESS,
    ComparisonOp.MORE: ComparisonOp.AT_MOST,
    ComparisonOp.AT_MOST: ComparisonOp.MORE,
    ComparisonOp.EQUAL: ComparisonOp.UNEQUAL,
    ComparisonOp.UNEQUAL: ComparisonOp.EQUAL,
}
MIRRORED = {
    ComparisonOp.LESS: ComparisonOp.MORE,
    ComparisonOp.AT_LEAST: ComparisonOp.AT_MOST,
    ComparisonOp.MORE: ComparisonOp.LESS,
    ComparisonOp.AT_MOST: ComparisonOp.AT_LEAST,
}
_EXTREMES = {
    # max(list) <= x says it of every item, max(list) >= x of some; min the other way round.
    ("max", ComparisonOp.AT_MOST): Quantifier.EVERY,
    ("max", ComparisonOp.LESS): Quantifier.EVERY,
    ("max", ComparisonOp.AT_LEAST): Quantifier.SOME,
    ("max", ComparisonOp.MORE): Quantifier.SOME,
    ("min", ComparisonOp.AT_LEAST): Quantifier.EVERY,
    ("min", ComparisonOp.MORE): Quantifier.EVERY,
    ("min", ComparisonOp.AT_MOST): Quantifier.SOME,
    ("min", ComparisonOp.LESS): Quantifier.SOME,
}
MINUS_ONE = Decimal(-1)
T = TypeVar("T")


class Translator:
    """Translates the conditions of one checked expression."""

    def __init__(self, logic: Logic, sums: Sums, space: Space, checked: Checked) -> None:
        self.logic = logic
        self.space = space
        self._sums = sums
        self._checked = checked
        self._numbers = Numbers(self)

    def called(self, node: Call) -> tuple[str, tuple[Expression, ...]]:
        """The name of the built-in that a call means, and its arguments."""
        known = self._checked.call_of(node)
        if known is not None:
            return known.name, tuple(each for each in known.arguments if each is not None)
        name = node.function.name if isinstance(node.function, Name) else ""  # a cell's condition, put together anew
        return name, node.arguments

    def literal(self, node: Expression, env: Env, *, want: bool) -> int:
        """A literal that holds exactly when the condition is definitely ``want``; raises Unsupported."""
        if isinstance(node, BooleanLiteral):
            return self.logic.true if node.value is want else self.logic.false
        form = self._finite(node, env)
        if form is not None and (len(form.axes) <= SMALL_AXES or not self._splits(node)):
            return literal_of(form, lambda value: value is want, self.logic)
        match node:
            case LogicNode(op=op, operands=operands):
                parts = [self.literal(each, env, want=want) for each in operands]
                return self.logic.all_of(parts) if (op is LogicOp.AND) is want else self.logic.any_of(parts)
            case If(condition=condition, consequence=yes, alternative=no):
                truth = self.literal(condition, env, want=True)
                first = self.logic.all_of((truth, self.literal(yes, env, want=want)))
                return self.logic.any_of((first, self.logic.all_of((-truth, self.literal(no, env, want=want)))))
            case Quantified():
                return self._quantified(node, env, want=want)
            case Comparison():
                return self._comparison(node, env, want=want)
            case In() | Between() if (compared := as_comparisons(node)) is not None:
                return self.literal(compared, env, want=want)
            case Call():
                negated = self._negated(node)
                if negated is not None:
                    return self.literal(negated, env, want=not want)
            case _:
                pass
        self._numbers.number(node, env)  # says what is wrong with it, if anything is
        raise Unsupported(node, "this is not a condition")

    def forbid(self, node: Expression, env: Env, *, want: bool, rule: int, unless: Sequence[int] = ()) -> None:
        """State that the condition is not definitely ``want`` unless one of the literals holds; raises Unsupported."""
        form = self._finite(node, env)
        if form is not None and (len(form.axes) <= SMALL_AXES or not self._splits(node)):
            forbid(form, lambda value: value is want, self.logic, (unless, rule))
            return
        match node:
            case LogicNode():
                self._forbid_logic(node, env, want=want, rule=rule, unless=unless)
            case If(condition=condition, consequence=yes, alternative=no):
                truth = self.literal(condition, env, want=True)
                self.forbid(yes, env, want=want, rule=rule, unless=(*unless, -truth))
                self.forbid(no, env, want=want, rule=rule, unless=(*unless, truth))
            case Quantified(quantifier=quantifier) if (quantifier is Quantifier.SOME) is want:
                for entry in self._bindings(node, env):
                    guarded = (*unless, -entry.guard)
                    self.forbid(node.condition, entry.env, want=want, rule=rule, unless=guarded)
            case Comparison():
                self._forbid_comparison(node, env, want=want, rule=rule, unless=unless)
            case In() | Between() if (compared := as_comparisons(node)) is not None:
                self.forbid(compared, env, want=want, rule=rule, unless=unless)
            case Call() if (negated := self._negated(node)) is not None:
                self.forbid(negated, env, want=not want, rule=rule, unless=unless)
            case _:
                self.logic.clause((*unless, -self.literal(node, env, want=want)), rule)

    def _forbid_logic(self, node: LogicNode, env: Env, *, want: bool, rule: int, unless: Sequence[int]) -> None:
        if (node.op is LogicOp.OR) is want:
            for each in node.operands:
                self.forbid(each, env, want=want, rule=rule, unless=unless)
            return
        *first, last = node.operands
        others = [-self.literal(each, env, want=want) for each in first]
        self.forbid(last, env, want=want, rule=rule, unless=(*unless, *others))

    def _finite(self, node: Expression, env: Env) -> Finite | None:
        return finite(self.space, self.logic, node, env)

    @staticmethod
    def _splits(node: Expression) -> bool:
        return isinstance(node, LogicNode | If)

    def _negated(self, node: Call) -> Expression | None:
        name, arguments = self.called(node)
        return arguments[0] if name == "not" and len(arguments) == 1 else None

    def _quantified(self, node: Quantified, env: Env, *, want: bool) -> int:
        some = node.quantifier is Quantifier.SOME
        parts = [
            (entry.guard, self.literal(node.condition, entry.env, want=want)) for entry in self._bindings(node, env)
        ]
        if some is want:
            return self.logic.any_of(self.logic.all_of(pair) for pair in parts)
        return self.logic.all_of(self.logic.any_of((-guard, body)) for guard, body in parts)

    def _bindings(self, node: Quantified, env: Env) -> list[Entry]:
        """Every combination of entries for the iteration variables, with the literal that all of them are there."""
        combined: list[tuple[Env, int]] = [(env, self.logic.true)]
        last: list[Entry] = []
        for iteration in node.iterations:
            if iteration.until is not None:
                raise Unsupported(node, "only option groups can be gone over here")
            last = [
                Entry(entry.env, entry.place, self.logic.all_of((guard, entry.guard)))
                for outer, guard in combined
                for entry in self._numbers.entries(iteration.source, outer, iteration.name)
            ]
            combined = [(entry.env, entry.guard) for entry in last]
        return last

    def _comparison(self, node: Comparison, env: Env, *, want: bool) -> int:
        extreme = self._extreme(node)
        if extreme is not None:
            name, items, op, other = extreme
            op = op if want else OPPOSITE[op]
            against = self._numbers.number(other, env)
            signs = [
                (entry.guard, self._with_place(other, partial(self._sums.sign, body.plus(against, MINUS_ONE), op)))
                for entry, body in self._numbers.items(items, env)
            ]
            if _EXTREMES[name, op] is Quantifier.SOME:
                return self.logic.any_of(self.logic.all_of(pair) for pair in signs)
            present = self.logic.any_of(guard for guard, _ in signs)
            return self.logic.all_of((present, *(self.logic.any_of((-guard, sign)) for guard, sign in signs)))
        op = node.op if want else OPPOSITE[node.op]
        return self._with_place(node, lambda: self._sums.sign(self._difference(node, env), op))

    def _forbid_comparison(self, node: Comparison, env: Env, *, want: bool, rule: int, unless: Sequence[int]) -> None:
        if self._extreme(node) is not None:
            self.logic.clause((*unless, -self._comparison(node, env, want=want)), rule)
            return
        kept, difference = OPPOSITE[node.op] if want else node.op, self._difference(node, env)
        self._with_place(node, lambda: self._sums.state(difference, kept, rule=rule, unless=unless))

    def _difference(self, node: Comparison, env: Env) -> Linear:
        left, right = self._numbers.number(node.left, env), self._numbers.number(node.right, env)
        return left.plus(right, MINUS_ONE)

    def _extreme(self, node: Comparison) -> tuple[str, Expression, ComparisonOp, Expression] | None:
        """``max(list) <= x`` or ``min``: its name, the list, the operator with the list on the left, and ``x``."""
        for call, op, other in ((node.left, node.op, node.right), (node.right, MIRRORED.get(node.op), node.left)):
            name, arguments = self.called(call) if isinstance(call, Call) else ("", ())
            if name in {"max", "min"} and len(arguments) == 1:
                if op is None or op not in MIRRORED:
                    raise Unsupported(node, "compare `min` and `max` of a group by <, <=, > or >= only")
                return name, arguments[0], op, other
        return None

    @staticmethod
    def _with_place(node: Node, work: Callable[[], T]) -> T:
        try:
            return work()
        except Inexact:
            raise Unsupported(node, "a factor here has too many decimals to be exact; multiply the rule out") from None
