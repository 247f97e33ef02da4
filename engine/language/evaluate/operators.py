"""Prepares operators: arithmetic, comparison, logic, ``between``, ``instance of``, ``if``."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.language import tree
from engine.language.evaluate.conformance import conforms, resolve
from engine.language.evaluate.environment import Environment, Preparer, Step
from engine.language.types import NULL
from engine.language.values import arithmetic
from engine.language.values.fault import UndefinedError
from engine.language.values.kind import describe_kind
from engine.language.values.logic import conjunction
from engine.language.values.number import DECIMAL128
from engine.language.values.relation import compare, equal

_OPERATIONS: dict[tree.ArithmeticOp, Callable[[object, object], object]] = {
    tree.ArithmeticOp.ADD: arithmetic.add,
    tree.ArithmeticOp.SUBTRACT: arithmetic.subtract,
    tree.ArithmeticOp.MULTIPLY: arithmetic.multiply,
    tree.ArithmeticOp.DIVIDE: arithmetic.divide,
    tree.ArithmeticOp.POWER: arithmetic.power,
}

_ON_ORDER: dict[tree.ComparisonOp, Callable[[int], bool]] = {
    tree.ComparisonOp.LESS: lambda order: order < 0,
    tree.ComparisonOp.AT_MOST: lambda order: order <= 0,
    tree.ComparisonOp.MORE: lambda order: order > 0,
    tree.ComparisonOp.AT_LEAST: lambda order: order >= 0,
}

_ON_NUMBERS: dict[tree.ComparisonOp, Callable[[Decimal, Decimal], bool]] = {
    tree.ComparisonOp.LESS: Decimal.__lt__,
    tree.ComparisonOp.AT_MOST: Decimal.__le__,
    tree.ComparisonOp.MORE: Decimal.__gt__,
    tree.ComparisonOp.AT_LEAST: Decimal.__ge__,
}


def calculation(node: tree.Arithmetic, preparer: Preparer) -> Step:
    """``left op right``."""
    left, right = preparer.step(node.left), preparer.step(node.right)
    operation = _OPERATIONS[node.op]
    fast = _FAST.get(node.op)

    def run(env: Environment) -> object:
        one, other = left(env), right(env)
        try:
            if fast is not None and type(one) is Decimal and type(other) is Decimal:
                return fast(one, other)
            result = operation(one, other)
            if type(result) is str:
                env.run.handle(result)
            return result
        except UndefinedError as error:
            return env.run.note(node, str(error))
        except ArithmeticError:
            return env.run.note(node, "the number is too large")

    return run


_FAST: dict[tree.ArithmeticOp, Callable[[Decimal, Decimal], Decimal]] = {
    tree.ArithmeticOp.ADD: DECIMAL128.add,
    tree.ArithmeticOp.SUBTRACT: DECIMAL128.subtract,
    tree.ArithmeticOp.MULTIPLY: DECIMAL128.multiply,
}


def negation(node: tree.Negation, preparer: Preparer) -> Step:
    """``-operand``."""
    operand = preparer.step(node.operand)

    def run(env: Environment) -> object:
        value = operand(env)
        try:
            return arithmetic.negate(value)
        except UndefinedError as error:
            return env.run.note(node, str(error))

    return run


def comparison(node: tree.Comparison, preparer: Preparer) -> Step:
    """``left op right``: null when the two have no order or cannot be equal."""
    left, right = preparer.step(node.left), preparer.step(node.right)
    if node.op is tree.ComparisonOp.EQUAL:
        if isinstance(node.right, tree.TextLiteral):
            return _text_equality(node, left, node.right.value)
        return lambda env: _equality(node, env, left(env), right(env))
    if node.op is tree.ComparisonOp.UNEQUAL:

        def unequal(env: Environment) -> object:
            result = _equality(node, env, left(env), right(env))
            return None if result is None else not result

        return unequal
    if isinstance(node.right, tree.NumberLiteral):
        return _limit(node, left, DECIMAL128.plus(node.right.value))
    return _ordering(node, left, right)


def _text_equality(node: tree.Comparison, left: Step, wanted: str) -> Step:
    """``left = "text"``, the most frequent condition of all."""

    def run(env: Environment) -> object:
        value = left(env)
        return value == wanted if type(value) is str else _equality(node, env, value, wanted)

    return run


def _limit(node: tree.Comparison, left: Step, wanted: Decimal) -> Step:
    """``left < 10`` and the like, the second most frequent."""
    on_numbers = _ON_NUMBERS[node.op]
    otherwise = _ordering(node, left, lambda _env: wanted)

    def run(env: Environment) -> object:
        value = left(env)
        return on_numbers(value, wanted) if type(value) is Decimal else otherwise(env)

    return run


def _equality(node: tree.Node, env: Environment, one: object, other: object) -> bool | None:
    if type(one) is type(other) is Decimal:
        return one == other
    env.run.handle(one)
    try:
        result = equal(one, other)
    except UndefinedError as error:
        env.run.note(node, str(error))
        return None
    if result is None:
        env.run.note(node, f"{describe_kind(one)} and {describe_kind(other)} cannot be compared")
    return result


def _ordering(node: tree.Comparison, left: Step, right: Step) -> Step:
    on_numbers, on_order = _ON_NUMBERS[node.op], _ON_ORDER[node.op]

    def run(env: Environment) -> object:
        one, other = left(env), right(env)
        if type(one) is Decimal and type(other) is Decimal:
            return on_numbers(one, other)
        order = compare(one, other)
        if order is None:
            return env.run.note(node, f"{describe_kind(one)} and {describe_kind(other)} have no order")
        return on_order(order)

    return run


def ordered(op: tree.ComparisonOp, one: object, other: object) -> bool | None:
    """Whether ``one op other`` holds; None when the two have no order or cannot be equal."""
    if op in (tree.ComparisonOp.EQUAL, tree.ComparisonOp.UNEQUAL):
        same = equal(one, other)
        return same if same is None or op is tree.ComparisonOp.EQUAL else not same
    order = compare(one, other)
    return None if order is None else _ON_ORDER[op](order)


def logic(node: tree.Logic, preparer: Preparer) -> Step:
    """``and`` and ``or`` by three-valued logic; operands after the deciding one are not looked at."""
    steps = tuple(preparer.step(each) for each in node.operands)
    deciding = node.op is tree.LogicOp.OR

    def run(env: Environment) -> bool | None:
        unknown = False
        for step in steps:
            value = step(env)
            if value is deciding:
                return deciding
            if value is not (not deciding):
                unknown = True
        return None if unknown else not deciding

    return run


def between(node: tree.Between, preparer: Preparer) -> Step:
    """``value between low and high``."""
    value, low, high = preparer.step(node.value), preparer.step(node.low), preparer.step(node.high)

    def run(env: Environment) -> bool | None:
        subject = value(env)
        least, most = ordered(tree.ComparisonOp.AT_LEAST, subject, low(env)), high(env)
        result = conjunction((least, ordered(tree.ComparisonOp.AT_MOST, subject, most)))
        if result is None:
            env.run.note(node, "the value and its bounds have no order")
        return result

    return run


def instance_of(node: tree.InstanceOf, preparer: Preparer) -> Step:
    """``value instance of type``; null is an instance of ``Null`` alone."""
    value = preparer.step(node.value)
    wanted = resolve(node.type, preparer.type_named)
    if wanted is None:
        return lambda env: env.run.note(node, "the type is not known")

    def run(env: Environment) -> bool:
        found = value(env)
        return conforms(found, wanted) if found is not None else wanted == NULL

    return run


def condition(node: tree.If, preparer: Preparer) -> Step:
    """``if condition then a else b``: anything but true takes the alternative."""
    test, then, otherwise = (preparer.step(each) for each in (node.condition, node.consequence, node.alternative))
    return lambda env: then(env) if test(env) is True else otherwise(env)
