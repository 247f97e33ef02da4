"""Turns a tree into a Python closure once, so that evaluating it again costs no walk over the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from engine.language import tree
from engine.language.evaluate import access, calls, iteration, membership, operators
from engine.language.evaluate.environment import Environment, ExhaustedError, Problem, Run, Step, Test
from engine.language.types import Type
from engine.language.values.fault import UndefinedError
from engine.language.values.logic import disjunction, negation
from engine.language.values.temporal import DateTime

TypeFinder = Callable[[str], Type | None]


def no_types(_name: str) -> Type | None:
    """No item definitions: only the types of the standard are known."""
    return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value with the reasons why it, or a part of it, became null."""

    value: object
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An expression ready to run; calling it with a context of variables gives its value, null for an error."""

    step: Step

    def __call__(self, context: Mapping[str, object], *, moment: DateTime | None = None) -> object:
        """Return the value in a context whose values are FEEL values; ``moment`` is what ``now()`` says."""
        return run_bounded(self.step, Environment(context, None, Run(moment)))

    def outcome(self, context: Mapping[str, object], *, moment: DateTime | None = None) -> Outcome:
        """Return the value and why something became null on the way."""
        run = Run(moment)
        value = run_bounded(self.step, Environment(context, None, run))
        return Outcome(value, tuple(run.problems))


def run_bounded(step: Step, env: Environment) -> object:
    """Run a step; an evaluation that is too long or too deep gives null."""
    try:
        return step(env)
    except (ExhaustedError, UndefinedError) as error:
        return env.run.note(_NOWHERE, str(error))
    except RecursionError:
        return env.run.note(_NOWHERE, "the evaluation is nested too deeply")


_NOWHERE = tree.NullLiteral(0, 0)


class _Preparer:
    """Prepares nodes by their class."""

    def __init__(self, types: TypeFinder) -> None:
        self.type_named = types

    def step(self, node: tree.Expression) -> Step:
        """Prepare one expression."""
        match node:
            case tree.NumberLiteral() | tree.TextLiteral() | tree.BooleanLiteral():
                return access.literal(node)
            case tree.NullLiteral():
                return access.constant(None)
            case tree.AtLiteral():
                return access.at_literal(node)
            case tree.Name():
                return access.name(node)
            case tree.Subject():
                return access.name(tree.Name(node.start, node.end, membership.SUBJECT))
            case tree.Path():
                return access.path(node, self)
            case tree.Filter():
                return access.filtered(node, self)
            case _:
                return self._operation(node)

    def _operation(self, node: _Operation) -> Step:
        match node:
            case tree.Call():
                return calls.call(node, self)
            case tree.Negation():
                return operators.negation(node, self)
            case tree.Arithmetic():
                return operators.calculation(node, self)
            case tree.Comparison():
                return operators.comparison(node, self)
            case tree.Logic():
                return operators.logic(node, self)
            case tree.Between():
                return operators.between(node, self)
            case tree.InstanceOf():
                return operators.instance_of(node, self)
            case tree.If():
                return operators.condition(node, self)
            case _:
                return self._construction(node)

    def _construction(self, node: _Construction) -> Step:
        match node:
            case tree.In():
                return membership.member(node, self)
            case tree.Range():
                return membership.interval(node, self)
            case tree.OperatorTest():
                return membership.half_open(node, self)
            case tree.ListLiteral():
                return iteration.list_literal(node, self)
            case tree.ContextLiteral():
                return iteration.context_literal(node, self)
            case tree.For():
                return iteration.for_each(node, self)
            case tree.Quantified():
                return iteration.quantified(node, self)
            case tree.FunctionDefinition():
                return calls.definition(node, self)
            case _:
                assert_never(node)

    def test(self, node: tree.Expression) -> Test:
        """Prepare one unary test."""
        return membership.test(node, self)


_Construction = (
    tree.In
    | tree.Range
    | tree.OperatorTest
    | tree.ListLiteral
    | tree.ContextLiteral
    | tree.For
    | tree.Quantified
    | tree.FunctionDefinition
)
_Operation = (
    tree.Call
    | tree.Negation
    | tree.Arithmetic
    | tree.Comparison
    | tree.Logic
    | tree.Between
    | tree.InstanceOf
    | tree.If
    | _Construction
)


def prepare(node: tree.Expression, *, types: TypeFinder = no_types) -> Prepared:
    """Return the expression ready to run; ``types`` finds the item definitions it may name."""
    return Prepared(_Preparer(types).step(node))


def prepare_tests(node: tree.UnaryTests, *, types: TypeFinder = no_types) -> Test:
    """Return the unary tests of a cell ready to run: true when one holds (none, when negated); ``-`` always holds."""
    preparer = _Preparer(types)
    tests = tuple(preparer.test(each) for each in node.tests)
    if not tests:
        return lambda _env, _subject: True
    if len(tests) == 1 and not node.negated:
        return tests[0]

    def run(env: Environment, subject: object) -> bool | None:
        result = disjunction([test(env, subject) for test in tests])
        return negation(result) if node.negated else result

    return run


def evaluate(node: tree.Expression, context: Mapping[str, object], *, moment: DateTime | None = None) -> object:
    """Prepare and run an expression once; null for an error."""
    return prepare(node)(context, moment=moment)
