"""Python for comparisons, `between`, `in` and ranges: the plain operators wherever the values have them."""

from __future__ import annotations

from decimal import Decimal

from engine.language.constants import NotConstant, constant, is_constant
from engine.language.emitter import Emitter, is_simple
from engine.language.relations import is_numeric, is_text
from engine.language.tree import (
    Between,
    Comparison,
    ComparisonOp,
    Expression,
    In,
    ListLiteral,
    NullLiteral,
    OperatorTest,
    Range,
)
from engine.language.types import (
    BOOLEAN,
    DATE,
    DAYS_DURATION,
    MONTHS_DURATION,
    NULL,
    ListType,
    OptionalType,
    RangeType,
    Type,
    required,
)
from engine.language.values.interval import RangeValue

_DIRECT = frozenset({BOOLEAN, DATE, DAYS_DURATION, MONTHS_DURATION, NULL})
_EQUALITY = {ComparisonOp.EQUAL: "==", ComparisonOp.UNEQUAL: "!="}
FEWEST_HASHED = 9


def is_direct(kind: Type) -> bool:
    """Whether the plain operators compare values of a type as FEEL does."""
    kind = required(kind)
    return is_numeric(kind) or is_text(kind) or kind in _DIRECT


def comparison(emitter: Emitter, node: Expression) -> str:
    """``left op right``."""
    assert isinstance(node, Comparison)
    left, right = emitter.code(node.left), emitter.code(node.right)
    return _compared(emitter, node, node.op, (left, emitter.type(node.left)), (right, emitter.type(node.right)))


def _compared(
    emitter: Emitter, node: Expression, op: ComparisonOp, left: tuple[str, Type], right: tuple[str, Type]
) -> str:
    maybe = isinstance(left[1], OptionalType) or isinstance(right[1], OptionalType)
    direct = is_direct(left[1]) and is_direct(right[1])
    if op in _EQUALITY:
        if NULL in (left[1], right[1]):
            value = right[0] if left[1] == NULL else left[0]
            return f"({value} is {'not ' if op is ComparisonOp.UNEQUAL else ''}None)"
        if direct:
            return f"({left[0]} {_EQUALITY[op]} {right[0]})"
        text = f"_same({left[0]}, {right[0]})"
        return text if op is ComparisonOp.EQUAL else f"(not {text})"
    if direct and not maybe:
        return f"({left[0]} {op.value} {right[0]})"
    return emitter.lifted("_ordered", ascii(op.value), left[0], right[0], maybe=maybe, mark=emitter.mark(node))


def between(emitter: Emitter, node: Expression) -> str:
    """``value between low and high``."""
    assert isinstance(node, Between)
    value, low, high = emitter.code(node.value), emitter.code(node.low), emitter.code(node.high)
    maybe = emitter.maybe(node.value, node.low, node.high)
    if is_direct(emitter.kind(node.value)) and not maybe:
        return f"({low} <= {value} <= {high})"
    interval = f"_RangeValue({low}, {high}, True, True)"
    return emitter.lifted("_inside", value, interval, maybe=maybe, mark=emitter.mark(node))


def membership(emitter: Emitter, node: Expression) -> str:
    """``value in tests``: one expression on the value, which is evaluated once when it is more than an attribute."""
    assert isinstance(node, In)
    kind = emitter.type(node.value)
    value = emitter.code(node.value)
    if is_simple(node.value) and len(value) < 60:
        return _tested(emitter, node, value, kind)
    return f"(lambda t: {_tested(emitter, node, 't', kind)})({value})"


def _tested(emitter: Emitter, node: In, value: str, kind: Type) -> str:
    text = _any_of(emitter, value, required(kind), node.tests)
    if not emitter.maybe(node):
        return text
    return f"(None if {value} is None else {text})"


def _any_of(emitter: Emitter, value: str, kind: Type, tests: tuple[Expression, ...]) -> str:
    """The tests joined by `or`; equal constants are gathered into one."""
    constants: list[object] = []
    parts: list[str] = []
    unsure = False
    for each in tests:
        if not isinstance(kind, ListType) and isinstance(each, ListLiteral):
            parts.append(_any_of(emitter, value, kind, each.items) if each.items else "False")
        elif is_direct(kind) and not isinstance(each, NullLiteral) and _constant(emitter, each, constants):
            continue
        else:
            parts.append(_one(emitter, value, kind, each))
            unsure = unsure or _may_be_absent(emitter, each)
    if constants:
        parts.insert(0, _one_of(emitter, value, constants))
    if unsure and len(parts) > 1:
        return f"_one_holds({', '.join(f'lambda: {each}' for each in parts)})"
    return parts[0] if len(parts) == 1 else "(" + " or ".join(parts) + ")"


def _may_be_absent(emitter: Emitter, node: Expression) -> bool:
    match node:
        case OperatorTest(operand=operand):
            return emitter.maybe(operand)
        case Range(low=low, high=high):
            return emitter.maybe(*(each for each in (low, high) if each is not None))
        case _:
            return emitter.maybe(node)


def _constant(emitter: Emitter, node: Expression, found: list[object]) -> bool:
    try:
        found.append(constant(node, emitter.checked.analysis.constants))
    except NotConstant:
        return False
    return True


def _one_of(emitter: Emitter, value: str, constants: list[object]) -> str:
    """Equality with one of several constants: texts are hashed, a few numbers compared one by one."""
    if len(constants) == 1:
        return f"({value} == {emitter.constant(constants[0])})"
    numbers = any(isinstance(each, Decimal) for each in constants)
    if numbers and len(constants) < FEWEST_HASHED:
        return "(" + " or ".join(f"{value} == {emitter.constant(each)}" for each in constants) + ")"
    return f"({value} in {emitter.constants.name(frozenset(constants))})"


def _one(emitter: Emitter, value: str, kind: Type, node: Expression) -> str:
    if isinstance(node, OperatorTest):
        other = (emitter.code(node.operand), emitter.type(node.operand))
        return _compared(emitter, node, node.op, (value, kind), other)
    if isinstance(node, Range):
        return _within(emitter, value, kind, node)
    found = emitter.kind(node)
    if isinstance(found, RangeType):
        return f"{emitter.mark(node)}_inside({value}, {emitter.code(node)})"
    if isinstance(found, ListType) and not isinstance(kind, ListType):
        listed = emitter.items(node)
        return f"({value} in {listed})" if is_direct(kind) else f"_member({value}, {listed})"
    return _compared(emitter, node, ComparisonOp.EQUAL, (value, kind), (emitter.code(node), emitter.type(node)))


def _within(emitter: Emitter, value: str, kind: Type, node: Range) -> str:
    ends = [each for each in (node.low, node.high) if each is not None]
    if not is_direct(kind) or emitter.maybe(*ends):
        return f"{emitter.mark(node)}_inside({value}, {interval(emitter, node)})"
    low = "" if node.low is None else f"{emitter.code(node.low)} {'<=' if node.low_included else '<'} "
    high = "" if node.high is None else f" {'<=' if node.high_included else '<'} {emitter.code(node.high)}"
    return f"({low}{value}{high})" if ends else "True"


def interval(emitter: Emitter, node: Expression) -> str:
    """A range as a value."""
    assert isinstance(node, Range)
    known = emitter.checked.analysis.constants
    given = (node.low is not None, node.high is not None)
    if all(each is None or is_constant(each, known) for each in (node.low, node.high)):
        low = None if node.low is None else constant(node.low, known)
        high = None if node.high is None else constant(node.high, known)
        return emitter.constants.name(RangeValue(low, high, node.low_included, node.high_included, *given))
    low_text = "None" if node.low is None else emitter.code(node.low)
    high_text = "None" if node.high is None else emitter.code(node.high)
    return f"_RangeValue({low_text}, {high_text}, {node.low_included}, {node.high_included}, {given[0]}, {given[1]})"


def operator_value(emitter: Emitter, node: Expression) -> str:
    """``(< 10)`` as a range with one end."""
    assert isinstance(node, OperatorTest)
    operand = emitter.code(node.operand)
    match node.op:
        case ComparisonOp.LESS | ComparisonOp.AT_MOST:
            return f"_RangeValue(None, {operand}, False, {node.op is ComparisonOp.AT_MOST}, False, True)"
        case ComparisonOp.MORE | ComparisonOp.AT_LEAST:
            return f"_RangeValue({operand}, None, {node.op is ComparisonOp.AT_LEAST}, False, True, False)"
        case _:
            return f"_RangeValue({operand}, {operand}, True, True)"
