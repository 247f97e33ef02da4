"""Prepares ranges, unary tests and ``in``."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from engine.language import tree
from engine.language.evaluate.environment import Environment, Preparer, Step, Test
from engine.language.evaluate.operators import ordered
from engine.language.values.fault import UndefinedError
from engine.language.values.interval import RangeValue
from engine.language.values.kind import Kind, kind_of
from engine.language.values.logic import disjunction, truth
from engine.language.values.number import DECIMAL128
from engine.language.values.relation import compare, equal, within

SUBJECT = "?"


def interval(node: tree.Range, preparer: Preparer) -> Step:
    """``[low..high]``; ends of different kinds have no range."""
    low = preparer.step(node.low) if node.low is not None else None
    high = preparer.step(node.high) if node.high is not None else None
    fixed = _number_range(node)
    if fixed is not None:
        return lambda _env: fixed

    def run(env: Environment) -> object:
        start = low(env) if low else None
        end = high(env) if high else None
        if start is not None and end is not None and compare(start, end) is None:
            return env.run.note(node, "the ends of the range have no order")
        return RangeValue(start, end, node.low_included, node.high_included, low is not None, high is not None)

    return run


def _number_range(node: tree.Range) -> RangeValue | None:
    """Return the range between two numbers that are written out, or None for any other."""
    if not isinstance(node.low, tree.NumberLiteral) or not isinstance(node.high, tree.NumberLiteral):
        return None
    low, high = DECIMAL128.plus(node.low.value), DECIMAL128.plus(node.high.value)
    return RangeValue(low, high, node.low_included, node.high_included)


def half_open(node: tree.OperatorTest, preparer: Preparer) -> Step:
    """``(< 10)`` as a value: a range with one end; ``(= 10)`` is the range of one point."""
    operand, op = preparer.step(node.operand), node.op
    if op is tree.ComparisonOp.UNEQUAL:
        return lambda env: env.run.note(node, "`!=` is not a range")
    below = op in (tree.ComparisonOp.LESS, tree.ComparisonOp.AT_MOST, tree.ComparisonOp.EQUAL)
    above = op in (tree.ComparisonOp.MORE, tree.ComparisonOp.AT_LEAST, tree.ComparisonOp.EQUAL)
    closed = op in (tree.ComparisonOp.AT_MOST, tree.ComparisonOp.AT_LEAST, tree.ComparisonOp.EQUAL)

    def run(env: Environment) -> object:
        end = operand(env)
        return RangeValue(
            end if above else None,
            end if below else None,
            low_included=closed and above,
            high_included=closed and below,
            low_given=above,
            high_given=below,
        )

    return run


def member(node: tree.In, preparer: Preparer) -> Step:
    """``value in tests``: one of the tests holds."""
    value = preparer.step(node.value)
    tests = tuple(preparer.test(each) for each in node.tests)
    texts = _texts_of(node)
    if texts is not None:
        return _among(value, texts)
    if len(tests) == 1:
        return _only_test(node, value, tests[0])

    def run(env: Environment) -> bool | None:
        subject = value(env)
        result = disjunction([test(env, subject) for test in tests])
        if result is None:
            env.run.note(node, "the value cannot be compared with the tests")
        return result

    return run


def _only_test(node: tree.In, value: Step, test: Test) -> Step:
    def run(env: Environment) -> object:
        result = test(env, value(env))
        return result if result is not None else env.run.note(node, "the value cannot be compared with the test")

    return run


def _texts_of(node: tree.In) -> frozenset[str] | None:
    """Return the texts when the tests are nothing but texts, alone or in one list."""
    only = node.tests[0] if len(node.tests) == 1 else None
    tests = only.items if isinstance(only, tree.ListLiteral) else node.tests
    texts = frozenset(each.value for each in tests if isinstance(each, tree.TextLiteral))
    return texts if tests and all(isinstance(each, tree.TextLiteral) for each in tests) else None


def _among(value: Step, texts: frozenset[str]) -> Step:
    def run(env: Environment) -> bool:
        subject = value(env)
        return type(subject) is str and subject in texts

    return run


def test(node: tree.Expression, preparer: Preparer) -> Test:
    """One unary test: an operator with an operand, a condition on ``?``, or a value to be equal to or a member of."""
    if isinstance(node, tree.OperatorTest):
        return _operator_test(node, preparer)
    fixed = _number_range(node) if isinstance(node, tree.Range) else None
    if fixed is not None:
        return _number_test(fixed)
    step = preparer.step(node)
    if isinstance(node, tree.BooleanLiteral):
        # A value like any other: only what works out to true is a condition.
        return lambda _env, subject: equal(subject, node.value) is True
    if _uses_subject(node):
        return lambda env, subject: truth(step(env.inner({SUBJECT: subject})))

    def run(env: Environment, subject: object) -> bool | None:
        wanted = step(env)
        env.run.handle(wanted)
        try:
            return matches(subject, wanted)
        except UndefinedError as error:
            env.run.note(node, str(error))
            return None

    return run


def _number_test(interval: RangeValue) -> Test:
    """Whether a number lies between two others, the most frequent test of tables."""
    low, high = cast(Decimal, interval.low), cast(Decimal, interval.high)
    low_included, high_included = interval.low_included, interval.high_included

    def run(_env: Environment, subject: object) -> bool | None:
        if type(subject) is not Decimal:
            return matches(subject, interval)
        above = subject >= low if low_included else subject > low
        return above and (subject <= high if high_included else subject < high)

    return run


def _uses_subject(node: tree.Expression) -> bool:
    return any(isinstance(each, tree.Subject) for each in tree.walk(node))


def _operator_test(node: tree.OperatorTest, preparer: Preparer) -> Test:
    operand, op = preparer.step(node.operand), node.op
    inner = _uses_subject(node.operand)

    def run(env: Environment, subject: object) -> bool | None:
        try:
            return ordered(op, subject, operand(env.inner({SUBJECT: subject}) if inner else env))
        except UndefinedError as error:
            env.run.note(node, str(error))
            return None

    return run


def matches(subject: object, wanted: object) -> bool | None:
    """Whether a subject equals a value, lies in a range, is one of a list, or the value is a condition that holds."""
    kind = kind_of(wanted)
    if kind is Kind.RANGE and isinstance(wanted, RangeValue):
        return True if equal(subject, wanted) is True else within(subject, wanted)
    if kind is Kind.LIST and isinstance(wanted, (tuple, list)):
        return equal(subject, wanted) is True or any(_is_item(subject, each) for each in wanted)
    if wanted is True and not isinstance(subject, bool):
        return True
    return equal(subject, wanted) is True


def _is_item(subject: object, item: object) -> bool:
    if isinstance(item, RangeValue) and within(subject, item) is True:
        return True
    return equal(subject, item) is True
